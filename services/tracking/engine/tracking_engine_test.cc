#include "services/tracking/engine/tracking_engine.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "procurement/acts/act.h"
#include "services/kit/testing.h"
#include "services/tracking/domain/timeline.h"
#include "services/tracking/limits.h"
#include "services/tracking/store/tracking_store.h"

namespace jodal::tracking {
namespace {

using ::google::protobuf::util::MessageDifferencer;
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

// Two logs followed in turns, and the items that a reader should get: all of them in a list.
class TimelineTest : public ::testing::Test {
 protected:
  TimelineTest()
      : tender_("tender"),
        bidding_("bidding"),
        env_("tracking"),
        engine_(env_.context,
                {{"tender", {"test.jodal.example/tender", tender_.ledger->public_key()}},
                 {"bidding", {"test.jodal.example/bidding", bidding_.ledger->public_key()}}}) {}

  static ledger::Event Bid(const std::string& tender_id, int number) {
    event::v1::Event event;
    auto* received = event.mutable_bid_received();
    received->set_tender_id(tender_id);
    received->set_notice_hash(HexEncode(crypto::Sha256(tender_id)));
    received->set_submission_digest(HexEncode(crypto::Sha256(absl::StrCat(number))));
    const absl::Time arrival = absl::FromUnixNanos(1735786800000000000 + number * 133337);
    return kit::PublicEvent(event, kit::TenderName(tender_id), "supplier", arrival);
  }
  static ledger::Event Of(const std::string& subject, std::string body) {
    ledger::Event event;
    event.type = "some.thing";
    event.subject = subject;
    event.actor_role = "officer";
    event.body = std::move(body);
    return event;
  }

  // An update each: large bodies would not fit one.
  void Log(EngineEnv& env, const std::vector<ledger::Event>& events) {
    for (const ledger::Event& event : events) {
      auto committed = env.ledger->Update({}, [&](ledger::Txn& txn) -> absl::Status {
        txn.Put("key", event.subject);
        txn.Emit(event);
        return absl::OkStatus();
      });
      ASSERT_TRUE(committed.ok()) << committed.status();
    }
  }

  // Takes over all that is new in `env`'s log and adds it to the list. Returns in how many commits.
  uint64_t Follow(EngineEnv& env) {
    const std::string& service = env.context.service;
    FakeLogs logs(env.ledger.get());
    const uint64_t commits = env_.ledger->Size();
    while (true) {
      const auto taken = engine_.Follow(service, logs);
      EXPECT_TRUE(taken.ok()) << taken.status();
      if (taken.value_or(0) == 0) break;
    }
    uint64_t& known = known_[service];
    auto entries = env.ledger->Entries(known, 100000, /*with_restricted=*/true);
    EXPECT_TRUE(entries.ok()) << entries.status();
    for (const ledger::LoggedEntry& logged : *entries) {
      log::v1::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(logged.entry));
      v1::TimelineItem item;
      item.set_sequence(all_.size() + 1);
      item.set_origin(env.ledger->origin());
      item.set_service(service);
      item.set_log_seq(entry.seq());
      item.set_type(entry.type());
      item.set_subject(entry.subject());
      item.set_actor_role(entry.actor_role());
      item.set_commit_time_ns(entry.commit_time_ns());
      item.set_arrival_time_ns(entry.arrival_time_ns());
      event::v1::Event event;
      if (logged.is_public) {
        item.set_body(logged.body);
        if (event.ParseFromString(logged.body)) {
          item.set_summary(procurement::Summarize(event).en);
          item.set_summary_ko(procurement::Summarize(event).ko);
        }
      }
      all_.push_back(std::move(item));
      ++known;
    }
    return env_.ledger->Size() - commits;
  }

  std::vector<v1::TimelineItem> Expected(const std::string& tender_id, uint64_t after,
                                         size_t limit) const {
    std::vector<v1::TimelineItem> out;
    for (const v1::TimelineItem& item : all_) {
      if (out.size() == limit) break;
      if (item.sequence() <= after) continue;
      if (tender_id.empty() || TenderOf(item.subject()) == tender_id) out.push_back(item);
    }
    return out;
  }

  void ExpectReads(const std::string& tender_id, uint64_t after, size_t limit) const {
    const auto items = engine_.Read(tender_id, after, limit);
    ASSERT_TRUE(items.ok()) << items.status();
    const auto expected = Expected(tender_id, after, limit);
    ASSERT_TRUE(expected.empty() || engine_.MayHaveNews(tender_id, after));
    ASSERT_EQ(items->size(), expected.size()) << tender_id << " " << after << " " << limit;
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_TRUE(MessageDifferencer::Equals((*items)[i], expected[i]))
          << tender_id << " after " << after << ", limit " << limit << ", " << i << ": "
          << (*items)[i].ShortDebugString().substr(0, 500) << "\n"
          << expected[i].ShortDebugString().substr(0, 500);
    }
  }

