#include "services/bidding/engine/bidding_engine.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/crypto/aead.h"
#include "procurement/bid/submission.h"
#include "procurement/limits.h"
#include "services/bidding/engine/testing.h"
#include "services/bidding/engine/worker.h"
#include "services/bidding/limits.h"

namespace jodal::bidding {
namespace {

using document::v1::Seal;
constexpr absl::Duration kNs = absl::Nanoseconds(1);

class BiddingEngineTest : public BoxTest {};

TEST_F(BiddingEngineTest, CreateBoxIsIdempotentByNotice) {
  const auto request = BoxRequest(Notice());
  const auto box = CreateBox(request);
  ASSERT_TRUE(box.ok()) << box.status();
  EXPECT_EQ(box->state(), v1::Box::OPEN);
  EXPECT_EQ(box->members(), 5);
  EXPECT_EQ(box->stage(), 1);
  EXPECT_EQ(box->round(), 1);
  EXPECT_EQ(box->created_seq(), 0u);
  const uint64_t size = env_.ledger->Size();
  EXPECT_EQ(CreateBox(request)->SerializeAsString(), box->SerializeAsString());
  EXPECT_EQ(env_.ledger->Size(), size);
  env_.clock.Set(deadline());
  EXPECT_EQ(CreateBox(request)->state(), v1::Box::CLOSED) << "evaluated on read";
}

TEST_F(BiddingEngineTest, CreateBoxRefusesBadNotices) {
  struct Case {
    const char* what;
    const char* reason;
    std::function<void(document::v1::Notice&)> alter;
  };
  const Case cases[] = {
      {"tender", "NOTICE_INVALID", [](auto& n) { n.set_tender_id("T/1"); }},
      {"version", "NOTICE_INVALID", [](auto& n) { n.set_notice_version(0); }},
      {"origin", "NOTICE_INVALID", [](auto& n) { n.set_log_origin("elsewhere/bidding"); }},
      {"currency", "NOTICE_INVALID", [](auto& n) { n.clear_currency(); }},
      {"no rule set", "NOTICE_INVALID", [](auto& n) { n.clear_rule_set(); }},
      {"rule set", "NOTICE_INVALID", [](auto& n) { n.set_rule_set("kr-none"); }},
      {"start", "NOTICE_INVALID", [](auto& n) { TheStage(n).set_bid_start(kDeadline); }},
      {"zone", "NOTICE_INVALID",
       [](auto& n) { TheStage(n).set_deadline("2025-01-05T01:00:00+09:00"); }},
      {"open at", "NOTICE_INVALID",
       [](auto& n) { TheStage(n).set_open_at("2025-01-05T00:59:59Z"); }},
      {"no time", "NOTICE_INVALID", [](auto& n) { TheStage(n).clear_open_at(); }},
      {"quorum 0", "NOTICE_INVALID", [](auto& n) { n.set_quorum(0); }},
      {"quorum 1", "NOTICE_INVALID", [](auto& n) { n.set_quorum(1); }},
      {"quorum of all", "NOTICE_INVALID", [](auto& n) { n.set_quorum(5); }},
      {"quorum too large", "NOTICE_INVALID", [](auto& n) { n.set_quorum(6); }},
      {"no committee", "NOTICE_INVALID", [](auto& n) { n.clear_committee(); }},
      {"numbers", "NOTICE_INVALID", [](auto& n) { n.mutable_committee(1)->set_member(1); }},
      {"one person twice", "NOTICE_INVALID",
       [](auto& n) { n.mutable_committee(1)->set_person_id("officer-1"); }},
      {"one key twice", "NOTICE_INVALID",
       [](auto& n) { n.mutable_committee(1)->set_spki(n.committee(0).spki()); }},
      {"key", "NOTICE_INVALID", [](auto& n) { n.mutable_committee(1)->set_spki("key"); }},
      {"past", "DEADLINE_PASSED",
       [](auto& n) {
         TheStage(n).set_bid_start("2025-01-01T00:00:00Z");
         TheStage(n).set_deadline("2025-01-02T03:00:00Z");
       }},
  };
  for (const Case& c : cases) {
    document::v1::Notice notice = Notice();
    c.alter(notice);
    EXPECT_THAT(CreateBox(BoxRequest(notice)).status(), HasReason(c.reason)) << c.what;
  }
  auto request = BoxRequest(Notice());
  request.mutable_notice()->mutable_document()->mutable_content()->append("x");
  EXPECT_FALSE(CreateBox(request).ok());
  EXPECT_EQ(env_.ledger->Size(), 0u);
  EXPECT_THAT(GetBox().status(), HasReason("BOX_NOT_FOUND"));

  env_.context.training = false;
  engine_ = std::make_unique<BiddingEngine>(env_.context);
  document::v1::Notice all = Notice();
  all.set_quorum(5);
  EXPECT_THAT(CreateBox(BoxRequest(all)).status(), HasReason("NOTICE_INVALID")) << "quorum of all";
}

TEST_F(BiddingEngineTest, AHigherVersionEmptiesTheBox) {
  OpenBoxForBids();
  const v1::SubmitBidRequest old_bid = MakeBid({Supplier(2)});
  const auto first = Submit({Supplier(1)});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(BidsHeld(), 1);

  const std::string v1_hash = notice_hash_;
  document::v1::Notice stale = Notice();
  stale.set_title("same version, other words");
  EXPECT_THAT(CreateBox(BoxRequest(stale)).status(), HasReason("NOTICE_VERSION_STALE"));
  document::v1::Notice unchained = Notice(2);
  unchained.set_previous_notice_hash(std::string(64, '0'));
  EXPECT_THAT(CreateBox(BoxRequest(unchained)).status(), HasReason("NOTICE_CHAIN_BROKEN"));

  const auto v1_request = BoxRequest(Notice());
  const auto box = CreateBox(BoxRequest(Notice(2)));
  ASSERT_TRUE(box.ok()) << box.status();
  EXPECT_EQ(BidsHeld(), 0);
  EXPECT_NE(box->notice_hash(), v1_hash);
  EXPECT_THAT(CreateBox(v1_request).status(), HasReason("NOTICE_VERSION_STALE"));

  v1::GetOwnBidRequest own;
  own.set_tender_id(kTender);
  v1::GetOwnBidResponse mine;
  ASSERT_TRUE(engine_->GetOwnBid(env_.As(Supplier(1)), own, &mine).ok());
  EXPECT_TRUE(mine.superseded());
  EXPECT_EQ(mine.bid().submission_digest(), first->submission_digest());
  EXPECT_THAT(Submit(env_.As(Supplier(2)), old_bid).status(), HasReason("NOTICE_SUPERSEDED"));
  ASSERT_TRUE(Submit({Supplier(1)}).ok()) << "he may bid again";
  mine.Clear();
  ASSERT_TRUE(engine_->GetOwnBid(env_.As(Supplier(1)), own, &mine).ok());
  EXPECT_FALSE(mine.superseded());
  EXPECT_EQ(BidsHeld(), 1);

  env_.clock.Set(deadline());
  EXPECT_THAT(CreateBox(BoxRequest(Notice(3))).status(), HasReason("WRONG_STATE"))
      << "closed by time, whether or not the closer has run";
}

TEST_F(BiddingEngineTest, SubmitBidAnswersWithAReceipt) {
  OpenBoxForBids();
  const auto request = MakeBid({Supplier(1)});
  const auto response = Submit(env_.As(Supplier(1)), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->submission_digest(), procurement::SubmissionDigest(procurement::Submitted(
                                               request.seal(), request.ciphertext())));
  EXPECT_EQ(response->arrival_time_ns(), absl::ToUnixNanos(bid_start()));
  EXPECT_EQ(response->deadline_ns(), absl::ToUnixNanos(deadline()));
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(response->receipt().entry()));
  EXPECT_EQ(entry.type(), "bid.received");
  EXPECT_EQ(entry.arrival_time_ns(), response->arrival_time_ns());
  const auto logged = env_.ledger->Entries(entry.seq(), 1, false);
  EXPECT_EQ(logged->front().body.find("supplier-1"), std::string::npos) << "never says who";
  EXPECT_EQ(logged->front().body.find("bidder-1"), std::string::npos);

