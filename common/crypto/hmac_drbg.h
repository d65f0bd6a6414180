// HMAC-DRBG with SHA-256 (NIST SP 800-90A revision 1, section 10.1.2) as a public, repeatable
// stream for draws: everybody who knows the seed recomputes every number. Never reseeded, no
// additional input, empty nonce. Not thread-safe.
#ifndef JODAL_COMMON_CRYPTO_HMAC_DRBG_H_
#define JODAL_COMMON_CRYPTO_HMAC_DRBG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace jodal::crypto {

inline constexpr size_t kDrbgRequestBytesMax = 65536;  // SP 800-90A table 2: 2^19 bits

class HmacDrbg {
 public:
  struct Options {
    absl::string_view entropy;          // the seed, e.g. S of the draw (32 bytes)
    absl::string_view personalization;  // the label of the use: one stream per use
  };
  explicit HmacDrbg(const Options& options);

  // One Generate call of the standard, which ends with an Update: Generate(16) is not twice
  // Generate(8). Aborts above kDrbgRequestBytesMax.
  std::string Generate(size_t size_bytes);

  // Uniform in 0 .. bound-1; aborts if bound is 0. Takes Generate(8) as a big-endian word w, again
  // while w >= floor(2^64 / bound) · bound, and returns w mod bound. A bound of 1 takes one word
  // too.
  uint64_t Uniform(uint64_t bound);

 private:
  void Update(absl::string_view data);

  std::string key_;
  std::string v_;
};

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_HMAC_DRBG_H_
