#include "common/kv/backend.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/kv/rocks_crc32c.h"
#include "common/kv/rocks_logs.h"
#include "common/status/error.h"

namespace jodal::kv {
namespace {

namespace fs = std::filesystem;

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

// RFC 3720, B.4; the whole, and in the lengths and alignments that fast code treats apart.
TEST(Crc32cTest, IsTheChecksumOfRfc3720) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string text;
  for (int i = 0; i < 5000; ++i) text.push_back(static_cast<char>(i * 31 + i / 7));
  for (size_t begin = 0; begin < 9; ++begin) {
    for (size_t size = 0; size < 4000; size += size < 300 ? 1 : 97) {
      const absl::string_view part = absl::string_view(text).substr(begin, size);
      uint32_t expected = ~0u;
      for (const char c : part) {
        expected ^= static_cast<uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit) {
          expected = (expected >> 1) ^ ((expected & 1) != 0 ? 0x82f63b78u : 0u);
        }
      }
      ASSERT_EQ(Crc32c(part), ~expected) << begin << " " << size;
    }
  }
}

}  // namespace
}  // namespace jodal::kv

// The linker turns calls of this into calls of ours, in RocksDB as it does here.
namespace rocksdb::crc32c {
uint32_t Extend(uint32_t crc, const char* data, size_t size);
}

namespace jodal::kv {
namespace {

TEST(Crc32cTest, IsWhatRocksDbCalls) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "builds with sanitizers keep RocksDB's own";
#endif
  EXPECT_EQ(dlopen("librocksdb.so.7.8", RTLD_LAZY | RTLD_NOLOAD), nullptr);
  EXPECT_EQ(&rocksdb::crc32c::Extend, &__wrap__ZN7rocksdb6crc32c6ExtendEjPKcm);
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

// What a kill leaves behind: the files of a store that is not closed.
class RocksLogsTest : public RocksBackendTest {
 protected:
  static constexpr int kWrites = 150;

  void SetUp() override {
    RocksBackendTest::SetUp();
    const auto backend = OpenRocksBackend({.path = dir_ + "/open"});
    ASSERT_TRUE(backend.ok()) << backend.status();
    for (int i = 0; i < kWrites; ++i) {
      // Some records span blocks of the log, one spans several.
      const size_t bytes = i == kWrites / 2 ? 90'000 : 1200;
      ASSERT_TRUE((*backend)->Write(One(absl::StrCat("k", i), std::string(bytes, 'v'))).ok());
    }
    fs::copy(dir_ + "/open", dir_ + "/db");
    for (const auto& file : fs::directory_iterator(dir_ + "/db")) {
      if (file.path().extension() == ".log") wal_ = file.path();
    }
    std::ifstream in(wal_, std::ios::binary);
    log_.assign(std::istreambuf_iterator<char>(in), {});
    ASSERT_GT(log_.size(), 200'000u);
  }

  // The store with `log` in the place of its write-ahead log.
  absl::StatusOr<std::unique_ptr<Backend>> OpenWith(const std::string& log) {
    fs::remove_all(dir_ + "/copy");
    fs::copy(dir_ + "/db", dir_ + "/copy");
    std::ofstream(fs::path(dir_ + "/copy") / wal_.filename(), std::ios::binary) << log;
    return OpenRocksBackend({.path = dir_ + "/copy"});
  }
  static size_t Keys(const Backend& backend) {
    return backend.NewSnapshot()->Scan("", "", 2 * kWrites).value().size();
  }

  fs::path wal_;
  std::string log_;
};

TEST_F(RocksLogsTest, AnInterruptedLastRecordIsLeftOut) {
  EXPECT_EQ(Keys(**OpenWith(log_)), static_cast<size_t>(kWrites));
  std::string cut = log_.substr(0, log_.size() - 100);
  EXPECT_EQ(Keys(**OpenWith(cut)), kWrites - 1u);
  std::string zeros = log_;
  zeros.replace(zeros.size() - 200, 200, 200, '\0');
  EXPECT_EQ(Keys(**OpenWith(zeros)), kWrites - 1u);
  EXPECT_EQ(Keys(**OpenWith("")), 0u);
  // What came after the recovery goes on in another file; the next recovery takes both.
  {
    const auto backend = OpenWith(cut);
    ASSERT_TRUE((*backend)->Write(One("after", "v")).ok());
  }
  EXPECT_EQ(Keys(**OpenRocksBackend({.path = dir_ + "/copy"})), static_cast<size_t>(kWrites));
}

TEST_F(RocksLogsTest, ABrokenRecordThatOthersFollowIsDamage) {
  // Every bit of the header of the first record, and a byte in every part of the rest.
  std::vector<size_t> places = {0, 1, 2, 3, 4, 5, 6};
  for (size_t at = 7; at + 3000 < log_.size(); at += log_.size() / 50) places.push_back(at);
  for (const size_t at : places) {
    for (const int bit : {0, 2, 7}) {
      std::string flipped = log_;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto opened = OpenWith(flipped);
      EXPECT_EQ(ErrorReason(opened.status()), "STORE_DAMAGED") << "byte " << at << " bit " << bit;
      EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss);
      // Nothing has been deleted: a second try says the same.
      EXPECT_FALSE(OpenRocksBackend({.path = dir_ + "/copy"}).ok());
    }
  }
}

TEST_F(RocksLogsTest, AGapBetweenTwoLogsIsDamage) {
  {
    const auto backend = OpenRocksBackend({.path = dir_ + "/db"});
    ASSERT_TRUE(backend.ok()) << backend.status();
    ASSERT_TRUE((*backend)->Write(One("after", "v")).ok());
    fs::copy(dir_ + "/db", dir_ + "/later");
  }
  std::ofstream(fs::path(dir_ + "/later") / wal_.filename(), std::ios::binary) << log_;
  EXPECT_EQ(CheckRocksLogs(dir_ + "/later"), absl::OkStatus());
  std::ofstream(fs::path(dir_ + "/later") / wal_.filename(), std::ios::binary)
      << log_.substr(0, log_.size() - 3000);  // without its last records
  EXPECT_EQ(ErrorReason(CheckRocksLogs(dir_ + "/later")), "STORE_DAMAGED");
  EXPECT_EQ(CheckRocksLogs(dir_ + "/nothing"), absl::OkStatus());
}

}  // namespace
}  // namespace jodal::kv