  // A repeat gives the same answer, also after the deadline; other content under the id does not.
  const uint64_t size = env_.ledger->Size();
  env_.clock.Set(deadline() + absl::Hours(1));
  const auto again = Submit(env_.As(Supplier(1)), request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->receipt().seq(), response->receipt().seq());
  EXPECT_EQ(again->arrival_time_ns(), response->arrival_time_ns());
  auto reused = MakeBid({Supplier(1), [](auto& bid) { TheOffer(bid).set_amount(5); }});
  reused.set_request_id(request.request_id());
  EXPECT_THAT(Submit(env_.As(Supplier(1)), reused).status(), HasReason("REQUEST_ID_REUSED"));
  EXPECT_EQ(env_.ledger->Size(), size);

  v1::GetOwnBidRequest own;
  own.set_tender_id(kTender);
  v1::GetOwnBidResponse mine;
  ASSERT_TRUE(engine_->GetOwnBid(env_.As(Supplier(1)), own, &mine).ok());
  EXPECT_EQ(mine.bid().ciphertext(), request.ciphertext());
  EXPECT_EQ(mine.bid().log_seq(), response->receipt().seq());
  EXPECT_EQ(mine.bid().supplier_id(), "");
  EXPECT_THAT(engine_->GetOwnBid(env_.As(Supplier(2)), own, &mine), HasReason("BID_NOT_FOUND"));
}

TEST_F(BiddingEngineTest, TheWindowIsToTheNanosecond) {
  ASSERT_TRUE(CreateBox(BoxRequest(Notice())).ok());
  struct Case {
    absl::Time arrival;
    const char* reason;
  };
  const Case cases[] = {{bid_start() - kNs, "BIDDING_NOT_STARTED"},
                        {bid_start(), ""},
                        {deadline() - kNs, ""},
                        {deadline(), "DEADLINE_PASSED"},
                        {deadline() + absl::Milliseconds(412), "DEADLINE_PASSED"}};
  int supplier = 0;
  for (const Case& c : cases) {
    env_.clock.Set(c.arrival);
    const auto status = Submit({Supplier(++supplier)}).status();
    if (*c.reason == '\0') {
      EXPECT_TRUE(status.ok()) << status;
    } else {
      EXPECT_THAT(status, HasReason(c.reason));
    }
    if (supplier == 5) {
      EXPECT_EQ(ErrorMetadataOf(status)["late_by"], "412ms");
    }
  }
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->submissions(), 2);
  EXPECT_THAT(Submit({Supplier(9)}).status(), HasReason("DEADLINE_PASSED"));
  rpc::Call in_time = env_.As(Supplier(9));
  in_time.arrival = deadline() - kNs;
  EXPECT_THAT(Submit(in_time, MakeBid({Supplier(9)})).status(), HasReason("CLOSED_BEFORE_COMMIT"));
}

