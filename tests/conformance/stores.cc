#include "tests/conformance/stores.h"

#include <cstdlib>
#include <filesystem>

#include "common/ledger/testing.h"

namespace jodal::conformance {
namespace {

class MemoryStore : public Store {
 public:
  absl::StatusOr<std::unique_ptr<kv::Backend>> Open() override {
    return std::make_unique<ledger::TestBackend>(shared_);
  }

 private:
  const std::shared_ptr<kv::Backend> shared_ = kv::NewMemoryBackend();
};

class RocksStore : public Store {
 public:
  RocksStore() {
    std::string pattern = (std::filesystem::temp_directory_path() / "jodal_store_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    dir_ = pattern;
  }
  ~RocksStore() override { std::filesystem::remove_all(dir_); }
  absl::StatusOr<std::unique_ptr<kv::Backend>> Open() override {
    return kv::OpenRocksBackend({.path = dir_ + "/db", .block_cache_bytes = 4 << 20});
  }

 private:
  std::string dir_;
};

}  // namespace

std::vector<Engine> Engines() {
  return {{"memory", [] { return std::make_unique<MemoryStore>(); }},
          {"rocksdb", [] { return std::make_unique<RocksStore>(); }}};
}

uint64_t TestSeed(uint64_t fallback) {
  const char* seed = std::getenv("JODAL_TEST_SEED");
  return seed == nullptr ? fallback : std::strtoull(seed, nullptr, 10);
}

}  // namespace jodal::conformance
