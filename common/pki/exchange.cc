#include "common/pki/exchange.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <memory>

#include "common/crypto/openssl_ptr.h"
#include "common/pki/errors.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::pki {
namespace {

using crypto::BioPtr;
using crypto::EvpPkeyPtr;
using crypto::OpenSslDeleter;
using RequestPtr = std::unique_ptr<X509_REQ, OpenSslDeleter<X509_REQ_free>>;
using NamePtr = std::unique_ptr<X509_NAME, OpenSslDeleter<X509_NAME_free>>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, OpenSslDeleter<PKCS12_free>>;
using X509Ptr = std::unique_ptr<X509, OpenSslDeleter<X509_free>>;

bool AddEntry(X509_NAME* name, const char* field, const std::string& text) {
  return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, crypto::Bytes(text),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

}  // namespace

absl::StatusOr<std::string> MakeCertificateRequest(const PrivateKey& key,
                                                   const RequestSubject& subject) {
  NamePtr name(X509_NAME_new());
  if (!name || subject.cn.empty() || !AddEntry(name.get(), "CN", subject.cn) ||
      (!subject.o.empty() && !AddEntry(name.get(), "O", subject.o))) {
    return RefusedByOpenSsl(
        kErrors["CERT_REQUEST_INVALID"],
        "a certificate's name has 1 to 64 characters of UTF-8, as has its organisation");
  }
  RequestPtr request(X509_REQ_new());
  BioPtr pem(BIO_new(BIO_s_mem()));
  if (!request || !pem || X509_REQ_set_version(request.get(), 0) != 1 ||
      X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0 ||
      PEM_write_bio_X509_REQ(pem.get(), request.get()) != 1) {
    crypto::ClearOpenSslErrors();
    return absl::InternalError("OpenSSL failed: certificate request");
  }
  return crypto::BioBytes(pem.get());
}

absl::StatusOr<KeyWithCertificate> ReadPkcs12(absl::string_view bytes,
                                              const std::string& password) {
  const unsigned char* at = crypto::Bytes(bytes);
  Pkcs12Ptr file(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
  if (!file) return RefusedByOpenSsl(kErrors["PKCS12_INVALID"], "not a PKCS#12 file");
  EVP_PKEY* raw_key = nullptr;
  X509* raw_certificate = nullptr;
  if (PKCS12_parse(file.get(), password.c_str(), &raw_key, &raw_certificate, nullptr) != 1) {
    return RefusedByOpenSsl(
        kErrors["PKCS12_PASSWORD"],
        "the password does not open the PKCS#12 file, or its encryption is too old");
  }
  const EvpPkeyPtr key(raw_key);
  const X509Ptr certificate(raw_certificate);
  if (!key || !certificate) {
    return RefusedByOpenSsl(kErrors["PKCS12_INVALID"],
                            "the PKCS#12 file has no key with its certificate");
  }
  BioPtr pem(BIO_new(BIO_s_secmem()));
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  if (!pem || size <= 0 ||
      PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    crypto::ClearOpenSslErrors();
    return absl::InternalError("OpenSSL failed: PKCS#12");
  }
  const std::string der_bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  ASSIGN_OR_RETURN(Certificate parsed, Certificate::FromDer(der_bytes));
  std::string secret = crypto::BioBytes(pem.get());
  auto taken = PrivateKey::FromPem(secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  RETURN_IF_ERROR(taken.status());
  return KeyWithCertificate{*std::move(taken), std::move(parsed)};
}

}  // namespace jodal::pki