TEST_F(BiddingEngineTest, ABidWithAllItsPartsAtTheirLimitsIsTaken) {
  OpenBoxForBids();
  const size_t buckets =
      (procurement::kCiphertextBytesMax - crypto::kAeadTagBytes) / sealing::kPayloadBucketBytes;
  BidPlan plan{Supplier(1)};
  plan.payload = [&](std::string& p) { p.assign(buckets * sealing::kPayloadBucketBytes, 'p'); };
  plan.seal = [](Seal& s) { s.set_client_time("-"); };
  const size_t seal_bytes = MakeBid(plan).seal().content().size();
  plan.seal = [&](Seal& s) {
    s.set_client_time(std::string(procurement::kSealBytesMax - seal_bytes + 1, '-'));
  };
  v1::SubmitBidRequest request = MakeBid(plan);
  std::string& signature = *request.mutable_seal()->mutable_signature();
  signature.resize(procurement::kSealSignatureBytesMax, ' ');
  ASSERT_EQ(request.seal().content().size(), procurement::kSealBytesMax);
  const auto submitted = Submit(env_.As(Supplier(1)), request);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  v1::GetOwnBidRequest mine;
  mine.set_tender_id(kTender);
  v1::GetOwnBidResponse own;
  ASSERT_TRUE(engine_->GetOwnBid(env_.As(Supplier(1)), mine, &own).ok());
  EXPECT_EQ(own.bid().seal().document().SerializeAsString(), request.seal().SerializeAsString());
  EXPECT_EQ(own.bid().ciphertext(), request.ciphertext());
}

TEST_F(BiddingEngineTest, ABidWithMoreEvidenceThanARecordTakesIsRefusedByName) {
  OpenBoxForBids();
  const v1::SubmitBidRequest request = MakeBid({Supplier(1)});
  const uint64_t size = env_.ledger->Size();
  env_.documents.evidence.assign(ledger::kValueBytesMax / 64, std::string(64, 'e'));
  const absl::Status refused = Submit(env_.As(Supplier(1)), request).status();
  EXPECT_THAT(refused, HasReason("SEAL_INVALID"));
  EXPECT_THAT(refused.message(), testing::HasSubstr(absl::StrCat(ledger::kValueBytesMax)));
  EXPECT_EQ(env_.ledger->Size(), size);
  env_.documents.evidence.resize(100);
  EXPECT_TRUE(Submit(env_.As(Supplier(1)), request).ok());
}

TEST_F(BiddingEngineTest, SubmitBidRefusals) {
  OpenBoxForBids();
  ASSERT_TRUE(Submit({Supplier(1)}).ok());
  const std::string other_id = [&] {
    Seal seal;
    EXPECT_TRUE(document::ParseStrictJson(MakeBid({Supplier(1)}).seal().content(), &seal).ok());
    return seal.submission_id();
  }();
  const FakePerson two = Supplier(2);
  struct Case {
    const char* what;
    const char* reason;
    std::function<void(Seal&)> seal;
    std::function<void(v1::SubmitBidRequest&)> request;
  };
  const Case cases[] = {
      {"no request id", "REQUEST_ID_MISSING", {}, [](auto& r) { r.clear_request_id(); }},
      {"big",
       "CIPHERTEXT_SIZE",
       {},
       [](auto& r) { r.mutable_ciphertext()->resize(procurement::kCiphertextBytesMax + 1); }},
      {"seal size",
       "SEAL_INVALID",
       [](auto& s) { s.set_client_time(std::string(20000, ' ')); },
       {}},
      {"signature size",
       "SEAL_INVALID",
       {},
       [](auto& r) {
         r.mutable_seal()->mutable_signature()->resize(procurement::kSealSignatureBytesMax + 1);
       }},
      {"unsigned", "SIGNATURE_REFUSED", {}, [](auto& r) { r.mutable_seal()->clear_signature(); }},
      {"other cert",
       "SIGNER_MISMATCH",
       {},
       [](auto& r) { r.mutable_seal()->set_signature("signed by " + Supplier(3).cert_sha256()); }},
      {"swapped ciphertext",
       "CIPHERTEXT_MISMATCH",
       {},
       [](auto& r) { r.set_ciphertext(std::string(r.ciphertext().size(), 'x')); }},
      {"bound to other cert",
       "BIDDER_CERT_MISMATCH",
       [](auto& s) { s.set_bidder_cert_sha256(Supplier(3).cert_sha256()); },
       {}},
      {"other tender", "BOX_NOT_FOUND", [](auto& s) { s.set_tender_id("R26BK00000002"); }, {}},
      {"bad tender", "BOX_NOT_FOUND", [](auto& s) { s.set_tender_id("a/b"); }, {}},
      {"other notice",
       "NOTICE_MISMATCH",
       [](auto& s) { s.set_notice_hash(std::string(64, '0')); },
       {}},
      {"quorum", "SEAL_COMMITTEE_MISMATCH", [](auto& s) { s.set_quorum(2); }, {}},
      {"committee",
       "SEAL_COMMITTEE_MISMATCH",
       [](auto& s) {
         s.set_members(4);
         s.mutable_shares()->RemoveLast();
       },
       {}},
      {"id of another",
       "SUBMISSION_ID_REUSED",
       [&](auto& s) { s.set_submission_id(other_id); },
       {}},
      {"format", "SEAL_INVALID", [](auto& s) { s.set_format("SB0"); }, {}},
  };
  const uint64_t size = env_.ledger->Size();
  for (const Case& c : cases) {
    BidPlan plan{two};
    plan.seal = c.seal;
    v1::SubmitBidRequest request = MakeBid(plan);
    if (c.request) c.request(request);
    EXPECT_THAT(Submit(env_.As(two), request).status(), HasReason(c.reason)) << c.what;
  }
  const v1::SubmitBidRequest not_his = MakeBid({two});
  EXPECT_THAT(Submit(env_.As(Supplier(3)), not_his).status(), HasReason("SIGNER_MISMATCH"));

  // One bid per supplier, whoever of its people signs it, and named in the answer.
  const auto second = Submit(env_.As(Supplier(1)), MakeBid({Supplier(1)}));
  EXPECT_THAT(second.status(), HasReason("SUPPLIER_ALREADY_BID"));
  EXPECT_EQ(ErrorMetadataOf(second.status())["submission_id"], other_id);
  FakePerson colleague = Supplier(1);
  colleague.person_id = "bidder-1b";
  EXPECT_THAT(Submit({colleague}).status(), HasReason("SUPPLIER_ALREADY_BID"));
  EXPECT_THAT(Submit({Supplier(1), [](auto& bid) { TheOffer(bid).set_amount(1); }}).status(),
              HasReason("SUBMISSION_ID_REUSED"));
  EXPECT_EQ(env_.ledger->Size(), size) << "nothing changed";
  EXPECT_EQ(BidsHeld(), 1);
}

