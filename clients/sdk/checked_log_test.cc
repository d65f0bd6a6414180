#include "clients/sdk/checked_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "clients/sdk/open_shares.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/status/error.h"
#include "jodal/event/v1/event.pb.h"
#include "procurement/bid/submission.h"
#include "tests/support/parts.h"

namespace jodal::sdk {
namespace {

using testing_support::TheStage;

constexpr char kTender[] = "R26BK00000001";
const absl::Time kDeadline = absl::FromUnixSeconds(1'750'000'000);

// A log that its operator writes as he likes, and signs.
class CheckedLogTest : public testing::Test {
 protected:
  CheckedLogTest() {
    notice_.notice.set_tender_id(kTender);
    notice_.notice.set_round(1);
    TheStage(notice_.notice)
        .set_deadline(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", kDeadline, absl::UTCTimeZone()));
    notice_.hash = crypto::Sha256("notice");
    Box();
    Bid("one", 1);
    Bid("two", 3);
    Bid("three", 2);
    Close({"one", "three", "two"});
  }

  void Append(const event::v1::Event& event, int64_t arrival_ns, absl::Time committed) {
    log::v1::LogEntry logged;
    log::v1::Entry entry;
    entry.set_seq(entries_.size());
    entry.set_body_sha256(crypto::Sha256(event.SerializeAsString()));
    entry.set_arrival_time_ns(arrival_ns);
    entry.set_commit_time_ns(absl::ToUnixNanos(committed));
    logged.set_seq(entry.seq());
    logged.set_entry(entry.SerializeAsString());
    logged.set_body(event.SerializeAsString());
    logged.set_is_public(true);
    entries_.push_back(std::move(logged));
  }
  void Box() {
    event::v1::Event event;
    event.mutable_box_created()->set_tender_id(kTender);
    event.mutable_box_created()->set_stage(1);
    event.mutable_box_created()->set_round(1);
    event.mutable_box_created()->set_notice_hash(notice_.hash_hex());
    Append(event, 0, kDeadline - absl::Hours(9));
  }
  static std::string Digest(const std::string& name) { return HexEncode(crypto::Sha256(name)); }
  void Bid(const std::string& name, int64_t arrival_ns) {
    event::v1::Event event;
    event.mutable_bid_received()->set_tender_id(kTender);
    event.mutable_bid_received()->set_stage(1);
    event.mutable_bid_received()->set_round(1);
    event.mutable_bid_received()->set_notice_hash(notice_.hash_hex());
    event.mutable_bid_received()->set_submission_digest(Digest(name));
    Append(event, arrival_ns, kDeadline - absl::Hours(1));
  }
  void Cancel(const std::string& name) {
    event::v1::Event event;
    event.mutable_bid_cancelled()->set_tender_id(kTender);
    event.mutable_bid_cancelled()->set_stage(1);
    event.mutable_bid_cancelled()->set_round(1);
    event.mutable_bid_cancelled()->set_submission_digest(Digest(name));
    Append(event, 0, kDeadline - absl::Hours(1));
  }
  void Close(const std::vector<std::string>& names, absl::Time when = kDeadline) {
    std::vector<std::string> digests;
    for (const std::string& name : names) digests.push_back(Digest(name));
    box_.set_tender_id(kTender);
    box_.set_stage(1);
    box_.set_round(1);
    box_.set_notice_hash(notice_.hash_hex());
    box_.set_submissions(static_cast<int>(names.size()));
    box_.set_root(procurement::BoxRoot(digests).value());
    box_.set_closed_seq(entries_.size());
    event::v1::Event event;
    event.mutable_box_closed()->set_tender_id(kTender);
    event.mutable_box_closed()->set_stage(1);
    event.mutable_box_closed()->set_round(1);
    event.mutable_box_closed()->set_notice_hash(notice_.hash_hex());
    event.mutable_box_closed()->set_count(box_.submissions());
    event.mutable_box_closed()->set_root(box_.root());
    Append(event, 0, when);
  }
  void Rewrite(const std::function<void()>& write) {
    entries_.clear();
    Box();
    write();
  }

  // What the service answers; `shown` may differ from what is signed.
  absl::StatusOr<CheckedLog> Read(const std::vector<log::v1::LogEntry>& shown) {
    crypto::Frontier tree;
    for (const auto& entry : entries_) tree.Append(crypto::LeafHash(entry.entry()));
    LogSource source;
    source.checkpoint = [&] {
      return log::SignCheckpoint({kOrigin, entries_.size(), tree.Root()}, key_);
    };
    source.entries = [&](uint64_t begin, int) {
      log::v1::ListEntriesResponse page;  // in pages of two
      for (uint64_t at = begin; at < std::min<uint64_t>(begin + 2, shown.size()); ++at) {
        *page.add_entries() = shown[at];
      }
      return page;
    };
    return CheckedLog::Read({kOrigin, key_.public_key()}, source);
  }
  std::string Verdict() {
    const auto log = Read(entries_);
    EXPECT_TRUE(log.ok()) << log.status();
    const absl::Status status = CheckClosedBox(*log, notice_, box_);
    return status.ok() ? "" : ErrorReason(status);
  }

  static constexpr char kOrigin[] = "jodal.test/bidding";
  crypto::FakeRandom random_{1};
  const crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::Generate(random_);
  PublishedNotice notice_;
  bidding::v1::Box box_;
  std::vector<log::v1::LogEntry> entries_;
};

TEST_F(CheckedLogTest, AnHonestBoxPasses) { EXPECT_EQ(Verdict(), ""); }

// Past bug: the command line looked at entries that nothing tied to the signed head.
TEST_F(CheckedLogTest, WhatIsShownMustBeWhatIsSigned) {
  auto shown = entries_;
  shown.erase(shown.begin() + 2);  // a bid is hidden, the rest numbered anew, the box shown to fit
  for (size_t at = 0; at < shown.size(); ++at) {
    log::v1::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(shown[at].entry()));
    entry.set_seq(at);
    shown[at].set_seq(at);
    shown[at].set_entry(entry.SerializeAsString());
  }
  EXPECT_EQ(ErrorReason(Read(shown).status()), "LOG_MISMATCH");
  shown = entries_;
  shown[1].set_body("other");
  EXPECT_EQ(ErrorReason(Read(shown).status()), "LOG_MISMATCH");
  shown = entries_;
  std::swap(shown[1], shown[2]);
  EXPECT_EQ(ErrorReason(Read(shown).status()), "LOG_MISMATCH");
  shown = entries_;
  shown[1].set_is_public(false);  // then its body is not looked at, so it must count for nothing
  shown[1].clear_body();
  const auto log = Read(shown);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(ErrorReason(CheckClosedBox(*log, notice_, box_)), "BOX_ROOT_MISMATCH");
}

TEST_F(CheckedLogTest, WhatTheLogSaysOtherwiseIsFound) {
  const struct {
    const char* what;
    std::function<void()> write;
  } cases[] = {
      {"a bid dropped",
       [&] {
         Bid("one", 1);
         Bid("two", 2);
         Close({"one"});
       }},
      {"a bid added",
       [&] {
         Bid("one", 1);
         Close({"one", "two"});
       }},
      {"another order",
       [&] {
         Bid("one", 1);
         Bid("two", 2);
         Close({"two", "one"});
       }},
      {"a second box hides the bids of the first",
       [&] {
         Bid("one", 1);
         Box();
         Bid("two", 2);
         Close({"two"});
       }},
      {"closed before the deadline",
       [&] {
         Bid("one", 1);
         Close({"one"}, kDeadline - absl::Nanoseconds(1));
       }},
      {"closed twice",
       [&] {
         Bid("one", 1);
         Close({"one"});
         Close({"one"});
       }},
      {"a bid after the close",
       [&] {
         Bid("one", 1);
         Close({"one"});
         Bid("two", 2);
       }},
      {"a cancelled bid in the box",
       [&] {
         Bid("one", 1);
         Cancel("one");
         Close({"one"});
       }},
      {"not closed",
       [&] {
         Bid("one", 1);
         box_.set_closed_seq(1);
       }},
  };
  for (const auto& c : cases) {
    Rewrite(c.write);
    EXPECT_EQ(Verdict(), "BOX_ROOT_MISMATCH") << c.what;
  }
  Rewrite([&] {
    Bid("one", 1);
    Bid("two", 2);
    Cancel("one");
    Close({"two"});
  });
  EXPECT_EQ(Verdict(), "") << "a cancellation before the close is in order";
  notice_.hash = crypto::Sha256("another version");
  EXPECT_EQ(Verdict(), "BOX_ROOT_MISMATCH");
}

}  // namespace
}  // namespace jodal::sdk
