// Ed25519 signatures (RFC 8032), used by the log and its witnesses. Thread-safe.
#ifndef JODAL_COMMON_CRYPTO_ED25519_H_
#define JODAL_COMMON_CRYPTO_ED25519_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/openssl_ptr.h"
#include "common/crypto/random.h"

namespace jodal::crypto {

inline constexpr size_t kEd25519SeedBytes = 32;
inline constexpr size_t kEd25519PublicKeyBytes = 32;
inline constexpr size_t kEd25519SignatureBytes = 64;

// A private key. Movable.
class Ed25519PrivateKey {
 public:
  static Ed25519PrivateKey Generate(Random& random);
  // INVALID_ARGUMENT KEY_INVALID unless 32 bytes.
  static absl::StatusOr<Ed25519PrivateKey> FromSeed(absl::string_view seed);
  // PKCS#8 PEM, not encrypted. INVALID_ARGUMENT KEY_INVALID.
  static absl::StatusOr<Ed25519PrivateKey> FromPem(absl::string_view pem);
  // NOT_FOUND KEY_FILE_MISSING, FAILED_PRECONDITION KEY_FILE_PERMISSIONS if anyone but the owner
  // may read or write it, INVALID_ARGUMENT KEY_INVALID.
  static absl::StatusOr<Ed25519PrivateKey> LoadPem(const std::string& path);

  std::string ToPem() const;
  // Creates `path` with mode 0600, synced with its folder. ALREADY_EXISTS KEY_FILE_EXISTS: a key is
  // never overwritten. UNAVAILABLE KEY_FILE_IO: nothing complete was left behind.
  absl::Status SavePem(const std::string& path) const;

  const std::string& public_key() const { return public_; }  // 32 bytes
  std::string Sign(absl::string_view message) const;         // 64 bytes

 private:
  explicit Ed25519PrivateKey(EvpPkeyPtr key);

  EvpPkeyPtr key_;
  std::string public_;
};

struct Ed25519Signed {
  absl::string_view message;
  absl::string_view signature;  // 64 bytes
};

// OK iff the signature verifies. INVALID_ARGUMENT KEY_INVALID unless the key is 32 bytes;
// FAILED_PRECONDITION SIGNATURE_INVALID.
absl::Status Ed25519Verify(absl::string_view public_key, const Ed25519Signed& input);

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_ED25519_H_