TEST_F(BiddingEngineTest, CancelBidBarsTheBidder) {
  OpenBoxForBids();
  const FakePerson one = Supplier(1);
  const auto bid = Submit({one});
  ASSERT_TRUE(bid.ok());
  ASSERT_TRUE(Submit({Supplier(2)}).ok());
  const uint64_t size = env_.ledger->Size();
  EXPECT_THAT(Cancel(Supplier(2), bid->submission_id()), HasReason("BID_NOT_FOUND"));
  EXPECT_THAT(Cancel(Supplier(3), bid->submission_id()), HasReason("BID_NOT_FOUND"));
  const std::string hash = notice_hash_;
  notice_hash_ = std::string(64, '0');
  EXPECT_THAT(Cancel(one, bid->submission_id()), HasReason("NOTICE_MISMATCH"));
  notice_hash_ = hash;
  EXPECT_EQ(env_.ledger->Size(), size);

  env_.clock.Set(deadline() - kNs);
  ASSERT_TRUE(Cancel(one, bid->submission_id()).ok());
  EXPECT_THAT(Cancel(one, bid->submission_id()), HasReason("BID_ALREADY_CANCELLED"));
  EXPECT_THAT(Submit({one, [](auto& b) { TheOffer(b).set_amount(1); }}).status(),
              HasReason("BIDDER_BARRED"));
  v1::GetOwnBidRequest own;
  own.set_tender_id(kTender);
  v1::GetOwnBidResponse mine;
  ASSERT_TRUE(engine_->GetOwnBid(env_.As(one), own, &mine).ok());
  EXPECT_TRUE(mine.cancelled());
  ASSERT_TRUE(CreateBox(BoxRequest(Notice(2))).ok());
  EXPECT_THAT(Submit({one}).status(), HasReason("BIDDER_BARRED")) << "corrected versions included";
  ASSERT_TRUE(Submit({Supplier(2)}).ok());
  env_.clock.Set(deadline());
  EXPECT_THAT(Cancel(Supplier(2), "x"), HasReason("DEADLINE_PASSED"));
}

TEST_F(BiddingEngineTest, CancelBoxEndsEverything) {
  v1::CancelBoxRequest request;
  request.set_tender_id(kTender);
  v1::CancelBoxResponse response;
  EXPECT_THAT(engine_->CancelBox(env_.AsService("tender"), request, &response),
              HasReason("BOX_NOT_FOUND"));
  OpenBoxForBids();
  const auto bid = Submit({Supplier(1)});
  ASSERT_TRUE(bid.ok());
  ASSERT_TRUE(engine_->CancelBox(env_.AsService("tender"), request, &response).ok());
  EXPECT_EQ(response.box().state(), v1::Box::CANCELLED);
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(engine_->CancelBox(env_.AsService("tender"), request, &response).ok());
  EXPECT_THAT(Submit({Supplier(2)}).status(), HasReason("WRONG_STATE"));
  EXPECT_THAT(Cancel(Supplier(1), bid->submission_id()), HasReason("WRONG_STATE"));
  EXPECT_THAT(CreateBox(BoxRequest(Notice(2))).status(), HasReason("WRONG_STATE"));
  env_.clock.Set(open_at());
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->state(), v1::Box::CANCELLED);
  document::v1::OpenShares shares;
  shares.set_tender_id(kTender);
  shares.set_stage(1);
  shares.set_round(1);
  shares.set_member(1);
  EXPECT_THAT(Release(officers_[0], shares), HasReason("WRONG_STATE"));
  EXPECT_THAT(ListSealed(env_.As(officers_[0])).status(), HasReason("WRONG_STATE"));
  EXPECT_THAT(ListSealed(env_.AsAnyone()).status(), HasReason("NOT_COMMITTEE_MEMBER"));
  EXPECT_EQ(env_.ledger->Size(), size);
}

