// Private keys: generation, PKCS#8 PEM files, and the public half as SubjectPublicKeyInfo DER.
#ifndef JODAL_COMMON_PKI_KEY_H_
#define JODAL_COMMON_PKI_KEY_H_

#include <openssl/evp.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/openssl_ptr.h"

namespace jodal::pki {

// The profile accepts P-256, P-384 and RSA from 2048 bits. The others exist so that tests can show
// that they are refused.
enum class KeyType {
  kEcP256,
  kEcP384,
  kRsa2048,
  kRsa3072,
  kRsa1024,
  kEcP224,
  kEcSecp256k1,
  kEcP256Explicit,  // P-256 written out as curve parameters instead of by name (CVE-2020-0601)
};

// A private key. Move-only; the secret is wiped by OpenSSL on destruction. Const members are
// thread-safe.
class PrivateKey {
 public:
  // INTERNAL if OpenSSL cannot make one.
  static absl::StatusOr<PrivateKey> Generate(KeyType type);

  // `pem` is PKCS#8; `pin` is needed exactly when it is encrypted. INVALID_ARGUMENT
  // KEY_PIN_REQUIRED, KEY_PIN_WRONG or KEY_INVALID.
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem, absl::string_view pin = "");

  // Reads a PEM file. FAILED_PRECONDITION KEY_FILE_PERMISSIONS, naming the file, if anyone but the
  // owner has any right to it; NOT_FOUND KEY_FILE_MISSING; UNAVAILABLE KEY_FILE_IO; and the reasons
  // of FromPem.
  static absl::StatusOr<PrivateKey> LoadFile(const std::string& path, absl::string_view pin = "");

  // PKCS#8 PEM; encrypted with AES-256-CBC under scrypt if `pin` is not empty.
  absl::StatusOr<std::string> ToPem(absl::string_view pin = "") const;

  // Creates `path` with mode 0600 and syncs it. Never overwrites: ALREADY_EXISTS KEY_FILE_EXISTS.
  absl::Status SaveFile(const std::string& path, absl::string_view pin = "") const;

  // SubjectPublicKeyInfo, DER.
  absl::StatusOr<std::string> SpkiDer() const;

  // Never null; owned by this object.
  EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit PrivateKey(crypto::EvpPkeyPtr key) : key_(std::move(key)) {}
  crypto::EvpPkeyPtr key_;
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_KEY_H_
