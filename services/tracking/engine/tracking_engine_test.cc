#include "services/tracking/engine/tracking_engine.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/kit/testing.h"

namespace jodal::tracking {
namespace {

using kit::EngineEnv;
using kit::HasReason;

// The log of a service in this process, with ways to lie.
class FakeLogs : public FollowedLogs {
 public:
  explicit FakeLogs(ledger::Ledger* ledger) : ledger_(*ledger) {}
  absl::StatusOr<std::string> Checkpoint(const std::string&) override {
    return forged_checkpoint.empty() ? ledger_.Checkpoint() : forged_checkpoint;
  }
  absl::StatusOr<std::vector<ledger::LoggedEntry>> Entries(const std::string&, uint64_t begin,
                                                           size_t limit) override {
    auto entries = ledger_.Entries(begin, std::min(limit, fetch_max), /*with_restricted=*/true);
    if (entries.ok() && !forged_entry.empty()) entries->front().entry = forged_entry;
    if (entries.ok() && !forged_body.empty()) entries->front().body = forged_body;
    return entries;
  }
  absl::StatusOr<std::vector<std::string>> ConsistencyProof(const std::string&, uint64_t old_size,
                                                            uint64_t new_size) override {
    return ledger_.ConsistencyProof(old_size, new_size);
  }

  ledger::Ledger& ledger_;
  size_t fetch_max = 1000;
  std::string forged_checkpoint, forged_entry, forged_body;
};

class TrackingEngineTest : public ::testing::Test {
 protected:
  TrackingEngineTest()
      : tender_("tender"),
        env_("tracking"),
        engine_(env_.context,
                {{"tender", {"test.jodal.example/tender", tender_.ledger->public_key()}}}),
        logs_(tender_.ledger.get()) {}

  void Log(const std::string& tender_id, bool is_public = true) {
    event::v1::Event event;
    event.mutable_tender_closed()->set_tender_id(tender_id);
    event.mutable_tender_closed()->set_bids(7);
    ledger::UpdateRequest update;
    update.shard = ledger::ShardOf(tender_id);
    auto committed = tender_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
      txn.Put(absl::StrCat("k", ++writes_), "v");
      txn.Emit(is_public ? kit::PublicEvent(event, kit::TenderName(tender_id), "system")
                         : kit::RestrictedEvent(event, kit::TenderName(tender_id), "system",
                                                std::string(16, 's')));
      return absl::OkStatus();
    });
    ASSERT_TRUE(committed.ok()) << committed.status();
  }
  std::string Problem() {
    v1::GetMonitorStatusResponse status;
    EXPECT_TRUE(engine_.GetMonitorStatus(env_.AsAnyone(), {}, &status).ok());
    return status.logs(0).problem();
  }

  EngineEnv tender_;
  EngineEnv env_;
  TrackingEngine engine_;
  FakeLogs logs_;
  int writes_ = 0;
};

TEST_F(TrackingEngineTest, ServesOneTenderInOrderAndResumes) {
  for (int i = 0; i < 100; ++i) Log(i % 2 == 0 ? "R25BK00000001" : "R25BK00000002");
  ASSERT_EQ(*engine_.Follow("tender", logs_), 100u);
  EXPECT_EQ(*engine_.Follow("tender", logs_), 0u);
  auto all = engine_.Read("R25BK00000001", 0, 1000);
  ASSERT_EQ(all->size(), 50u);
  for (size_t i = 1; i < all->size(); ++i) {
    EXPECT_LT((*all)[i - 1].sequence(), (*all)[i].sequence());
  }
  auto rest = engine_.Read("R25BK00000001", (*all)[39].sequence(), 1000);
  ASSERT_EQ(rest->size(), 10u);
  EXPECT_EQ(rest->front().sequence(), (*all)[40].sequence());
  EXPECT_EQ(rest->front().summary(), "tender closed with 7 bids");
  EXPECT_EQ(engine_.Read("", 0, 1000)->size(), 100u);
  EXPECT_EQ(Problem(), "");
}

TEST_F(TrackingEngineTest, TakesOverInPiecesThatAreProvenPrefixes) {
  for (int i = 0; i < 50; ++i) Log("R25BK00000001");
  logs_.fetch_max = 7;
  size_t taken = 0;
  while (true) {
    const size_t more = *engine_.Follow("tender", logs_);
    if (more == 0) break;
    EXPECT_LE(more, 7u);
    taken += more;
  }
  EXPECT_EQ(taken, 50u);
  EXPECT_EQ(Problem(), "");
}

TEST_F(TrackingEngineTest, HidesWhatIsRestricted) {
  Log("R25BK00000001", /*is_public=*/false);
  ASSERT_EQ(*engine_.Follow("tender", logs_), 1u);
  auto items = engine_.Read("R25BK00000001", 0, 10);
  ASSERT_EQ(items->size(), 1u);
  EXPECT_EQ(items->front().body(), "");
  EXPECT_EQ(items->front().summary(), "");
}