TEST_F(BiddingEngineTest, ClosesWhenNothingInTimeIsUnderWay) {
  OpenBoxForBids();
  ASSERT_TRUE(Submit({Supplier(1)}).ok());
  ASSERT_TRUE(Submit({Supplier(2)}).ok());
  env_.clock.Set(deadline() - kNs);
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->state(), v1::Box::OPEN);
  auto ticket = engine_->gate().Enter();
  env_.clock.Set(deadline() + absl::Seconds(1));
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->state(), v1::Box::CLOSED) << "by time";
  EXPECT_EQ(GetBox()->root(), "") << "but not by an entry";
  rpc::Call call = env_.As(Supplier(3));
  call.arrival = ticket->arrival();
  ASSERT_TRUE(Submit(call, MakeBid({Supplier(3)})).ok()) << "queued, yet in time";
  ticket.reset();
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  const auto box = GetBox();
  EXPECT_EQ(box->submissions(), 3);
  EXPECT_GT(box->closed_seq(), 0u);

  // The root is that of the log's own entries, sorted by arrival and digest.
  std::vector<std::pair<int64_t, std::string>> seen;
  const auto entries = env_.ledger->Entries(0, 100, false);
  for (const auto& logged : *entries) {
    log::v1::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(logged.entry));
    const auto event = kit::ParseEvent(logged.body);
    if (event->has_bid_received()) {
      seen.emplace_back(entry.arrival_time_ns(), event->bid_received().submission_digest());
    }
  }
  std::sort(seen.begin(), seen.end());
  std::vector<std::string> digests;
  for (const auto& [arrival, digest] : seen) digests.push_back(digest);
  EXPECT_EQ(box->root(), *procurement::BoxRoot(digests));
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(env_.ledger->Size(), size) << "once";
}

TEST_F(BiddingEngineTest, TheGraceEnds) {
  OpenBoxForBids();
  const auto stuck = engine_->gate().Enter();
  env_.clock.Set(deadline() + kCloseGrace - kNs);
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->root(), "");
  env_.clock.Set(deadline() + kCloseGrace);
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->root(), *procurement::BoxRoot({}));
  rpc::Call call = env_.As(Supplier(1));
  call.arrival = stuck->arrival();
  EXPECT_THAT(Submit(call, MakeBid({Supplier(1)})).status(), HasReason("CLOSED_BEFORE_COMMIT"));
}

// Bidders race with the deadline: whoever was stamped in time is in, everybody else is told so.
TEST_F(BiddingEngineTest, NobodyInTimeIsLostInTheRush) {
  OpenBoxForBids();
  constexpr int kBids = 48;
  constexpr int kThreads = 4;
  std::vector<v1::SubmitBidRequest> requests;
  for (int i = 0; i < kBids; ++i) requests.push_back(MakeBid({Supplier(i)}));
  env_.clock.Set(deadline() - absl::Nanoseconds(kBids / 2));
  std::vector<absl::Status> answers(kBids);
  std::vector<absl::Time> arrivals(kBids);
  std::atomic<int> next = 0;
  std::vector<std::thread> bidders;
  for (int t = 0; t < kThreads; ++t) {
    bidders.emplace_back([&] {
      for (int i; (i = next.fetch_add(1)) < kBids;) {
        auto ticket = engine_->gate().Enter();
        env_.clock.Advance(kNs);
        rpc::Call call = env_.As(Supplier(i));
        call.arrival = arrivals[i] = ticket->arrival();
        answers[i] = Submit(call, requests[i]).status();
      }
    });
  }
  std::thread closer([&] {
    while (env_.LoggedTypes().back() != "box.closed")
      ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  });
  for (std::thread& bidder : bidders) bidder.join();
  closer.join();
  int in_time = 0;
  for (int i = 0; i < kBids; ++i) {
    if (arrivals[i] < deadline()) {
      ++in_time;
      EXPECT_TRUE(answers[i].ok()) << answers[i];
    } else {
      EXPECT_THAT(answers[i], HasReason("DEADLINE_PASSED"));
    }
  }
  EXPECT_GT(in_time, 0);
  EXPECT_LT(in_time, kBids);
  EXPECT_EQ(GetBox()->submissions(), in_time);
}

// Counts the rows that are read from a store in memory.
class CountingBackend : public kv::Backend {
 public:
  explicit CountingBackend(std::atomic<int>* rows) : rows_(rows) {}
  std::unique_ptr<kv::Reader> NewSnapshot() const override {
    return std::make_unique<Counting>(memory_->NewSnapshot(), rows_);
  }
  absl::Status Write(const kv::WriteBatch& batch) override { return memory_->Write(batch); }

