#include "tests/conformance/stores.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "common/ledger/testing.h"
#include "common/status/macros.h"

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

// Knows whether a store's backend is still there. An engine works on its files in the background
// until it is closed (RocksDB compacts when a snapshot is released), so they go after it.
class OpenBackend {
 public:
  std::unique_ptr<kv::Backend> Watch(std::shared_ptr<kv::Backend> backend) {
    open_ = backend;
    return std::make_unique<ledger::TestBackend>(std::move(backend));
  }
  void CheckNone() const {
    if (open_.expired()) return;
    std::fprintf(stderr, "a store goes while its backend is open\n");
    std::abort();
  }

 private:
  std::weak_ptr<kv::Backend> open_;
};

class RocksStore : public Store {
 public:
  RocksStore() {
    std::string pattern = (std::filesystem::temp_directory_path() / "jodal_store_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    dir_ = pattern;
  }
  ~RocksStore() override {
    open_.CheckNone();
    std::error_code ignored;  // a folder left behind is no reason to end the tests
    std::filesystem::remove_all(dir_, ignored);
  }
  absl::StatusOr<std::unique_ptr<kv::Backend>> Open() override {
    ASSIGN_OR_RETURN(auto backend,
                     kv::OpenRocksBackend({.path = dir_ + "/db", .block_cache_bytes = 4 << 20}));
    return open_.Watch(std::move(backend));
  }

 private:
  std::string dir_;
  OpenBackend open_;
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
