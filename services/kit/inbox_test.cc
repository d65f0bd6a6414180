#include "services/kit/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/kit/testing.h"

namespace jodal::kit {
namespace {

using procurement::Waiting;
using testing::ElementsAre;
using testing::IsEmpty;

const FakePerson kOfficer{"A-1.2", "A-1", {"officer"}};
const FakePerson kApprover{"A-1.3", "A-1", {"approver", "officer"}};
const FakePerson kOther{"A-2.2", "A-2", {"officer", "approver"}};

class InboxTest : public testing::Test {
 protected:
  InboxTest()
      : inbox_(env_.context,
               [this](const Inbox::Logged& logged) -> absl::StatusOr<std::optional<Inbox::Case>> {
                 if (logged.entry.subject().empty()) return std::nullopt;
                 return Inbox::Case{logged.entry.subject(), states_[logged.entry.subject()]};
               }) {}

  static Waiting For(const FakePerson& whose, const char* rule,
                     absl::Time until = absl::InfiniteFuture()) {
    Waiting out;
    out.rule = &procurement::DeadlineRuleOf(rule);
    out.organization_id = whose.organization_id;
    out.until = until;
    out.command = {"jodal", rule};
    return out;
  }
  // The case is in another state from an entry of this type on; the index follows.
  void Happens(const std::string& type, const std::string& case_id, std::vector<Waiting> waiting) {
    states_[case_id] = std::move(waiting);
    ledger::UpdateRequest update;
    ASSERT_TRUE(env_.ledger
                    ->Update(update,
                             [&](ledger::Txn& txn) {
                               txn.Emit({.type = type, .subject = case_id});
                               return absl::OkStatus();
                             })
                    .ok());
    Follow(env_.ledger->Size() - 1);
  }
  void Follow(uint64_t seq) {
    const auto entry = env_.ledger->Entries(seq, 1, true);
    ASSERT_TRUE(entry.ok());
    auto step = inbox_.OnEntry(entry->front());
    ASSERT_TRUE(step.ok()) << step.status();
    ++steps_;
    if (!step->has_value()) return;
    ++writes_;
    ledger::UpdateRequest update;
    update.shard = (*step)->shard;
    update.housekeeping = true;
    ASSERT_TRUE(env_.ledger->Update(update, (*step)->body).ok());
  }
  std::vector<std::string> Of(const FakePerson& person, int page_size = 0) {
    std::vector<std::string> out;
    inbox::v1::ListInboxRequest request;
    request.set_page_size(page_size);
    do {
      inbox::v1::ListInboxResponse page;
      const absl::Status status = inbox_.List(env_.As(person), request, &page);
      EXPECT_TRUE(status.ok()) << status;
      if (!status.ok()) return out;
      for (const auto& item : page.items()) {
        out.push_back(absl::StrCat(item.rule(), " ", item.case_id(), " since ",
                                   (item.since_ns() - absl::ToUnixNanos(start_)) / 1'000'000'000,
                                   item.overdue() ? " overdue" : ""));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

  EngineEnv env_{"kit"};
  const absl::Time start_ = env_.clock.Now();
  std::map<std::string, std::vector<Waiting>> states_;
  int steps_ = 0, writes_ = 0;
  Inbox inbox_;
};

TEST_F(InboxTest, ShowsThePersonWhatWaitsForItsRole) {
  Happens("tender.evaluated", "T1", {For(kOfficer, "award.decide")});
  Happens("notice.submitted", "T2", {For(kOfficer, "notice.approve")});
  EXPECT_THAT(Of(kOfficer), ElementsAre("award.decide T1 since 0"));
  EXPECT_THAT(Of(kApprover), ElementsAre("award.decide T1 since 0", "notice.approve T2 since 0"));
  EXPECT_THAT(Of(kOther), IsEmpty());
  inbox::v1::ListInboxResponse response;
  EXPECT_THAT(inbox_.List(env_.AsAnyone(), {}, &response), HasReason("NOT_ALLOWED"));
  EXPECT_THAT(inbox_.List(env_.AsService("tender"), {}, &response), HasReason("NOT_ALLOWED"));
}

TEST_F(InboxTest, OnlyAndExceptNamePeople) {
  Waiting some = For(kOfficer, "award.decide");
  some.only = {kApprover.person_id};
  Waiting others = For(kOfficer, "tender.evaluate");
  others.except = {kApprover.person_id};
  Happens("tender.opened", "T1", {some, others});
  EXPECT_THAT(Of(kOfficer), ElementsAre("tender.evaluate T1 since 0"));
  EXPECT_THAT(Of(kApprover), ElementsAre("award.decide T1 since 0"));
}

TEST_F(InboxTest, WhatIsDoneIsGoneAndWhatGoesOnKeepsItsBeginning) {
  Happens("contract.prepared", "C1", {For(kOfficer, "contract.offer")});
  env_.clock.Advance(absl::Seconds(10));
  Happens("contract.viewed", "C1", {For(kOfficer, "contract.offer")});
  EXPECT_THAT(Of(kOfficer), ElementsAre("contract.offer C1 since 0"));
  Happens("contract.prepared", "C1", {For(kOfficer, "contract.offer", env_.clock.Now())});
  EXPECT_THAT(Of(kOfficer), ElementsAre("contract.offer C1 since 10 overdue"))
      << "it began anew, with another time";
  Happens("contract.offered", "C1", {For(kOther, "contract.confirm")});
  EXPECT_THAT(Of(kOfficer), IsEmpty());
  EXPECT_THAT(Of(kOther), ElementsAre("contract.confirm C1 since 10"));
  Happens("contract.formed", "C1", {});
  EXPECT_THAT(Of(kOther), IsEmpty());
}

TEST_F(InboxTest, MostEntriesWriteNothing) {
  Happens("bid.received", "", {});
  Happens("tender.closed", "T1", {});
  EXPECT_EQ(steps_, 2);
  EXPECT_EQ(writes_, 0);
}

TEST_F(InboxTest, LapsesByItself) {
  Waiting waiting = For(kOfficer, "award.decide", start_ + absl::Seconds(5));
  waiting.lapses = start_ + absl::Seconds(10);
  Happens("tender.evaluated", "T1", {waiting});
  env_.clock.Set(start_ + absl::Seconds(5));
  EXPECT_THAT(Of(kOfficer), ElementsAre("award.decide T1 since 0 overdue"));
  env_.clock.Set(start_ + absl::Seconds(10));
  EXPECT_THAT(Of(kOfficer), IsEmpty());
}

TEST_F(InboxTest, PagesAreInTheOrderOfTime) {
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    const int at = (i * 7) % 300;
    Happens("tender.evaluated", absl::StrCat("T", 1000 + at),
            {For(kOfficer, at % 3 == 0 ? "notice.approve" : "award.decide",
                 start_ + absl::Seconds(at))});
  }
  Happens("tender.evaluated", "T0", {For(kOfficer, "award.decide")});
  for (int at = 0; at < 300; ++at) {
    if (at % 3 != 0) {
      expected.push_back(absl::StrCat("award.decide T", 1000 + at, " since 0"));
    }
  }
  expected.push_back("award.decide T0 since 0");
  for (const int size : {1, 7, 200}) EXPECT_EQ(Of(kOfficer, size), expected) << size;
  inbox::v1::ListInboxRequest request;
  request.set_page_size(10);
  inbox::v1::ListInboxResponse page;
  ASSERT_TRUE(inbox_.List(env_.As(kOfficer), request, &page).ok());
  request.set_page_token(page.next_page_token());
  EXPECT_THAT(inbox_.List(env_.As(kApprover), request, &page), HasReason("PAGE_TOKEN_INVALID"));
}

// The index is made again from the log: entries come in order, states are those of today.
TEST_F(InboxTest, FollowingTheWholeLogAgainEndsTheSame) {
  Happens("contract.prepared", "C1", {For(kOfficer, "contract.offer")});
  env_.clock.Advance(absl::Seconds(10));
  Happens("contract.consented", "C1", {For(kOfficer, "contract.confirm")});
  const auto before = Of(kOfficer);
  for (uint64_t seq = 0; seq < 2; ++seq) Follow(seq);
  EXPECT_EQ(Of(kOfficer), before);
}

}  // namespace
}  // namespace jodal::kit
