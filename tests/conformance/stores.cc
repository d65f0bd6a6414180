#include "tests/conformance/stores.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "common/ledger/testing.h"
#include "common/status/macros.h"
#include "tests/support/postgres/test_postgres.h"

namespace jodal::conformance {
namespace {

class MemoryStore : public Store {
 public:
  bool shared() const override { return true; }
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
    open_.push_back(backend);
    return std::make_unique<ledger::TestBackend>(std::move(backend));
  }
  void CheckNone() const {
    for (const auto& backend : open_) {
      if (backend.expired()) continue;
      std::fprintf(stderr, "a store goes while its backend is open\n");
      std::abort();
    }
  }

 private:
  std::vector<std::weak_ptr<kv::Backend>> open_;
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

class PostgresStore : public Store {
 public:
  bool shared() const override { return true; }
  ~PostgresStore() override {
    open_.CheckNone();
    testing_support::RunSql(conninfo_, absl::StrCat("DROP SCHEMA IF EXISTS ", schema_, " CASCADE"))
        .IgnoreError();
  }
  absl::StatusOr<std::unique_ptr<kv::Backend>> Open() override {
    ASSIGN_OR_RETURN(auto backend,
                     kv::OpenPostgresBackend({.conninfo = conninfo_, .schema = schema_},
                                             crypto::SystemRandom()));
    return open_.Watch(std::move(backend));
  }

 private:
  const std::string conninfo_ = testing_support::SharedTestPostgres().value();
  const std::string schema_ = testing_support::FreshName();
  OpenBackend open_;
};

std::string NothingMissing() { return ""; }

std::string PostgresMissing() {
  const auto conninfo = testing_support::SharedTestPostgres();
  if (absl::IsNotFound(conninfo.status())) return std::string(conninfo.status().message());
  return "";
}

}  // namespace

std::vector<Engine> Engines() {
  return {{"memory", NothingMissing, [] { return std::make_unique<MemoryStore>(); }},
          {"rocksdb", NothingMissing, [] { return std::make_unique<RocksStore>(); }},
          {"postgres", PostgresMissing, [] { return std::make_unique<PostgresStore>(); }}};
}

uint64_t TestSeed(uint64_t fallback) {
  const char* seed = std::getenv("JODAL_TEST_SEED");
  return seed == nullptr ? fallback : std::strtoull(seed, nullptr, 10);
}

}  // namespace jodal::conformance
