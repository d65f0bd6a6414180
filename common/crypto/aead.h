// AES-GCM (NIST SP 800-38D) with the nonce and additional data given by the caller, who must never
// use a nonce twice under one key. The 16-byte tag follows the ciphertext. GCM does not commit to
// its key: callers that need that commit separately. Thread-safe.
#ifndef JODAL_COMMON_CRYPTO_AEAD_H_
#define JODAL_COMMON_CRYPTO_AEAD_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal::crypto {

inline constexpr size_t kAeadNonceBytes = 12;
inline constexpr size_t kAeadTagBytes = 16;

struct AeadParams {
  absl::string_view key;    // 16 bytes: AES-128, 32 bytes: AES-256
  absl::string_view nonce;  // 12 bytes
  absl::string_view aad;    // any size
};

// Returns ciphertext ‖ tag. INVALID_ARGUMENT AEAD_PARAMS for another size of key or nonce.
absl::StatusOr<std::string> AesGcmSeal(const AeadParams& params, absl::string_view plaintext);

// INVALID_ARGUMENT AEAD_PARAMS as above; FAILED_PRECONDITION AEAD_AUTH if the text is shorter than
// a tag or does not authenticate.
absl::StatusOr<std::string> AesGcmOpen(const AeadParams& params, absl::string_view sealed);

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_AEAD_H_
