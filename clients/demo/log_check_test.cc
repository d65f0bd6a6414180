#include "clients/demo/log_check.h"

#include <gtest/gtest.h>

#include "clients/demo/timeline.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "jodal/event/v1/event.pb.h"

namespace jodal::demo {
namespace {

constexpr char kOrigin[] = "jodal.test/bidding";

class BidReceiptTest : public testing::Test {
 protected:
  BidReceiptTest()
      : random_(1),
        key_(crypto::Ed25519PrivateKey::Generate(random_)),
        log_{kOrigin, key_.public_key()} {
    event::v1::Event event;
    event.mutable_bid_received()->set_tender_id(submission_.tender_id);
    event.mutable_bid_received()->set_stage(1);
    event.mutable_bid_received()->set_round(1);
    event.mutable_bid_received()->set_notice_hash(submission_.notice_hash);
    event.mutable_bid_received()->set_submission_digest(submission_.submission_digest);
    entry_.set_type("bid.received");
    entry_.set_arrival_time_ns(submission_.arrival_time_ns);
    entry_.set_body_sha256(crypto::Sha256(event.SerializeAsString()));
  }

  // A receipt for entry_ as the only one of its log.
  log::v1::Receipt Receipt() {
    log::v1::Receipt receipt;
    receipt.set_entry(entry_.SerializeAsString());
    const auto note = log::SignCheckpoint({kOrigin, 1, crypto::LeafHash(receipt.entry())}, key_);
    receipt.set_proof(log::FormatProof({0, {}, *note}));
    return receipt;
  }

  crypto::FakeRandom random_;
  crypto::Ed25519PrivateKey key_;
  log::LogIdentity log_;
  Submission submission_{"R26BK00000001", "aa", "bb", 7};
  log::v1::Entry entry_;
};

TEST_F(BidReceiptTest, IsForTheSubmission) {
  EXPECT_EQ(CheckBidReceipt(log_, Receipt(), submission_), absl::OkStatus());
}

TEST_F(BidReceiptTest, OfAnotherSubmissionTimeOrKindIsRefused) {
  Submission other = submission_;
  other.submission_digest = "cc";
  EXPECT_EQ(ErrorReason(CheckBidReceipt(log_, Receipt(), other)), "RECEIPT_MISMATCH");
  other = submission_;
  other.arrival_time_ns = 8;
  EXPECT_EQ(ErrorReason(CheckBidReceipt(log_, Receipt(), other)), "RECEIPT_MISMATCH");
  entry_.set_type("bid.cancelled");
  EXPECT_EQ(ErrorReason(CheckBidReceipt(log_, Receipt(), submission_)), "RECEIPT_MISMATCH");
}

TEST_F(BidReceiptTest, OfAnotherLogOrAnotherEntryIsRefused) {
  EXPECT_EQ(ErrorReason(CheckBidReceipt({"other", log_.public_key}, Receipt(), submission_)),
            "ORIGIN_MISMATCH");
  log::v1::Receipt receipt = Receipt();
  entry_.set_subject("x");
  receipt.set_entry(entry_.SerializeAsString());
  EXPECT_EQ(ErrorReason(CheckBidReceipt(log_, receipt, submission_)), "INCLUSION_MISMATCH");
}

TEST(PassingTest, WhatMayBeRepeated) {
  EXPECT_TRUE(IsPassing(absl::UnavailableError("")));
  EXPECT_TRUE(IsPassing(absl::DeadlineExceededError("")));
  EXPECT_TRUE(IsPassing(absl::UnknownError("Stream removed")));
  EXPECT_FALSE(IsPassing(absl::OkStatus()));
  EXPECT_FALSE(IsPassing(absl::InternalError("")));
  EXPECT_FALSE(IsPassing(absl::FailedPreconditionError("")));
  EXPECT_FALSE(IsPassing(MakeError(absl::StatusCode::kUnknown, "SOME_REASON", "")));
}

std::vector<tracking::v1::TimelineItem> WholeTimeline() {
  std::vector<tracking::v1::TimelineItem> items;
  for (const char* type :
       {"tender.created",     "notice.submitted", "notice.approved",   "box.created",
        "notice.published",   "bid.received",     "box.closed",        "share.released",
        "tender.closed",      "bid.opened",       "opening.completed", "tender.opened",
        "tender.evaluated",   "award.decided",    "contract.prepared", "contract.offered",
        "contract.consented", "contract.formed",  "delivery.reported", "delivery.inspected",
        "payable.recorded",   "invoice.created",  "payment.approved",  "payment.approved",
        "payment.ordered",    "payment.settled"}) {
    items.emplace_back().set_type(type);
    items.back().set_commit_time_ns(static_cast<int64_t>(items.size()));
  }
  return items;
}

TEST(TimelineTest, EveryStepIsThereAfterItsCause) {
  EXPECT_EQ(CheckTimeline(WholeTimeline(), {1, 1}), absl::OkStatus());
  EXPECT_EQ(ErrorMetadataOf(CheckTimeline(WholeTimeline(), {2, 1}))["field"],
            "timeline count of bid.received");
  for (size_t at = 1; at < WholeTimeline().size(); ++at) {
    auto items = WholeTimeline();
    items[at].set_commit_time_ns(0);
    EXPECT_EQ(ErrorMetadataOf(CheckTimeline(items, {1, 1}))["field"],
              "timeline place of " + items[at].type());
  }
}

TEST(TimelineTest, NamesTheFirstStepThatIsMissing) {
  EXPECT_EQ(ErrorMetadataOf(CheckTimeline({}, {1, 3}))["field"],
            "timeline count of tender.created");
}

}  // namespace
}  // namespace jodal::demo
