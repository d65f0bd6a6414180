// An X.509 certificate, parsed once.
#ifndef JODAL_COMMON_PKI_CERTIFICATE_H_
#define JODAL_COMMON_PKI_CERTIFICATE_H_

#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/openssl_ptr.h"

namespace jodal::pki {

enum class KeyAlgorithm { kEc, kRsa, kOther };

// Bits of Certificate::key_usage(); values are OpenSSL's KU_*.
inline constexpr uint32_t kUsageDigitalSignature = 0x0080;
inline constexpr uint32_t kUsageNonRepudiation = 0x0040;
inline constexpr uint32_t kUsageKeyEncipherment = 0x0020;
inline constexpr uint32_t kUsageKeyAgreement = 0x0008;

// Immutable, cheap to copy, thread-safe. Parsing says nothing about trust: see verifier.h.
class Certificate {
 public:
  // INVALID_ARGUMENT CERT_TOO_LARGE, CERT_NOT_DER (not strict DER, or bytes after the end) or
  // CERT_INVALID (not a certificate, or a public key that cannot be read).
  static absl::StatusOr<Certificate> FromDer(absl::string_view der);
  // The first CERTIFICATE block of `pem`. CERT_INVALID if there is none, else as FromDer.
  static absl::StatusOr<Certificate> FromPem(absl::string_view pem);
  // DER or PEM by its first bytes.
  static absl::StatusOr<Certificate> FromBytes(absl::string_view bytes);

  const std::string& der() const { return fields_->der; }
  std::string ToPem() const;
  // SHA-256 of der(), 32 raw bytes: the name of a certificate everywhere in Jodal.
  const std::string& sha256() const { return fields_->sha256; }
  // UTF-8; the first of its kind, "" if the subject has none.
  const std::string& subject_cn() const { return fields_->subject_cn; }
  const std::string& subject_o() const { return fields_->subject_o; }
  // Big-endian bytes without a sign octet.
  const std::string& serial() const { return fields_->serial; }
  // DER of the Name.
  const std::string& issuer_der() const { return fields_->issuer_der; }
  const std::string& subject_der() const { return fields_->subject_der; }
  absl::Time not_before() const { return fields_->not_before; }
  absl::Time not_after() const { return fields_->not_after; }
  // SubjectPublicKeyInfo, DER, as in the certificate.
  const std::string& spki_der() const { return fields_->spki_der; }
  KeyAlgorithm key_algorithm() const { return fields_->key_algorithm; }
  int key_bits() const { return fields_->key_bits; }
  // Bits kUsage*; 0 if the extension is absent, which the profile refuses.
  uint32_t key_usage() const { return fields_->key_usage; }
  bool is_ca() const { return fields_->is_ca; }

  // Owned by this object; for OpenSSL calls that do not change it.
  X509* get() const { return fields_->x509.get(); }
  EVP_PKEY* public_key() const;

 private:
  struct Fields {
    std::unique_ptr<X509, crypto::OpenSslDeleter<X509_free>> x509;
    std::string der, sha256, subject_cn, subject_o, serial, issuer_der, subject_der, spki_der;
    absl::Time not_before, not_after;
    KeyAlgorithm key_algorithm = KeyAlgorithm::kOther;
    int key_bits = 0;
    uint32_t key_usage = 0;
    bool is_ca = false;
  };
  explicit Certificate(std::shared_ptr<const Fields> fields) : fields_(std::move(fields)) {}
  std::shared_ptr<const Fields> fields_;
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_CERTIFICATE_H_
