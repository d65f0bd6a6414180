#include "common/host/session_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/ledger/testing.h"
#include "common/rpc/session_token.h"
#include "common/status/error.h"

namespace jodal::host {
namespace {

using ledger::Ledger;
using ledger::LoggedEntry;

rpc::Principal Of(const std::string& organization) {
  rpc::Principal out;
  out.organization_id = organization;
  out.expires = absl::FromUnixSeconds(1'800'000'000);
  return out;
}

class SessionFeedTest : public testing::Test {
 protected:
  // "bar X" in the followed log bars X for a day, "admit X" puts a bar that ends now in its place;
  // other words are none of our business.
  uint64_t Say(const std::string& what) {
    EXPECT_TRUE(source_
                    ->Update({},
                             [&](ledger::Txn& txn) {
                               txn.Emit({.type = "thing.said", .body = what});
                               return absl::OkStatus();
                             })
                    .ok());
    return source_->Size();
  }

  std::unique_ptr<SessionFeed> Make(rpc::SessionBars* bars, ledger::Follower::Fetch fetch) {
    SessionFeed::Options options;
    options.own = own_.get();
    options.bars = bars;
    options.source.read =
        [this](const LoggedEntry& entry) -> absl::StatusOr<std::optional<rpc::SessionBar>> {
      if (fail_ > 0) {
        --fail_;
        return absl::DataLossError("cannot be read yet");
      }
      const std::vector<std::string> words = absl::StrSplit(entry.body, ' ');
      std::optional<rpc::SessionBar> bar;
      const absl::Time now = clock_.Now();
      if (words[0] == "bar") bar = {words[1], "first", "", now, now + absl::Hours(24)};
      if (words[0] == "admit") bar = {words[1], "second", "first", now, now};
      return bar;
    };
    options.fetch = std::move(fetch);
    auto feed = SessionFeed::Create(std::move(options));
    EXPECT_TRUE(feed.ok()) << feed.status();
    return *std::move(feed);
  }

  absl::Status Check(const rpc::SessionBars& bars, const std::string& organization) const {
    return bars.Check(Of(organization), clock_.Now());
  }

  static bool Eventually(const std::function<bool()>& what) {
    const absl::Time end = absl::Now() + absl::Seconds(10);
    while (!what()) {
      if (absl::Now() > end) return false;
      absl::SleepFor(absl::Milliseconds(2));
    }
    return true;
  }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<Ledger> source_ = ledger::OpenTestLedger(kv::NewMemoryBackend(), &clock_).value();
  std::unique_ptr<Ledger> own_ = ledger::OpenTestLedger(kv::NewMemoryBackend(), &clock_).value();
  std::atomic<int> fail_ = 0;
};

TEST_F(SessionFeedTest, BarsAndAdmitsWhomTheLogNames) {
  rpc::SessionBars bars;
  auto feed = Make(&bars, ledger::FetchFrom(source_.get()));
  ASSERT_TRUE(feed->Start().ok());
  fail_ = 2;
  Say("hello A");
  Say("bar A");
  ASSERT_TRUE(Eventually([&] { return !Check(bars, "A").ok(); }));
  EXPECT_EQ(ErrorReason(Check(bars, "A")), "SESSION_BARRED");
  EXPECT_TRUE(absl::IsUnauthenticated(Check(bars, "A")));
  EXPECT_EQ(Check(bars, "B"), absl::OkStatus());
  EXPECT_EQ(Check(bars, ""), absl::OkStatus());
  Say("admit A");
  EXPECT_TRUE(Eventually([&] { return Check(bars, "A").ok(); }));
}

// What was heard is there from the first call after a restart, with the peer away too.
TEST_F(SessionFeedTest, ARestartBeginsWithWhatWasHeard) {
  Say("bar A");
  Say("bar B");
  Say("admit B");
  {
    rpc::SessionBars bars;
    auto feed = Make(&bars, ledger::FetchFrom(source_.get()));
    ASSERT_TRUE(feed->Start().ok());
    Say("bar C");
    ASSERT_TRUE(Eventually([&] { return !Check(bars, "C").ok(); }));
    feed->Stop();
  }
  rpc::SessionBars bars;
  auto feed = Make(&bars, [](uint64_t, size_t) -> absl::StatusOr<std::vector<LoggedEntry>> {
    absl::SleepFor(absl::Milliseconds(1));
    return absl::UnavailableError("away");
  });
  ASSERT_TRUE(feed->Start().ok());
  EXPECT_EQ(ErrorReason(Check(bars, "A")), "SESSION_BARRED");
  EXPECT_EQ(Check(bars, "B"), absl::OkStatus());
  EXPECT_EQ(ErrorReason(Check(bars, "C")), "SESSION_BARRED");
}

// Entries come again after a restart whose cursor is older than what was applied.
TEST_F(SessionFeedTest, TheOrderOfBarsChangesNothing) {
  const absl::Time now = clock_.Now();
  const rpc::SessionBar bar = {"A", "1", "", now, now + absl::Hours(2)};
  const rpc::SessionBar shorter = {"A", "2", "1", now, now + absl::Hours(1)};
  rpc::SessionBars bars;
  bars.Apply(shorter);
  bars.Apply(bar);
  bars.Apply(bar);
  EXPECT_EQ(ErrorReason(Check(bars, "A")), "SESSION_BARRED");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Check(bars, "A"), absl::OkStatus()) << "another bar stands in its place";
}

TEST_F(SessionFeedTest, ABarBeginsAndEndsByItself) {
  const absl::Time now = clock_.Now();
  rpc::SessionBars bars;
  bars.Apply({"A", "1", "", now + absl::Hours(1), now + absl::Hours(2)});
  EXPECT_EQ(Check(bars, "A"), absl::OkStatus());
  clock_.Set(now + absl::Hours(1));
  EXPECT_EQ(ErrorReason(Check(bars, "A")), "SESSION_BARRED");
  clock_.Set(now + absl::Hours(2) - absl::Nanoseconds(1));
  EXPECT_EQ(ErrorReason(Check(bars, "A")), "SESSION_BARRED");
  clock_.Set(now + absl::Hours(2));
  EXPECT_EQ(Check(bars, "A"), absl::OkStatus());
  bars.Apply({"A", "2", "", now, now + absl::Hours(3)});
  EXPECT_EQ(ErrorReason(Check(bars, "A")), "SESSION_BARRED") << "each bar counts";
}

TEST_F(SessionFeedTest, AGoodTokenOfABarredOrganizationIsRefused) {
  const std::string master(rpc::kSessionKeyBytes, 'm');
  rpc::SessionBars bars;
  const rpc::SessionVerifier verifier("bidding", rpc::SessionKeyOf(master, "bidding"), &bars);
  const std::string token = rpc::SessionIssuer(master, {"bidding"}).Issue(Of("A"));
  ASSERT_TRUE(verifier.Verify(token, clock_.Now()).ok());
  bars.Apply({"A", "1", "", clock_.Now(), clock_.Now() + absl::Hours(1)});
  EXPECT_EQ(ErrorReason(verifier.Verify(token, clock_.Now()).status()), "SESSION_BARRED");
  // Who cannot show a session hears nothing of bars.
  EXPECT_EQ(ErrorReason(verifier.Verify(token + "x", clock_.Now()).status()), "SESSION_INVALID");
}

}  // namespace
}  // namespace jodal::host
