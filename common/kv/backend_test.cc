#include "common/kv/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "common/status/error.h"

namespace jodal::kv {
namespace {

// The contract that holds for every engine is tests/conformance; here is what is particular.

TEST(PrefixEndTest, IsTheNextPrefix) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff"), "");
  EXPECT_EQ(PrefixEnd(""), "");
}

WriteBatch One(const std::string& key, std::optional<std::string> value) {
  return WriteBatch{{{key, std::move(value)}}};
}

TEST(MemoryBackendTest, OldSnapshotsSurviveOverwritesAndDeletes) {
  const auto backend = NewMemoryBackend();
  ASSERT_TRUE(backend->Write(One("k", "1")).ok());
  const auto first = backend->NewSnapshot();
  ASSERT_TRUE(backend->Write(One("k", "2")).ok());
  auto second = backend->NewSnapshot();
  ASSERT_TRUE(backend->Write(One("k", std::nullopt)).ok());
  ASSERT_TRUE(backend->Write(One("other", "x")).ok());
  EXPECT_EQ(first->Get("k").value(), "1");
  EXPECT_EQ(second->Get("k").value(), "2");
  second.reset();
  ASSERT_TRUE(backend->Write(One("k", "3")).ok());
  EXPECT_EQ(first->Get("k").value(), "1");
  EXPECT_EQ(backend->NewSnapshot()->Get("k").value(), "3");
}

class RocksBackendTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/jodal_kv_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  std::string dir_;
};

TEST_F(RocksBackendTest, RefusesASecondOpener) {
  const auto backend = OpenRocksBackend({.path = dir_ + "/db"});
  ASSERT_TRUE(backend.ok()) << backend.status();
  const auto second = OpenRocksBackend({.path = dir_ + "/db"});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(second.status()), "STORE_LOCKED");
}

TEST_F(RocksBackendTest, KeepsWhatWasWritten) {
  {
    const auto backend = OpenRocksBackend({.path = dir_ + "/db"});
    ASSERT_TRUE(backend.ok()) << backend.status();
    ASSERT_TRUE((*backend)->Write(One("k", std::string("\0v", 2))).ok());
  }
  const auto backend = OpenRocksBackend({.path = dir_ + "/db"});
  ASSERT_TRUE(backend.ok()) << backend.status();
  EXPECT_EQ((*backend)->NewSnapshot()->Get("k").value(), std::string("\0v", 2));
}

TEST_F(RocksBackendTest, NamesAPathThatCannotBeOpened) {
  const auto backend = OpenRocksBackend({.path = dir_ + "/no/such/folder"});
  EXPECT_EQ(ErrorReason(backend.status()), "STORE_FAILED");
}

}  // namespace
}  // namespace jodal::kv
