// Single bits that flip in the files of a store: what is served afterwards is right, or it is
// refused with a name. Never is a wrong value served and never one missing.
//
// Two stores: one that was closed, and one as a kill leaves it, with acknowledged commits that are
// in the write-ahead log only. In the latter a flip within the very last record cannot be told from
// a write that a power cut interrupted: that record, and nothing before it, may be gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/backend.h"
#include "common/ledger/check_ledger.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "tests/faults/fault_box.h"

namespace jodal::faults {
namespace {

namespace fs = std::filesystem;
using Content = std::map<std::string, std::string>;

constexpr int kBids = 8;
constexpr int kFillers = 300;  // more than a tile

absl::StatusOr<Content> ReadEverything(const kv::Backend& backend) {
  const auto reader = backend.NewSnapshot();
  ASSIGN_OR_RETURN(auto pairs, reader->Scan("", "", 1'000'000));
  Content out;
  for (auto& pair : pairs) {
    ASSIGN_OR_RETURN(const auto value, reader->Get(pair.key));
    if (value != pair.value) return absl::InternalError("Get and Scan differ");
    out[std::move(pair.key)] = std::move(pair.value);
  }
  return out;
}

std::string Kind(const fs::path& file) {
  const std::string name = file.filename().string();
  if (file.extension() == ".sst") return "table";
  if (file.extension() == ".log") return "wal";
  return name.substr(0, name.find('-'));
}

// The files that hold data: not the engine's diary, options, name and lock.
std::vector<fs::path> DataFiles(const std::string& db) {
  std::vector<fs::path> out;
  for (const auto& file : fs::directory_iterator(db)) {
    const std::string name = file.path().filename().string();
    if (file.is_regular_file() && file.file_size() > 0 && name != "LOCK" && name != "IDENTITY" &&
        !absl::StartsWith(name, "LOG") && !absl::StartsWith(name, "OPTIONS")) {
      out.push_back(file.path());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

void FlipBit(const fs::path& file, uint64_t bit) {
  std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
  char byte = 0;
  io.seekg(static_cast<std::streamoff>(bit / 8));
  io.read(&byte, 1);
  byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  io.seekp(static_cast<std::streamoff>(bit / 8));
  io.write(&byte, 1);
  ASSERT_TRUE(io.good());
}

class BitFlipTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    std::string name = fs::exists("/dev/shm") ? "/dev/shm/jodal_flip_XXXXXX"
                                              : testing::TempDir() + "/jodal_flip_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }

  static void Fill(FaultBox& box, int from, int count) {
    for (int i = from; i < from + count; ++i) {
      const std::string id = absl::StrCat("filler-", i);
      ASSERT_TRUE(box.ledger()
                      .Update({.shard = ledger::ShardOf(id)},
                              [&](ledger::Txn& txn) {
                                txn.Put(id, std::string(200, 'f'));
                                txn.Emit({.type = "test.filled", .subject = id});
                                return absl::OkStatus();
                              })
                      .ok());
    }
  }

  // Makes <dir>/store over several openings, so that there are tables, a manifest with edits and a
  // log; `before_last` is the content before the last commit.
  void MakeStore(bool killed) {
    const std::string db = dir_ + "/db";
    const auto expect_ok = [](const std::string& act, const absl::StatusOr<std::string>& answer) {
      EXPECT_TRUE(answer.ok()) << act << answer.status();
    };
    Bids bids;
    for (int opening = 0; opening < 5; ++opening) {
      auto opened = FaultBox::Open(db);
      ASSERT_TRUE(opened.ok()) << opened.status();
      FaultBox& box = **opened;
      if (opening == 0) {
        ASSERT_TRUE(box.Create().ok());
        bids = box.MakeBids(kBids);
        Fill(box, 0, kFillers);
      } else if (opening <= 3) {
        box.Run(kStages[opening - 1], bids, expect_ok);
      } else {
        Fill(box, kFillers, kFillers - 1);
        if (killed) fs::copy(db, dir_ + "/before_last");
        Fill(box, 2 * kFillers - 1, 1);
        if (killed) fs::copy(db, dir_ + "/store");
      }
    }
    if (!killed) fs::copy(db, dir_ + "/store");
  }

  Content ContentOf(const std::string& store) {
    const std::string copy = dir_ + "/content";
    fs::copy(store, copy);
    const auto backend = kv::OpenRocksBackend({.path = copy});
    EXPECT_TRUE(backend.ok()) << backend.status();
    const auto content = ReadEverything(**backend);
    EXPECT_TRUE(content.ok()) << content.status();
    EXPECT_EQ(ledger::CheckLedger(**backend, kOrigin), absl::OkStatus());
    fs::remove_all(copy);
    return *content;
  }

  std::string dir_;
};

TEST_P(BitFlipTest, IsNoticedOrHarmless) {
  const bool killed = GetParam();
  std::mt19937_64 random(TestSeed());
  ASSERT_NO_FATAL_FAILURE(MakeStore(killed));
  const Content expected = ContentOf(dir_ + "/store");
  const Content before_last = killed ? ContentOf(dir_ + "/before_last") : expected;
  ASSERT_GT(expected.size(), static_cast<size_t>(3 * kFillers));
  ASSERT_EQ(before_last != expected, killed);

  const int flips = Full() ? 1000 : 150;
  std::map<std::string, std::map<std::string, int>> outcomes;  // by kind of file
  const std::string copy = dir_ + "/flipped";
  for (int flip = 0; flip < flips; ++flip) {
    fs::remove_all(copy);
    fs::copy(dir_ + "/store", copy);
    const auto files = DataFiles(copy);
    const fs::path& file = files[random() % files.size()];
    const uint64_t bit = random() % (fs::file_size(file) * 8);
    SCOPED_TRACE(absl::StrCat(file.filename().string(), " byte ", bit / 8, " of ",
                              fs::file_size(file), " bit ", bit % 8));
    ASSERT_NO_FATAL_FAILURE(FlipBit(file, bit));
    std::string outcome;
    const std::string kind = Kind(file);
    const auto backend = kv::OpenRocksBackend({.path = copy, .block_cache_bytes = 1 << 20});
    if (!backend.ok()) {
      outcome = absl::StrCat("refused ", ErrorReason(backend.status()));
      EXPECT_NE(ErrorReason(backend.status()), "") << backend.status();
    } else if (const auto content = ReadEverything(**backend); !content.ok()) {
      outcome = absl::StrCat("found by a reader ", ErrorReason(content.status()));
      EXPECT_EQ(content.status().code(), absl::StatusCode::kDataLoss) << content.status();
    } else if (*content == expected) {
      outcome = "harmless";
      EXPECT_EQ(ledger::CheckLedger(**backend, kOrigin), absl::OkStatus());
    } else if (killed && kind == "wal" && *content == before_last) {
      outcome = "the last record is gone";
    } else {
      outcome = "WRONG";
      ADD_FAILURE() << "serves " << content->size() << " of " << expected.size() << " keys; "
                    << ledger::CheckLedger(**backend, kOrigin);
    }
    ++outcomes[kind][outcome];
  }
  std::map<std::string, int> all;
  for (const auto& [kind, counts] : outcomes) {
    for (const auto& [outcome, count] : counts) {
      std::cout << kind << ": " << outcome << " " << count << "\n";
      all[outcome.substr(0, outcome.find(' '))] += count;
    }
  }
  EXPECT_GT(all["refused"], 0);
  for (const char* kind : {"table", "MANIFEST", "CURRENT"}) EXPECT_GT(outcomes.count(kind), 0u);
  if (killed) {
    EXPECT_GT(outcomes.count("wal"), 0u);
  } else {
    EXPECT_GT(all["found"], 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, BitFlipTest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Killed" : "Closed"; });

}  // namespace
}  // namespace jodal::faults
