#include "services/kit/deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/kit/testing.h"

namespace jodal::kit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DeadlinesTest : public testing::Test {
 protected:
  DeadlinesTest() { Restart(); }

  void Restart() {
    Deadlines::Options options;
    options.ledger = env_.ledger.get();
    options.clock = &env_.clock;
    options.rules["note"] = [this](const Deadline& due) -> absl::StatusOr<bool> {
      absl::MutexLock lock(&mu_);
      tried_.push_back(absl::StrCat(due.case_id, "@", absl::ToUnixSeconds(due.at)));
      if (!failing_.empty() && due.case_id == failing_) return absl::UnavailableError("failing");
      if (not_yet_) return false;
      return Change(due, std::nullopt);
    };
    deadlines_ = std::make_unique<Deadlines>(std::move(options));
  }
  // Removes `before` and writes `after` in one commit, as an act does.
  absl::StatusOr<bool> Change(const std::optional<Deadline>& before,
                              const std::optional<Deadline>& after) {
    ledger::UpdateRequest update;
    update.shard = ledger::ShardOf((before.has_value() ? *before : *after).case_id);
    const auto committed = env_.ledger->Update(update, [&](ledger::Txn& txn) {
      if (before.has_value()) RemoveDeadline(txn, *before);
      if (after.has_value()) PutDeadline(txn, *after);
      txn.Emit({.type = "test.done"});
      return absl::OkStatus();
    });
    if (!committed.ok()) return committed.status();
    return true;
  }
  void Set(const Deadline& deadline) {
    ASSERT_TRUE(Change(std::nullopt, deadline).ok());
    deadlines_->Refresh(deadline.case_id);
  }
  Deadline In(int seconds, const std::string& case_id) const {
    return {start_ + absl::Seconds(seconds), "note", case_id};
  }
  std::vector<std::string> Tried() {
    absl::MutexLock lock(&mu_);
    std::vector<std::string> out;
    out.swap(tried_);
    return out;
  }
  std::string Name(int seconds, const std::string& case_id) const {
    return absl::StrCat(case_id, "@", absl::ToUnixSeconds(start_) + seconds);
  }

  EngineEnv env_{"kit"};
  const absl::Time start_ = env_.clock.Now();
  absl::Mutex mu_;
  std::vector<std::string> tried_;
  std::string failing_;
  bool not_yet_ = false;
  std::unique_ptr<Deadlines> deadlines_;
};

TEST_F(DeadlinesTest, WhatIsDueIsDoneOnceAndInOrder) {
  Set(In(2, "b"));
  Set(In(1, "a"));
  Set(In(3, "c"));
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), IsEmpty());
  env_.clock.Set(start_ + absl::Seconds(2) - absl::Nanoseconds(1));
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), ElementsAre(Name(1, "a")));
  env_.clock.Set(start_ + absl::Seconds(2));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), ElementsAre(Name(2, "b")));
}

TEST_F(DeadlinesTest, AMovedDeadlineIsDueWhenItNowIs) {
  Set(In(1, "a"));
  ASSERT_TRUE(Change(In(1, "a"), In(5, "a")).ok());
  deadlines_->Refresh("a");
  env_.clock.Set(start_ + absl::Seconds(4));
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), IsEmpty());
  env_.clock.Set(start_ + absl::Seconds(5));
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), ElementsAre(Name(5, "a")));
}

TEST_F(DeadlinesTest, ARestartFindsWhatWasWritten) {
  Set(In(1, "a"));
  Set(In(1, "b"));
  Set(In(2, "a"));
  env_.clock.Set(start_ + absl::Seconds(10));
  Restart();
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), IsEmpty()) << "nothing known before the recovery";
  ASSERT_TRUE(deadlines_->Recover().ok());
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), ElementsAre(Name(1, "a"), Name(1, "b"), Name(2, "a")));
  Restart();
  ASSERT_TRUE(deadlines_->Recover().ok());
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), IsEmpty());
}

TEST_F(DeadlinesTest, WhatFailsIsTriedAgainAndHoldsNobodyUp) {
  Set(In(1, "a"));
  Set(In(1, "b"));
  failing_ = "a";
  env_.clock.Set(start_ + absl::Seconds(1));
  EXPECT_TRUE(absl::IsUnavailable(deadlines_->RunDue()));
  EXPECT_THAT(Tried(), ElementsAre(Name(1, "a"), Name(1, "b")));
  EXPECT_TRUE(absl::IsUnavailable(deadlines_->RunDue()));
  EXPECT_THAT(Tried(), ElementsAre(Name(1, "a")));
  failing_ = "";
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), ElementsAre(Name(1, "a")));
}

TEST_F(DeadlinesTest, NotYetIsAskedAgain) {
  Set(In(1, "a"));
  not_yet_ = true;
  env_.clock.Set(start_ + absl::Seconds(1));
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_TRUE(deadlines_->RunDue().ok());
  EXPECT_THAT(Tried(), ElementsAre(Name(1, "a"), Name(1, "a")));
}

TEST_F(DeadlinesTest, AnUnknownRuleIsNamed) {
  Set({start_, "strange", "a"});
  EXPECT_THAT(deadlines_->RunDue(), HasReason("DEADLINE_DAMAGED"));
}

TEST_F(DeadlinesTest, OneWakeUpDoesABoundedNumber) {
  constexpr int kCases = 1500;
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf("a");
  for (int first = 0; first < kCases; first += 50) {
    ASSERT_TRUE(env_.ledger
                    ->Update(update,
                             [&](ledger::Txn& txn) {
                               for (int i = first; i < first + 50; ++i) {
                                 PutDeadline(txn, {start_ + absl::Nanoseconds(i), "note", "a"});
                               }
                               txn.Emit({.type = "test.done"});
                               return absl::OkStatus();
                             })
                    .ok());
  }
  deadlines_->Refresh("a");
  env_.clock.Advance(absl::Seconds(1));
  failing_ = "a";
  EXPECT_FALSE(deadlines_->RunDue().ok());
  EXPECT_EQ(Tried().size(), 1000u);
  EXPECT_FALSE(deadlines_->RunDue().ok());
  EXPECT_EQ(Tried().size(), 1000u) << "the other 500, and from the front again";
}

TEST_F(DeadlinesTest, TheThreadFollowsAClockThatIsMoved) {
  Set(In(3600, "a"));
  Restart();
  deadlines_->Start();
  const uint64_t size = env_.ledger->Size();
  env_.clock.Set(start_ + absl::Seconds(3600));
  EXPECT_EQ(env_.ledger->WaitForEntry(size, absl::Seconds(10)), size + 1);
  deadlines_->Stop();
  EXPECT_THAT(Tried(), ElementsAre(Name(3600, "a")));
  deadlines_->Start();
  deadlines_->Stop();
  EXPECT_THAT(Tried(), IsEmpty());
}

}  // namespace
}  // namespace jodal::kit
