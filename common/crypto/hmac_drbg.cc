#include "common/crypto/hmac_drbg.h"

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"

namespace jodal::crypto {

HmacDrbg::HmacDrbg(const Options& options) : key_(kSha256Bytes, '\x00'), v_(kSha256Bytes, '\x01') {
  Update(absl::StrCat(options.entropy, options.personalization));
}

void HmacDrbg::Update(absl::string_view data) {
  key_ = HmacSha256(key_, absl::StrCat(v_, absl::string_view("\x00", 1), data));
  v_ = HmacSha256(key_, v_);
  if (data.empty()) return;
  key_ = HmacSha256(key_, absl::StrCat(v_, absl::string_view("\x01", 1), data));
  v_ = HmacSha256(key_, v_);
}

std::string HmacDrbg::Generate(size_t size_bytes) {
  OpenSslCheck(size_bytes <= kDrbgRequestBytesMax, "HmacDrbg::Generate (request too long)");
  std::string out;
  while (out.size() < size_bytes) {
    v_ = HmacSha256(key_, v_);
    out += v_;
  }
  out.resize(size_bytes);
  Update("");
  return out;
}

uint64_t HmacDrbg::Uniform(uint64_t bound) {
  OpenSslCheck(bound > 0, "HmacDrbg::Uniform (bound 0)");
  // 2^64 mod bound: how many of the highest words belong to no complete run of 0 .. bound-1.
  const uint64_t surplus = (0 - bound) % bound;
  while (true) {
    const uint64_t word = ReadU64Be(Generate(8));
    if (word <= UINT64_MAX - surplus) return word % bound;
  }
}

}  // namespace jodal::crypto