TEST_F(TrackingEngineTest, ShowsNothingOfALogThatLies) {
  Log("R25BK00000001");
  const std::string first_checkpoint = tender_.ledger->Checkpoint();
  auto honest = *tender_.ledger->Entries(0, 1, true);
  struct Lie {
    const char* what;
    std::string checkpoint, entry, body;
    const char* problem;
  };
  log::v1::Entry other;
  ASSERT_TRUE(other.ParseFromString(honest[0].entry));
  other.set_actor_role("somebody else");
  const Lie lies[] = {
      {"unsigned checkpoint",
       first_checkpoint.substr(0, first_checkpoint.size() - 9) + "AAAAAAA=\n", "", "",
       "checkpoint refused"},
      {"altered entry", "", other.SerializeAsString(), "", "do not add up"},
      {"altered body", "", "", "another body", "does not fit its body"},
  };
  for (const Lie& lie : lies) {
    EngineEnv env("tracking");
    TrackingEngine engine(
        env.context, {{"tender", {"test.jodal.example/tender", tender_.ledger->public_key()}}});
    FakeLogs logs(tender_.ledger.get());
    logs.forged_checkpoint = lie.checkpoint;
    logs.forged_entry = lie.entry;
    logs.forged_body = lie.body;
    EXPECT_EQ(*engine.Follow("tender", logs), 0u) << lie.what;
    EXPECT_TRUE(engine.Read("", 0, 10)->empty()) << lie.what;
    v1::GetMonitorStatusResponse status;
    ASSERT_TRUE(engine.GetMonitorStatus(env.AsAnyone(), {}, &status).ok());
    EXPECT_THAT(status.logs(0).problem(), ::testing::HasSubstr(lie.problem)) << lie.what;
    // It is followed no further, even if it tells the truth again.
    logs.forged_checkpoint = logs.forged_entry = logs.forged_body = "";
    EXPECT_EQ(*engine.Follow("tender", logs), 0u) << lie.what;
  }
}

TEST_F(TrackingEngineTest, NoticesALogThatGoesBack) {
  Log("R25BK00000001");
  const std::string early = tender_.ledger->Checkpoint();
  Log("R25BK00000001");
  ASSERT_EQ(*engine_.Follow("tender", logs_), 2u);
  logs_.forged_checkpoint = early;
  EXPECT_EQ(*engine_.Follow("tender", logs_), 0u);
  EXPECT_THAT(Problem(), ::testing::HasSubstr("went back"));
}

// Every look at its own log would be another entry of it, for ever.
TEST_F(TrackingEngineTest, DoesNotFollowItself) {
  const log::LogIdentity any{"test.jodal.example/any", tender_.ledger->public_key()};
  const TrackingEngine engine(env_.context, {{"tender", any}, {"tracking", any}});
  EXPECT_EQ(engine.services(), std::vector<std::string>{"tender"});
}

TEST_F(TrackingEngineTest, QueriesByTypeSubjectAndTime) {
  for (int i = 0; i < 10; ++i) Log("R25BK00000001");
  Log("R25BK00000002");
  ASSERT_EQ(*engine_.Follow("tender", logs_), 11u);
  v1::QueryEventsRequest query;
  query.set_type_prefix("tender.");
  query.set_subject_prefix("tenders/R25BK00000001");
  query.set_limit(4);
  v1::QueryEventsResponse page;
  ASSERT_TRUE(engine_.QueryEvents(env_.AsAnyone(), query, &page).ok());
  EXPECT_EQ(page.items_size(), 4);
  query.set_after(page.next_after());
  query.set_limit(0);
  v1::QueryEventsResponse rest;
  ASSERT_TRUE(engine_.QueryEvents(env_.AsAnyone(), query, &rest).ok());
  EXPECT_EQ(rest.items_size(), 6);
  EXPECT_EQ(rest.next_after(), 0u);
  query.set_type_prefix("bid.");
  query.set_after(0);
  v1::QueryEventsResponse none;
  ASSERT_TRUE(engine_.QueryEvents(env_.AsAnyone(), query, &none).ok());
  EXPECT_EQ(none.items_size(), 0);
  query.set_limit(-1);
  EXPECT_THAT(engine_.QueryEvents(env_.AsAnyone(), query, &none), HasReason("LIMIT_INVALID"));
  EXPECT_THAT(
      engine_.ListTimeline(env_.AsAnyone(), {}, std::make_unique<v1::ListTimelineResponse>().get()),
      HasReason("TENDER_ID_MISSING"));
}

}  // namespace
}  // namespace jodal::tracking