 private:
  class Counting : public kv::Reader {
   public:
    Counting(std::unique_ptr<kv::Reader> base, std::atomic<int>* rows)
        : base_(std::move(base)), rows_(rows) {}
    absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
      ++*rows_;
      return base_->Get(key);
    }
    absl::StatusOr<std::vector<kv::KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                                   size_t limit) const override {
      auto pairs = base_->Scan(begin, end, limit);
      if (pairs.ok()) *rows_ += static_cast<int>(pairs->size());
      return pairs;
    }
    absl::StatusOr<std::vector<kv::KeyValue>> ScanReverse(absl::string_view begin,
                                                          absl::string_view end,
                                                          size_t limit) const override {
      auto pairs = base_->ScanReverse(begin, end, limit);
      if (pairs.ok()) *rows_ += static_cast<int>(pairs->size());
      return pairs;
    }

   private:
    const std::unique_ptr<kv::Reader> base_;
    std::atomic<int>* const rows_;
  };

  std::unique_ptr<kv::Backend> memory_ = kv::NewMemoryBackend();
  std::atomic<int>* const rows_;
};

std::atomic<int> rows_read = 0;

class CountedReads : public BoxTest {
 protected:
  CountedReads()
      : BoxTest(3, 5, [](ledger::Ledger::Options options) {
          auto opened = ledger::Ledger::Open(std::make_unique<CountingBackend>(&rows_read),
                                             std::move(options));
          EXPECT_TRUE(opened.ok()) << opened.status();
          return *std::move(opened);
        }) {}
};

// Anyone may ask for a box as often as they like, so the answer may not cost what a count costs.
TEST_F(CountedReads, AnOpenBoxIsShownFromItsOwnRecord) {
  OpenBoxForBids();
  constexpr int kBids = 50;
  for (int i = 1; i <= kBids; ++i) ASSERT_TRUE(Submit({Supplier(i)}).ok());
  rows_read = 0;
  const auto open = GetBox();
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_EQ(rows_read, 1);
  EXPECT_EQ(open->state(), v1::Box::OPEN);
  EXPECT_EQ(open->submissions(), 0) << "not counted while the box is open";
  EXPECT_EQ(BidsHeld(), kBids);

  env_.clock.Set(deadline());
  rows_read = 0;
  EXPECT_EQ(GetBox()->state(), v1::Box::CLOSED) << "by time, though not counted yet";
  EXPECT_EQ(rows_read, 1);
  EXPECT_EQ(GetBox()->submissions(), 0);
  ASSERT_TRUE(engine_->deadlines().Recover().ok());
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  rows_read = 0;
  EXPECT_EQ(GetBox()->submissions(), kBids);
  EXPECT_EQ(rows_read, 1);
}

TEST_F(BiddingEngineTest, AnotherProcessFindsWhatIsDue) {
  OpenBoxForBids();
  env_.clock.Set(deadline());
  engine_ = std::make_unique<BiddingEngine>(env_.context);
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_EQ(GetBox()->root(), "") << "nothing known before the recovery";
  ASSERT_TRUE(engine_->deadlines().Recover().ok());
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  EXPECT_NE(GetBox()->root(), "");
}

TEST_F(BiddingEngineTest, TheWorkerFollowsAClockThatIsMoved) {
  OpenBoxForBids();
  engine_ = std::make_unique<BiddingEngine>(env_.context);
  Worker worker(engine_.get(), [](const absl::Status& status) { ADD_FAILURE() << status; });
  worker.Start();
  engine_->deadlines().Start();
  const uint64_t size = env_.ledger->Size();
  env_.clock.Set(deadline());
  EXPECT_EQ(env_.ledger->WaitForEntry(size, absl::Seconds(10)), size + 1);
  EXPECT_EQ(env_.LoggedTypes().back(), "box.closed");
  env_.clock.Set(open_at());
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Release(i).ok());
  EXPECT_EQ(env_.ledger->WaitForEntry(size + 4, absl::Seconds(10)), size + 5);
  EXPECT_EQ(env_.LoggedTypes().back(), "opening.completed");
  worker.Stop();
  engine_->deadlines().Stop();
  EXPECT_EQ(GetBox()->state(), v1::Box::OPENED) << "an empty box, too";
}

