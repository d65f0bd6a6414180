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
  // "bar X" or "admit X" in the followed log; other words are none of our business.
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
        [this](const LoggedEntry& entry) -> absl::StatusOr<std::optional<rpc::SessionChange>> {
      if (fail_ > 0) {
        --fail_;
        return absl::DataLossError("cannot be read yet");
      }
      const std::vector<std::string> words = absl::StrSplit(entry.body, ' ');
      std::optional<rpc::SessionChange> change;
      if (words[0] != "hello") change = {words[1], words[0] == "bar"};
      return change;
    };
    options.fetch = std::move(fetch);
    auto feed = SessionFeed::Create(std::move(options));
    EXPECT_TRUE(feed.ok()) << feed.status();
    return *std::move(feed);
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
  ASSERT_TRUE(Eventually([&] { return !bars.Check(Of("A")).ok(); }));
  EXPECT_EQ(ErrorReason(bars.Check(Of("A"))), "SESSION_BARRED");
  EXPECT_TRUE(absl::IsUnauthenticated(bars.Check(Of("A"))));
  EXPECT_EQ(bars.Check(Of("B")), absl::OkStatus());
  EXPECT_EQ(bars.Check(Of("")), absl::OkStatus());
  Say("admit A");
  EXPECT_TRUE(Eventually([&] { return bars.Check(Of("A")).ok(); }));
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
    ASSERT_TRUE(Eventually([&] { return !bars.Check(Of("C")).ok(); }));
    feed->Stop();
  }
  rpc::SessionBars bars;
  auto feed = Make(&bars, [](uint64_t, size_t) -> absl::StatusOr<std::vector<LoggedEntry>> {
    absl::SleepFor(absl::Milliseconds(1));
    return absl::UnavailableError("away");
  });
  ASSERT_TRUE(feed->Start().ok());
  EXPECT_EQ(ErrorReason(bars.Check(Of("A"))), "SESSION_BARRED");
  EXPECT_EQ(bars.Check(Of("B")), absl::OkStatus());
  EXPECT_EQ(ErrorReason(bars.Check(Of("C"))), "SESSION_BARRED");
}

// Entries come again after a restart whose cursor is older than what was applied.
TEST_F(SessionFeedTest, AnOlderEntryChangesNothing) {
  rpc::SessionBars bars;
  bars.Apply({"A", true}, 7);
  bars.Apply({"A", false}, 6);
  EXPECT_FALSE(bars.Check(Of("A")).ok());
  bars.Apply({"A", false}, 8);
  EXPECT_TRUE(bars.Check(Of("A")).ok());
}

TEST_F(SessionFeedTest, AGoodTokenOfABarredOrganizationIsRefused) {
  const std::string master(rpc::kSessionKeyBytes, 'm');
  rpc::SessionBars bars;
  const rpc::SessionVerifier verifier("bidding", rpc::SessionKeyOf(master, "bidding"), &bars);
  const std::string token = rpc::SessionIssuer(master, {"bidding"}).Issue(Of("A"));
  ASSERT_TRUE(verifier.Verify(token, clock_.Now()).ok());
  bars.Apply({"A", true}, 0);
  EXPECT_EQ(ErrorReason(verifier.Verify(token, clock_.Now()).status()), "SESSION_BARRED");
  // Who cannot show a session hears nothing of bars.
  EXPECT_EQ(ErrorReason(verifier.Verify(token + "x", clock_.Now()).status()), "SESSION_INVALID");
}

}  // namespace
}  // namespace jodal::host
