// Randomness, passed in so that tests and replays choose it.
#ifndef JODAL_COMMON_CRYPTO_RANDOM_H_
#define JODAL_COMMON_CRYPTO_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

namespace jodal::crypto {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // Stores `size_bytes` random bytes at `out`. Does not fail.
  virtual void Fill(char* out, size_t size_bytes) = 0;
  std::string Bytes(size_t size_bytes);
};

// OpenSSL's generator seeded by the operating system. Aborts the process if it cannot deliver:
// nothing may continue on weak keys. Lives for ever.
Random& SystemRandom();

// A repeatable stream, SHA-256("jodal fake random" ‖ u64 seed ‖ u64 block), for tests only.
class FakeRandom : public Random {
 public:
  explicit FakeRandom(uint64_t seed);
  void Fill(char* out, size_t size_bytes) override;

 private:
  std::mutex mu_;
  const uint64_t seed_;
  uint64_t block_ = 0;
  std::string pending_;
};

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_RANDOM_H_