TEST_F(BiddingEngineTest, SealedBidsShowToTheCommitteeOfAClosedBox) {
  OpenBoxForBids();
  for (int i = 1; i <= 5; ++i) {
    env_.clock.Advance(absl::Seconds(i % 2));
    ASSERT_TRUE(Submit({Supplier(i)}).ok());
  }
  EXPECT_THAT(ListSealed(env_.As(officers_[0])).status(), HasReason("BOX_NOT_CLOSED"));
  EXPECT_THAT(ListSealed(env_.As(Supplier(1))).status(), HasReason("NOT_COMMITTEE_MEMBER"));
  env_.clock.Set(deadline());
  EXPECT_THAT(ListSealed(env_.As(officers_[0])).status(), HasReason("BOX_NOT_CLOSED"))
      << "time alone does not fix the set";
  Close();
  EXPECT_THAT(ListSealed(env_.AsAnyone()).status(), HasReason("NOT_COMMITTEE_MEMBER"));
  EXPECT_THAT(ListSealed(env_.AsService("tender")).status(), HasReason("NOT_COMMITTEE_MEMBER"));
  const auto all = ListSealed(env_.As(officers_[4]), true);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->bids_size(), 5);
  std::vector<std::string> digests;
  for (const auto& bid : all->bids()) {
    digests.push_back(bid.submission_digest());
    EXPECT_EQ(bid.supplier_id(), "");
    EXPECT_EQ(procurement::SubmissionDigest(
                  procurement::Submitted(bid.seal().document(), bid.ciphertext())),
              bid.submission_digest());
    EXPECT_GT(bid.log_seq(), 0u);
  }
  EXPECT_EQ(*procurement::BoxRoot(digests), GetBox()->root());

  v1::ListSealedBidsRequest request;
  request.set_tender_id(kTender);
  request.set_page_size(2);
  std::vector<std::string> paged;
  do {
    v1::ListSealedBidsResponse page;
    ASSERT_TRUE(engine_->ListSealedBids(env_.As(officers_[0]), request, &page).ok());
    EXPECT_LE(page.bids_size(), 2);
    for (const auto& bid : page.bids()) paged.push_back(bid.submission_digest());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(paged, digests);
  request.set_page_token("forged");
  v1::ListSealedBidsResponse page;
  EXPECT_THAT(engine_->ListSealedBids(env_.As(officers_[0]), request, &page),
              HasReason("PAGE_TOKEN_INVALID"));
}

// Random bids of some suppliers in many tenders, compared with a model of them.
TEST_F(BiddingEngineTest, OwnBidsOfAllTendersAreListedToTheirSupplierAlone) {
  constexpr int kTenders = 12;
  constexpr int kSuppliers = 3;
  std::map<std::string, std::vector<v1::OwnBid>> model;  // by organisation, newest last
  env_.clock.Set(bid_start());
  for (int t = 0; t < kTenders; ++t) {
    const std::string tender = absl::StrFormat("R26BK%08d", 100 + t);
    const auto box_for = [&](int version) {
      document::v1::Notice notice = Notice(version);
      notice.set_tender_id(tender);
      v1::CreateBoxRequest request = BoxRequest(notice);
      request.set_tender_id(tender);
      return CreateBox(request).status();
    };
    const auto bid_of = [&](int supplier) {
      BidPlan plan{Supplier(supplier)};
      plan.bid = [&](document::v1::Bid& bid) { bid.set_tender_id(tender); };
      plan.seal = [&](document::v1::Seal& seal) { seal.set_tender_id(tender); };
      env_.clock.Advance(absl::Seconds(1));
      const auto answer = Submit(plan);
      EXPECT_TRUE(answer.ok()) << answer.status();
      log::v1::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(answer->receipt().entry()));
      v1::OwnBid own;
      own.set_tender_id(tender);
      own.set_stage(1);
      own.set_round(1);
      own.set_state(v1::OwnBid::SEALED);
      own.set_submission_id(answer->submission_id());
      own.set_submission_digest(answer->submission_digest());
      own.set_notice_version(1);
      own.set_arrival_time_ns(answer->arrival_time_ns());
      own.set_log_seq(entry.seq());
      own.set_deadline_ns(answer->deadline_ns());
      own.set_box_state(v1::Box::OPEN);
      model[Supplier(supplier).organization_id].push_back(own);
    };
    ASSERT_TRUE(box_for(1).ok());
    for (int s = 1; s <= kSuppliers; ++s) {
      if ((t + s) % 3 != 0) bid_of(s);
    }
    for (int s = 1; s <= kSuppliers; ++s) {
      auto& own = model[Supplier(s).organization_id];
      if (own.empty() || own.back().tender_id() != tender) continue;
      if (t % 4 == 1) own.back().set_state(v1::OwnBid::SUPERSEDED);
      if (t % 4 == 3) own.back().set_box_state(v1::Box::CANCELLED);
    }
    if (t % 4 == 1) {
      ASSERT_TRUE(box_for(2).ok());
      bid_of(1);
      model[Supplier(1).organization_id].back().set_notice_version(2);
    }
    if (t % 4 == 3) {
      v1::CancelBoxRequest cancel;
      cancel.set_tender_id(tender);
      v1::CancelBoxResponse cancelled;
      ASSERT_TRUE(engine_->CancelBox(env_.AsService("tender"), cancel, &cancelled).ok());
    }
  }

  const auto list = [&](const FakePerson& who, int page_size) {
    std::vector<v1::OwnBid> bids;
    v1::ListOwnBidsRequest request;
    request.set_page_size(page_size);
    do {
      v1::ListOwnBidsResponse page;
      const absl::Status listed = engine_->ListOwnBids(env_.As(who), request, &page);
      EXPECT_TRUE(listed.ok()) << listed;
      EXPECT_LE(page.bids_size(), page_size);
      bids.insert(bids.end(), page.bids().begin(), page.bids().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return bids;
  };
  const auto same = [](const v1::OwnBid& a, const v1::OwnBid& b) {
    return a.SerializeAsString() == b.SerializeAsString();
  };
  for (int s = 1; s <= kSuppliers; ++s) {
    std::vector<v1::OwnBid> expected = model[Supplier(s).organization_id];
    std::reverse(expected.begin(), expected.end());
    ASSERT_GT(expected.size(), 5u);
    for (const int page_size : {1, 2, static_cast<int>(expected.size()), 200}) {
      const auto listed = list(Supplier(s), page_size);
      ASSERT_EQ(listed.size(), expected.size());
      for (size_t at = 0; at < listed.size(); ++at) {
        EXPECT_TRUE(same(listed[at], expected[at]))
            << listed[at].ShortDebugString() << " for " << expected[at].ShortDebugString();
      }
    }
    FakePerson colleague = Supplier(s);
    colleague.person_id = "somebody else of the same organisation";
    EXPECT_EQ(list(colleague, 200).size(), expected.size());
  }
  // "supplier-1" is the begin of the name of another.
  EXPECT_TRUE(list(Supplier(10), 200).empty());
  EXPECT_TRUE(list(officers_[0], 200).empty());

  // A page token is of its own organisation's list.
  v1::ListOwnBidsRequest request;
  request.set_page_size(1);
  v1::ListOwnBidsResponse page;
  ASSERT_TRUE(engine_->ListOwnBids(env_.As(Supplier(1)), request, &page).ok());
  request.set_page_token(page.next_page_token());
  EXPECT_THAT(engine_->ListOwnBids(env_.As(Supplier(2)), request, &page),
              HasReason("PAGE_TOKEN_INVALID"));
}

TEST_F(BiddingEngineTest, OwnBidsTellWhatBecameOfThem) {
  OpenBoxForBids();
  BidPlan bad{Supplier(2)};
  bad.bid = [](document::v1::Bid& bid) { TheOffer(bid).set_lot(2); };
  ASSERT_TRUE(Submit({Supplier(1)}).ok());
  ASSERT_TRUE(Submit(bad).ok());
  const auto cancelled = Submit({Supplier(3)});
  ASSERT_TRUE(Cancel(Supplier(3), cancelled->submission_id()).ok());
  const auto states = [&] {
    std::vector<std::string> out;
    for (int s = 1; s <= 3; ++s) {
      v1::ListOwnBidsResponse page;
      EXPECT_TRUE(engine_->ListOwnBids(env_.As(Supplier(s)), {}, &page).ok());
      EXPECT_EQ(page.bids_size(), 1);
      out.push_back(absl::StrCat(v1::OwnBid::State_Name(page.bids(0).state()), " in ",
                                 v1::Box::State_Name(page.bids(0).box_state()), " ",
                                 page.bids(0).void_reason()));
    }
    return out;
  };
  EXPECT_THAT(states(),
              testing::ElementsAre("SEALED in OPEN ", "SEALED in OPEN ", "CANCELLED in OPEN "));
  env_.clock.Set(deadline());
  EXPECT_THAT(states(), testing::ElementsAre("SEALED in CLOSED ", "SEALED in CLOSED ",
                                             "CANCELLED in CLOSED "))
      << "time alone closes";
  Close();
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Release(i).ok());
  ASSERT_TRUE(engine_->OpenPending().ok());
  EXPECT_THAT(states(),
              testing::ElementsAre("OPENED in OPENED ", testing::StartsWith("VOID in OPENED LOT"),
                                   "CANCELLED in OPENED "));
}

