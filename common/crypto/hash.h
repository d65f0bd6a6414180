// SHA-256, HMAC and HKDF over it (FIPS 180-4, RFC 2104, RFC 5869).
// Digests are raw bytes. Thread-safe, except that one Sha256Hasher belongs to one thread at a time.
#ifndef JODAL_COMMON_CRYPTO_HASH_H_
#define JODAL_COMMON_CRYPTO_HASH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "common/crypto/openssl_ptr.h"

namespace jodal::crypto {

inline constexpr size_t kSha256Bytes = 32;
inline constexpr size_t kHkdfOutputBytesMax = 255 * kSha256Bytes;  // RFC 5869 section 2.3

std::string Sha256(absl::string_view data);  // 32 bytes

// Hashes data that comes in pieces. Movable.
class Sha256Hasher {
 public:
  Sha256Hasher();
  Sha256Hasher& Update(absl::string_view data);
  std::string Finish();  // 32 bytes; the hasher is as new afterwards

 private:
  EvpMdCtxPtr ctx_;
};

std::string HmacSha256(absl::string_view key, absl::string_view message);  // 32 bytes

std::string HkdfExtract(absl::string_view salt, absl::string_view ikm);  // 32 bytes
// Aborts if size_bytes > kHkdfOutputBytesMax.
std::string HkdfExpand(absl::string_view prk, absl::string_view info, size_t size_bytes);

// True iff equal; the time taken depends on the sizes only.
bool ConstantTimeEqual(absl::string_view a, absl::string_view b);

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_HASH_H_