  // From every item, or from every `step`th, with several limits; past the end; unknown tenders.
  void ExpectReadsLikeTheList(uint64_t step = 1) const {
    std::set<std::string> tenders = {"", "unknown", "R25BK0000000", "/", "a/0000000000000001"};
    for (const auto& item : all_) tenders.insert(std::string(TenderOf(item.subject())));
    for (const std::string& tender : tenders) {
      for (uint64_t after = 0; after <= all_.size() + 1; after += step) {
        for (const size_t limit : {0, 1, 2, 7, 1000}) ExpectReads(tender, after, limit);
      }
      ExpectReads(tender, std::numeric_limits<uint64_t>::max(), 10);
    }
  }

  EngineEnv tender_, bidding_;
  EngineEnv env_;
  TrackingEngine engine_;
  std::vector<v1::TimelineItem> all_;
  std::map<std::string, uint64_t> known_;  // entries of each log in the list
};

TEST_F(TimelineTest, ReadsAnyMixtureLikeTheList) {
  std::mt19937 random(1);
  const auto below = [&](uint32_t n) { return static_cast<int>(random() % n); };
  const std::vector<std::string> roles = {"supplier", "officer", "system", ""};
  for (int round = 0; round < 8; ++round) {
    for (EngineEnv* env : {&bidding_, &tender_}) {
      std::vector<ledger::Event> events;
      const int count = below(40);
      for (int i = 0; i < count; ++i) {
        const std::string tender = absl::StrCat("R25BK0000000", below(6));
        ledger::Event event = Bid(tender, below(1000));
        switch (below(8)) {
          case 0:
            event = Of(kit::OrganizationName("S-1"), std::string(below(50), 'x'));
            break;
          case 1:
            event = Of(kit::ContractName(tender, "R25TA00000001"), "no event");
            break;
          case 2:
            event.is_public = false;
            break;
          case 3:
            event.actor_role = roles[below(roles.size())];
            event.arrival = std::nullopt;
            break;
          case 4:
            event.body = HexEncode(std::string(below(40), '\xe9')).substr(below(3));
            break;
          case 5:
            event.subject = absl::StrCat("tenders/", std::string(256 + below(2), 'R'));
            break;
          default:
            break;
        }
        events.push_back(std::move(event));
        env->clock.Advance(absl::Microseconds(below(3000)));
      }
      Log(*env, events);
      Follow(*env);
    }
  }
  ASSERT_GT(all_.size(), 200u);
  ExpectReadsLikeTheList();
}

TEST_F(TimelineTest, TakesOverAWholeFetchInOneCommit) {
  std::vector<ledger::Event> events;
  for (int i = 0; i < 900; ++i) events.push_back(Bid(absl::StrCat("R25BK000000", 10 + i % 60), i));
  Log(bidding_, events);
  EXPECT_EQ(Follow(bidding_), 1u);
  ExpectReadsLikeTheList(/*step=*/101);
}

TEST_F(TimelineTest, CutsWhereTheKeysOfACommitEnd) {
  std::vector<ledger::Event> events;
  for (int i = 0; i < 2 * 97; ++i) events.push_back(Bid(absl::StrCat("R25BK00000", 100 + i), i));
  Log(bidding_, events);
  EXPECT_EQ(Follow(bidding_), 2u);
  Log(bidding_, events);
  Log(bidding_, {Bid("R25BK00000999", 1)});
  EXPECT_EQ(Follow(bidding_), 3u);
  ExpectReadsLikeTheList(/*step=*/13);
}

TEST_F(TimelineTest, CutsWhereTheBytesOfAValueOrACommitEnd) {
  std::mt19937 random(1);
  const auto body = [&](size_t size) {
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>('g' + random() % 20);  // neither hex nor shared
    return out;
  };
  const std::string tender = "tenders/R25BK00000001";
  // Two that fit one value, and two that do not.
  Log(tender_, {Of(tender, body(49000)), Of(tender, body(49000))});
  EXPECT_EQ(Follow(tender_), 1u);
  Log(tender_, {Of(tender, body(60000)), Of(tender, body(60000))});
  EXPECT_EQ(Follow(tender_), 2u);
  // Of a tender each, some more than what fits one commit.
  std::vector<ledger::Event> events;
  for (int i = 0; i < 20; ++i) events.push_back(Of(absl::StrCat("tenders/T", i), body(60000)));
  Log(tender_, events);
  EXPECT_EQ(Follow(tender_), 2u);
  // All sizes around the greatest one in a group, up to the greatest there is, with the longest
  // names; and what comes after them.
  for (const size_t size : {89999, 90000, 90001, 94000, 94999, 95000}) {
    ledger::Event event = Of(tender, body(size));
    event.type = std::string(ledger::kEventNameBytesMax - tender.size(), 't');
    event.actor_role = "";
    Log(tender_, {event, Bid("R25BK00000001", 1), Bid("R25BK00000001", 2)});
  }
  Follow(tender_);
  for (const std::string id : {"", "R25BK00000001", "T7"}) {
    for (uint64_t after = 0; after <= all_.size(); ++after) ExpectReads(id, after, 3);
    ExpectReads(id, 0, 1000);
  }
}

