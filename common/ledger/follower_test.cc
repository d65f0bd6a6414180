#include "common/ledger/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/ledger/testing.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::ledger {
namespace {

class FollowerTest : public testing::Test {
 protected:
  FollowerTest() {
    source_ = OpenTestLedger(kv::NewMemoryBackend(), &clock_).value();
    own_ = OpenTestLedger(own_backend_, &clock_).value();
  }

  void EmitAtSource(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(
          source_
              ->Update({},
                       [](Txn& txn) {
                         txn.Emit({.type = "thing.made", .body = "restricted", .is_public = false});
                         return absl::OkStatus();
                       })
              .ok());
    }
  }

  // Counts every third entry in shard 1 and the rest of the even ones in shard 2.
  absl::StatusOr<std::optional<FollowUpdate>> Handle(const LoggedEntry& entry) {
    EXPECT_EQ(entry.body, "restricted");
    if (fail_ > 0) {
      --fail_;
      return absl::UnavailableError("not yet");
    }
    if (entry.seq % 3 != 0 && entry.seq % 2 != 0) return std::optional<FollowUpdate>();
    const uint16_t shard = entry.seq % 3 == 0 ? 1 : 2;
    return FollowUpdate{shard, [seq = entry.seq](Txn& txn) -> absl::Status {
                          const std::string key = absl::StrCat("seen/", seq);
                          ASSIGN_OR_RETURN(const auto seen, txn.Get(key));
                          EXPECT_FALSE(seen.has_value()) << seq << " applied twice";
                          txn.Put(key, "1");
                          txn.Emit({.type = "thing.counted"});
                          return absl::OkStatus();
                        }};
  }

  std::unique_ptr<Follower> Make() {
    Follower::Options options;
    options.name = "source";
    options.own = own_.get();
    options.fetch = FetchFrom(source_.get());
    options.handler = [this](const LoggedEntry& entry) { return Handle(entry); };
    options.on_error = [this](uint64_t, const absl::Status&) { ++errors_; };
    options.retry_min = absl::Milliseconds(1);
    return Follower::Create(std::move(options)).value();
  }

  void AwaitCursor(const Follower& follower, uint64_t cursor) {
    while (follower.cursor() < cursor) source_->WaitForEntry(1'000'000, absl::Milliseconds(2));
  }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::shared_ptr<kv::Backend> own_backend_ = kv::NewMemoryBackend();
  std::unique_ptr<Ledger> source_;
  std::unique_ptr<Ledger> own_;
  std::atomic<int> fail_ = 0;
  std::atomic<int> errors_ = 0;
};

uint64_t Expected(uint64_t entries) {
  uint64_t out = 0;
  for (uint64_t i = 0; i < entries; ++i) out += i % 3 == 0 || i % 2 == 0 ? 1 : 0;
  return out;
}

TEST_F(FollowerTest, AppliesEveryEntryOnceAcrossRestarts) {
  EmitAtSource(300);
  {
    const auto follower = Make();
    ASSERT_TRUE(follower->Start().ok());
    AwaitCursor(*follower, 300);
    follower->Stop();
  }
  EXPECT_EQ(own_->Size(), Expected(300));
  EmitAtSource(50);
  {
    const auto follower = Make();
    ASSERT_TRUE(follower->Start().ok());
    EXPECT_GE(follower->cursor(), 300u);
    AwaitCursor(*follower, 350);
  }
  EXPECT_EQ(own_->Size(), Expected(350));
}

TEST_F(FollowerTest, ALostCursorAppliesNothingTwice) {
  EmitAtSource(100);
  {
    const auto follower = Make();
    ASSERT_TRUE(follower->Start().ok());
    AwaitCursor(*follower, 100);
  }
  ASSERT_TRUE(own_->Update({.housekeeping = true},
                           [](Txn& txn) {
                             txn.Delete("~follower/source/cursor");
                             return absl::OkStatus();
                           })
                  .ok());
  ASSERT_TRUE(own_->View(0,
                         [](const kv::Reader& reader) {
                           EXPECT_FALSE(reader.Get("~follower/source/cursor")->has_value());
                           return absl::OkStatus();
                         })
                  .ok());
  const auto follower = Make();
  ASSERT_TRUE(follower->Start().ok());
  AwaitCursor(*follower, 100);
  EXPECT_EQ(own_->Size(), Expected(100));
}

TEST_F(FollowerTest, TriesAgainInOrder) {
  EmitAtSource(20);
  fail_ = 5;
  const auto follower = Make();
  ASSERT_TRUE(follower->Start().ok());
  AwaitCursor(*follower, 20);
  EXPECT_EQ(errors_, 5);
  EXPECT_EQ(own_->Size(), Expected(20));
}

TEST_F(FollowerTest, PassesOverWhatTheFetchLeavesOut) {
  EmitAtSource(40);
  Follower::Options options;
  options.name = "source";
  options.own = own_.get();
  options.fetch = [this](uint64_t begin, size_t) -> absl::StatusOr<std::vector<LoggedEntry>> {
    // 0 to 9 left out, 10 to 12, the rest left out.
    ASSIGN_OR_RETURN(auto out, source_->Entries(std::max<uint64_t>(begin, 10), 3, true));
    if (begin < 10) out.insert(out.begin(), LoggedEntry{.seq = 9});
    if (begin < 13) out.push_back(LoggedEntry{.seq = 39});
    return begin < 40 ? out : std::vector<LoggedEntry>();
  };
  options.handler = [this](const LoggedEntry& entry) { return Handle(entry); };
  options.on_error = [this](uint64_t, const absl::Status&) { ++errors_; };
  const auto follower = Follower::Create(std::move(options)).value();
  ASSERT_TRUE(follower->Start().ok());
  AwaitCursor(*follower, 40);
  follower->Stop();
  EXPECT_EQ(errors_, 0);
  EXPECT_EQ(own_->Size(), 2u) << "10 and 12";
}

TEST_F(FollowerTest, DoesNotSkipAGap) {
  EmitAtSource(3);
  absl::Notification complained;
  Follower::Options options;
  options.name = "gap";
  options.own = own_.get();
  options.fetch = [this](uint64_t, size_t) { return source_->Entries(1, 10, true); };
  options.handler = [this](const LoggedEntry& entry) { return Handle(entry); };
  options.on_error = [&](uint64_t seq, const absl::Status& status) {
    EXPECT_EQ(seq, 0u);
    EXPECT_EQ(ErrorReason(status), "FOLLOWER_GAP");
    if (!complained.HasBeenNotified()) complained.Notify();
  };
  const auto follower = Follower::Create(options).value();
  ASSERT_TRUE(follower->Start().ok());
  complained.WaitForNotification();
  follower->Stop();
  EXPECT_EQ(follower->cursor(), 0u);
  options.name = "a/b";
  EXPECT_EQ(ErrorReason(Follower::Create(options).status()), "FOLLOWER_OPTIONS");
}

}  // namespace
}  // namespace jodal::ledger
