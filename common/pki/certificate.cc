#include "common/pki/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <optional>

#include "common/crypto/hash.h"
#include "common/pki/der.h"
#include "common/pki/errors.h"
#include "common/pki/limits.h"

namespace jodal::pki {
namespace {

std::string NameText(const X509_NAME* name, int nid) {
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return "";
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return "";
  std::string out(reinterpret_cast<char*>(utf8), static_cast<size_t>(size));
  OPENSSL_free(utf8);
  return out;
}

std::string NameDer(const X509_NAME* name) {
  const unsigned char* der = nullptr;
  size_t size = 0;
  if (X509_NAME_get0_der(name, &der, &size) != 1) return "";
  return std::string(reinterpret_cast<const char*>(der), size);
}

std::optional<absl::Time> TimeOf(const ASN1_TIME* time) {
  std::tm tm{};
  if (ASN1_TIME_to_tm(time, &tm) != 1) return std::nullopt;
  return absl::FromTM(tm, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<Certificate> Certificate::FromDer(absl::string_view der) {
  if (der.size() > kCertificateBytesMax) {
    return RefusedByOpenSsl(kErrors["CERT_TOO_LARGE"], "the certificate is too large");
  }
  const auto names = IsDer(der) ? ReadCertificateNames(der) : std::nullopt;
  if (!names)
    return RefusedByOpenSsl(kErrors["CERT_NOT_DER"], "the certificate is not one strict DER value");
  auto fields = std::make_shared<Fields>();
  const unsigned char* p = crypto::Bytes(der);
  fields->x509.reset(d2i_X509(nullptr, &p, static_cast<long>(der.size())));
  X509* x = fields->x509.get();
  // Cached extensions are computed here, once, so that later readers of x never write to it.
  if (x == nullptr || X509_check_purpose(x, -1, 0) != 1) {
    return RefusedByOpenSsl(kErrors["CERT_INVALID"], "the certificate cannot be read");
  }
  const EVP_PKEY* key = X509_get0_pubkey(x);
  const auto not_before = TimeOf(X509_get0_notBefore(x));
  const auto not_after = TimeOf(X509_get0_notAfter(x));
  if (key == nullptr || !not_before || !not_after) {
    return RefusedByOpenSsl(kErrors["CERT_INVALID"],
                            "the certificate's key or dates cannot be read");
  }
  fields->der = std::string(der);
  fields->sha256 = crypto::Sha256(der);
  fields->subject_cn = NameText(X509_get_subject_name(x), NID_commonName);
  fields->subject_o = NameText(X509_get_subject_name(x), NID_organizationName);
  absl::string_view serial = names->serial;
  if (serial.size() > 1 && serial[0] == '\0') serial.remove_prefix(1);
  fields->serial = std::string(serial);
  fields->issuer_der = NameDer(X509_get_issuer_name(x));
  fields->subject_der = NameDer(X509_get_subject_name(x));
  fields->spki_der = std::string(names->spki_der);
  fields->not_before = *not_before;
  fields->not_after = *not_after;
  const int type = EVP_PKEY_get_base_id(key);
  fields->key_algorithm = type == EVP_PKEY_EC    ? KeyAlgorithm::kEc
                          : type == EVP_PKEY_RSA ? KeyAlgorithm::kRsa
                                                 : KeyAlgorithm::kOther;
  fields->key_bits = EVP_PKEY_get_bits(key);
  const uint32_t usage = X509_get_key_usage(x);
  fields->key_usage = usage == UINT32_MAX ? 0 : usage;
  fields->is_ca = X509_check_ca(x) != 0;
  return Certificate(std::move(fields));
}

absl::StatusOr<Certificate> Certificate::FromPem(absl::string_view pem) {
  crypto::BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  std::string der;
  while (der.empty() && bio && PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1) {
    if (absl::string_view(name) == PEM_STRING_X509) {
      der.assign(reinterpret_cast<char*>(data), static_cast<size_t>(size));
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  crypto::ClearOpenSslErrors();
  if (der.empty())
    return RefusedByOpenSsl(kErrors["CERT_INVALID"], "no CERTIFICATE block in the PEM text");
  return FromDer(der);
}

absl::StatusOr<Certificate> Certificate::FromBytes(absl::string_view bytes) {
  return !bytes.empty() && static_cast<uint8_t>(bytes[0]) == kTagSequence ? FromDer(bytes)
                                                                          : FromPem(bytes);
}

std::string Certificate::ToPem() const {
  crypto::BioPtr bio(BIO_new(BIO_s_mem()));
  crypto::OpenSslCheck(bio && PEM_write_bio_X509(bio.get(), get()) == 1, "PEM_write_bio_X509");
  return crypto::BioBytes(bio.get());
}

EVP_PKEY* Certificate::public_key() const { return X509_get0_pubkey(get()); }

}  // namespace jodal::pki