TEST_F(TimelineTest, PagesThroughAQueryLikeTheList) {
  std::vector<ledger::Event> events;
  for (int i = 0; i < 300; ++i) {
    events.push_back(i % 3 == 0 ? Of("tenders/R25BK00000001", "no event")
                                : Bid(absl::StrCat("R25BK0000000", i % 7), i));
  }
  Log(bidding_, events);
  Follow(bidding_);
  Log(tender_, events);
  Follow(tender_);
  std::vector<uint64_t> expected, got;
  for (const auto& item : all_) {
    if (item.type() == "bid.received" && item.service() == "tender") {
      expected.push_back(item.sequence());
    }
  }
  v1::QueryEventsRequest query;
  query.set_type_prefix("bid.");
  query.set_service("tender");
  query.set_limit(7);
  while (true) {
    v1::QueryEventsResponse page;
    ASSERT_TRUE(engine_.QueryEvents(env_.AsAnyone(), query, &page).ok());
    for (const auto& item : page.items()) got.push_back(item.sequence());
    if (page.next_after() == 0) break;
    EXPECT_EQ(page.items_size(), 7);
    query.set_after(page.next_after());
  }
  EXPECT_EQ(got, expected);
}

TEST_F(TimelineTest, KnowsWhoHasNoNews) {
  EXPECT_TRUE(engine_.MayHaveNews("A", 0));  // nothing is known yet
  Log(tender_, {Bid("A", 1), Bid("B", 2), Bid("A", 3)});
  Follow(tender_);
  EXPECT_TRUE(engine_.MayHaveNews("A", 2));
  EXPECT_FALSE(engine_.MayHaveNews("A", 3));
  EXPECT_TRUE(engine_.MayHaveNews("B", 0));
  EXPECT_FALSE(engine_.MayHaveNews("B", 2));
  EXPECT_FALSE(engine_.MayHaveNews("C", 0));
  // So many tenders that the first ones are forgotten.
  std::vector<ledger::Event> events;
  for (size_t i = 0; i <= kTendersKnownMax; ++i) events.push_back(Bid(absl::StrCat("T", i), 1));
  Log(tender_, events);
  Follow(tender_);
  Log(tender_, {Bid("B", 4)});
  Follow(tender_);
  const uint64_t newest = all_.size();
  EXPECT_TRUE(engine_.MayHaveNews("A", 3));
  EXPECT_FALSE(engine_.MayHaveNews("A", newest));
  EXPECT_TRUE(engine_.MayHaveNews("B", newest - 1));
  EXPECT_FALSE(engine_.MayHaveNews("B", newest));
  for (uint64_t after = 0; after <= newest; after += 1000) ExpectReads("B", after, 10);
  // After a restart nothing is known until something happens.
  TrackingEngine restarted(env_.context, {});
  EXPECT_TRUE(restarted.MayHaveNews("B", newest));
}

// What a bid costs this store: less than half of its item.
TEST_F(TimelineTest, KeepsBidsSmall) {
  std::vector<ledger::Event> events;
  for (int i = 0; i < 190; ++i) events.push_back(Bid(absl::StrCat("R25BK000000", 10 + i % 95), i));
  Log(bidding_, events);
  ASSERT_EQ(Follow(bidding_), 1u);
  size_t items = 0, stored = 0;
  for (const auto& item : all_) items += item.ByteSizeLong();
  ASSERT_TRUE(env_.ledger
                  ->View(ledger::ShardOf(kParent),
                         [&](const kv::Reader& reader) -> absl::Status {
                           for (const absl::string_view prefix : {"tender/", "page/"}) {
                             ASSIGN_OR_RETURN(auto rows,
                                              reader.Scan(prefix, kv::PrefixEnd(prefix), 1000));
                             for (const auto& row : rows) {
                               stored += row.key.size() + row.value.size();
                             }
                           }
                           return absl::OkStatus();
                         })
                  .ok());
  EXPECT_LT(stored, items / 2) << "for " << all_.size() << " bids";
}

}  // namespace
}  // namespace jodal::tracking
