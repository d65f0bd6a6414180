#include "common/crypto/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/openssl_ptr.h"

namespace jodal::crypto {
namespace {

class OpenSslRandom : public Random {
 public:
  void Fill(char* out, size_t size_bytes) override {
    while (size_bytes > 0) {
      const size_t part = std::min<size_t>(size_bytes, 1 << 20);
      OpenSslCheck(RAND_bytes(MutableBytes(out), static_cast<int>(part)) == 1, "RAND_bytes");
      out += part;
      size_bytes -= part;
    }
  }
};

}  // namespace

std::string Random::Bytes(size_t size_bytes) {
  std::string out(size_bytes, '\0');
  Fill(out.data(), out.size());
  return out;
}

Random& SystemRandom() {
  static OpenSslRandom* const random = new OpenSslRandom();
  return *random;
}

FakeRandom::FakeRandom(uint64_t seed) : seed_(seed) {}

void FakeRandom::Fill(char* out, size_t size_bytes) {
  const std::lock_guard<std::mutex> lock(mu_);
  while (pending_.size() < size_bytes) {
    std::string input = "jodal fake random";
    AppendU64Be(input, seed_);
    AppendU64Be(input, block_++);
    pending_ += Sha256(input);
  }
  std::memcpy(out, pending_.data(), size_bytes);
  pending_.erase(0, size_bytes);
}

}  // namespace jodal::crypto