// Whoever is shown sealed bids before the opening is in the log, page by page, and nobody else is.
TEST_F(BiddingEngineTest, EveryReadBeforeTheOpeningIsLogged) {
  OpenBoxForBids();
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Submit({Supplier(i)}).ok());
  EXPECT_FALSE(ListSealed(env_.As(officers_[0])).ok());
  env_.clock.Set(deadline());
  Close();
  EXPECT_FALSE(ListSealed(env_.AsAnyone()).ok());
  EXPECT_FALSE(ListSealed(env_.As(Supplier(1))).ok());
  const uint64_t before = env_.ledger->Size();

  ASSERT_TRUE(ListSealed(env_.As(officers_[4]), true).ok());
  v1::ListSealedBidsRequest request;
  request.set_tender_id(kTender);
  request.set_page_size(2);
  v1::ListSealedBidsResponse page;
  ASSERT_TRUE(engine_->ListSealedBids(env_.As(officers_[1]), request, &page).ok());
  request.set_page_token(page.next_page_token());
  page.Clear();
  ASSERT_TRUE(engine_->ListSealedBids(env_.As(officers_[1]), request, &page).ok());

  const auto entries = env_.ledger->Entries(before, 10, false);
  ASSERT_TRUE(entries.ok());
  std::vector<std::string> reads;
  for (const auto& logged : *entries) {
    log::v1::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(logged.entry));
    EXPECT_EQ(entry.type(), "seals.read");
    EXPECT_EQ(entry.subject(), absl::StrCat("tenders/", kTender));
    EXPECT_EQ(entry.actor_role(), "committee");
    const auto read = kit::ParseEvent(logged.body)->seals_read();
    reads.push_back(absl::StrCat("member ", read.member(), ": ", read.seals(),
                                 read.with_ciphertext() ? " with ciphertext" : ""));
  }
  EXPECT_THAT(reads,
              testing::ElementsAre("member 5: 3 with ciphertext", "member 2: 2", "member 2: 1"));
}

}  // namespace
}  // namespace jodal::bidding
