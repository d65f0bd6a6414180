#include <algorithm>

#include "services/bidding/engine/testing.h"

namespace jodal::bidding {
namespace {

void Flip(std::string& bytes, size_t at) { bytes[at] = static_cast<char>(bytes[at] ^ 1); }

// A signature service that is away now and then.
class FlakyVerifier : public kit::FakeDocumentVerifier {
 public:
  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override {
    if (away) return MakeError(absl::StatusCode::kUnavailable, "SIGNATURE_SERVICE_AWAY", "away");
    return FakeDocumentVerifier::Verify(content, signature, at);
  }
  bool away = false;
};

class OpeningTest : public BoxTest {
 protected:
  OpeningTest() {
    env_.context.documents = &verifier_;
    engine_ = std::make_unique<BiddingEngine>(env_.context);
  }
  FlakyVerifier verifier_;
};

// Seven bids, four of them void, each for another reason.
class RoundTrip : public OpeningTest {
 protected:
  void SubmitAll() {
    OpenBoxForBids();
    std::vector<BidPlan> plans;
    for (int i = 1; i <= 7; ++i) plans.push_back({Supplier(i)});
    plans[1].sealed = [](sealing::Sealed& s) { Flip(s.shares[1].wrap, 70); };  // member 2 only
    plans[2].sealed = [this](sealing::Sealed& s) {  // each share good by itself, but of two keys
      const std::string cert = *HexDecode(Supplier(3).cert_sha256());
      s.shares[2] =
          sealing::Seal(Committee(), cert, std::string(4096, 'x'), CekOf("other"))->shares[2];
    };
    plans[3].inner_cert_of = Supplier(1);
    plans[4].bid = [](document::v1::Bid& bid) { bid.set_tender_id("R26BK00000002"); };
    for (const BidPlan& plan : plans) {
      env_.clock.Advance(absl::Seconds(1));
      const auto submitted = Submit(plan);
      ASSERT_TRUE(submitted.ok()) << submitted.status();
    }
    auto swapped = MakeBid({Supplier(8)});
    swapped.set_ciphertext(MakeBid({Supplier(1)}).ciphertext());
    EXPECT_THAT(Submit(env_.As(Supplier(8)), swapped).status(), HasReason("CIPHERTEXT_MISMATCH"));
    Close();
  }

  struct Verdict {
    std::string digest;
    bool valid;
    int64_t price;
    std::string valid_cek;
    bool operator==(const Verdict&) const = default;
  };
  std::vector<Verdict> OpenBy(std::vector<int> quorum,
                              std::map<std::string, std::string>* reasons) {
    for (const int i : quorum) {
      const absl::Status released = Release(i);
      EXPECT_TRUE(released.ok()) << released;
    }
    EXPECT_EQ(GetBox()->state(), v1::Box::OPENING);
    const absl::Status opened = engine_->OpenPending();
    EXPECT_TRUE(opened.ok()) << opened;
    std::vector<Verdict> out;
    const auto listed = ListOpened();
    for (const auto& bid : listed->bids()) {
      const bool valid = bid.void_reason().empty();
      out.push_back({bid.submission_digest(), valid, bid.price(), valid ? bid.cek() : ""});
      (*reasons)[bid.supplier_id()] = bid.void_reason();
      EXPECT_EQ(valid, bid.nonce().size() == 32) << bid.supplier_id();
      if (valid) {
        EXPECT_EQ(bid.cek(), CekOf("bidder-" + bid.supplier_id().substr(9)));
      }
    }
    return out;
  }
};

TEST_F(RoundTrip, EveryVerdictHasItsReason) {
  SubmitAll();
  std::map<std::string, std::string> reasons;
  const auto verdicts = OpenBy({1, 2, 3}, &reasons);
  EXPECT_EQ(reasons, (std::map<std::string, std::string>{{"supplier-1", ""},
                                                         {"supplier-2", "SEAL_INCONSISTENT"},
                                                         {"supplier-3", "SEAL_INCONSISTENT"},
                                                         {"supplier-4", "SIGNER_MISMATCH"},
                                                         {"supplier-5", "TENDER_MISMATCH"},
                                                         {"supplier-6", ""},
                                                         {"supplier-7", ""}}));
  const auto box = GetBox();
  EXPECT_EQ(box->state(), v1::Box::OPENED);
  EXPECT_EQ(box->opened(), 7);
  EXPECT_EQ(box->void_(), 4);
  EXPECT_GT(box->completed_seq(), box->closed_seq());
  std::vector<std::string> digests;
  for (const auto& v : verdicts) digests.push_back(v.digest);
  EXPECT_EQ(*BoxRoot(digests), box->root());

  // The log says the same, and the numbers point into it.
  int valid = 0;
  const auto listed = ListOpened();
  for (const auto& bid : listed->bids()) {
    const auto logged = env_.ledger->Entries(bid.opened_seq(), 1, false);
    const auto event = kit::ParseEvent(logged->front().body);
    ASSERT_TRUE(event->has_bid_opened());
    EXPECT_EQ(event->bid_opened().submission_id(), bid.submission_id());
    EXPECT_EQ(event->bid_opened().void_reason(), bid.void_reason());
    EXPECT_EQ(event->bid_opened().price(), bid.price());
    const auto received = env_.ledger->Entries(bid.received_seq(), 1, false);
    EXPECT_EQ(kit::ParseEvent(received->front().body)->bid_received().submission_digest(),
              bid.submission_digest());
    valid += bid.void_reason().empty();
  }
  EXPECT_EQ(valid, 3);
  const auto completed = env_.ledger->Entries(box->completed_seq(), 1, false);
  const auto event = kit::ParseEvent(completed->front().body);
  EXPECT_EQ(event->opening_completed().valid(), 3);
  EXPECT_EQ(event->opening_completed().void_(), 4);

  // Now everyone sees who bid, and the shares.
  const auto sealed = ListSealed(env_.AsAnyone());
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->bids(0).supplier_id(), "supplier-1");
  v1::ListSharesRequest request;
  request.set_tender_id(kTender);
  v1::ListSharesResponse shares;
  ASSERT_TRUE(engine_->ListShares(env_.AsAnyone(), request, &shares).ok());
  ASSERT_EQ(shares.shares_size(), 3);
  EXPECT_EQ(shares.shares(2).i(), 3);
  EXPECT_GT(shares.shares(0).log_seq(), box->closed_seq());
  const auto page = ListOpened(4);
  EXPECT_EQ(page->bids_size(), 4);
  EXPECT_EQ(ListOpened(4, page->next_page_token())->bids_size(), 3);
  EXPECT_EQ(ListOpened(4, page->next_page_token())->next_page_token(), "");
  EXPECT_THAT(Release(4), HasReason("WRONG_STATE")) << "too late to matter";
}

// The same box opened by two quorums that share one member.
TEST_F(RoundTrip, VerdictsDoNotDependOnWhoCame) {
  SubmitAll();
  std::map<std::string, std::string> first_reasons;
  const auto first = OpenBy({1, 2, 3}, &first_reasons);
  const std::string root = GetBox()->root();
  for (const std::vector<int>& quorum : {std::vector<int>{5, 4, 3}, {1, 4, 5}, {2, 1, 4}}) {
    struct Other : RoundTrip {
      using RoundTrip::GetBox;
      using RoundTrip::OpenBy;
      using RoundTrip::SubmitAll;
      void TestBody() override {}
    } other;
    other.SubmitAll();
    std::map<std::string, std::string> reasons;
    EXPECT_EQ(other.OpenBy(quorum, &reasons), first);
    EXPECT_EQ(other.GetBox()->root(), root);
    EXPECT_EQ(reasons, first_reasons);
  }
}

TEST_F(OpeningTest, ReleaseRefusals) {
  OpenBoxForBids();
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Submit({Supplier(i)}).ok());
  document::v1::OpenShares blind;
  blind.set_tender_id(kTender);
  blind.set_notice_hash(notice_hash_);
  blind.set_i(1);
  EXPECT_THAT(Release(officers_[0], blind), HasReason("BOX_NOT_CLOSED"));
  env_.clock.Set(deadline());
  ASSERT_TRUE(engine_->CloseDue().ok());
  document::v1::OpenShares good = HonestShares(1);
  EXPECT_THAT(Release(officers_[0], good), HasReason("TOO_EARLY"));
  env_.clock.Set(open_at() - absl::Nanoseconds(1));
  EXPECT_THAT(Release(officers_[0], good), HasReason("TOO_EARLY"));
  env_.clock.Set(open_at());

  const std::string first = good.shares(0).submission_id();
  struct Case {
    const char* what;
    const char* reason;
    std::function<void(document::v1::OpenShares&)> alter;
  };
  const Case cases[] = {
      {"another's seat", "NOT_COMMITTEE_MEMBER", [](auto& s) { s.set_i(2); }},
      {"no seat", "NOT_COMMITTEE_MEMBER", [](auto& s) { s.set_i(0); }},
      {"no box", "BOX_NOT_FOUND", [](auto& s) { s.set_tender_id("R26BK00000009"); }},
      {"notice", "NOTICE_MISMATCH", [](auto& s) { s.set_notice_hash(std::string(64, '0')); }},
      {"root", "BOX_ROOT_MISMATCH", [](auto& s) { s.set_box_root(std::string(64, '0')); }},
      {"one short", "SHARES_MISMATCH", [](auto& s) { s.mutable_shares()->RemoveLast(); }},
      {"one more", "SHARES_MISMATCH", [](auto& s) { *s.add_shares() = s.shares(0); }},
      {"order", "SHARES_MISMATCH", [](auto& s) { s.mutable_shares()->SwapElements(0, 1); }},
      {"twice", "SHARES_MISMATCH", [](auto& s) { *s.mutable_shares(1) = s.shares(0); }},
      {"neither", "SHARES_MISMATCH", [](auto& s) { s.mutable_shares(0)->clear_share(); }},
      {"both", "SHARES_MISMATCH",
       [](auto& s) { s.mutable_shares(0)->set_bad_wrap_proof("proof"); }},
      {"lie", "SHARE_COMMIT_MISMATCH",
       [](auto& s) { Flip(*s.mutable_shares(0)->mutable_share(), 0); }},
      {"short share", "SHARE_COMMIT_MISMATCH",
       [](auto& s) { s.mutable_shares(0)->mutable_share()->pop_back(); }},
      {"false accusation", "BAD_WRAP_PROOF_INVALID",
       [](auto& s) {
         s.mutable_shares(0)->clear_share();
         s.mutable_shares(0)->set_bad_wrap(true);
         s.mutable_shares(0)->set_bad_wrap_proof(std::string(129, '\4'));
       }},
      {"bare accusation", "BAD_WRAP_PROOF_INVALID",
       [](auto& s) {
         s.mutable_shares(0)->clear_share();
         s.mutable_shares(0)->set_bad_wrap(true);
       }},
      {"share and accusation", "SHARES_MISMATCH",
       [](auto& s) { s.mutable_shares(0)->set_bad_wrap(true); }},
  };
  const uint64_t size = env_.ledger->Size();
  for (const Case& c : cases) {
    document::v1::OpenShares altered = good;
    c.alter(altered);
    const absl::Status status = Release(officers_[0], altered);
    EXPECT_THAT(status, HasReason(c.reason)) << c.what;
    if (std::string(c.reason) == "SHARE_COMMIT_MISMATCH") {
      EXPECT_EQ(ErrorMetadataOf(status)["submission_id"], first);
    }
  }
  EXPECT_THAT(Release({"officer-9", "agency-9", {"committee"}}, good),
              HasReason("NOT_COMMITTEE_MEMBER"));
  EXPECT_EQ(env_.ledger->Size(), size) << "nothing was released";
  EXPECT_EQ(GetBox()->released_size(), 0);

  v1::ReleaseSharesRequest request;
  *request.mutable_document() = env_.Sign(good, "open-share", officers_[0]);
  request.set_request_id("release-1");
  v1::ReleaseSharesResponse response;
  ASSERT_TRUE(engine_->ReleaseShares(env_.As(officers_[0]), request, &response).ok());
  EXPECT_EQ(response.box().released_size(), 1);
  EXPECT_EQ(response.box().state(), v1::Box::CLOSED);
  v1::ReleaseSharesResponse again;
  ASSERT_TRUE(engine_->ReleaseShares(env_.As(officers_[0]), request, &again).ok());
  EXPECT_EQ(again.receipt().seq(), response.receipt().seq());
  EXPECT_THAT(Release(1), HasReason("SHARES_ALREADY_RELEASED"));
  EXPECT_THAT(ListOpened().status(), HasReason("BOX_NOT_OPENED"));
  v1::ListSharesRequest list;
  list.set_tender_id(kTender);
  v1::ListSharesResponse shares;
  EXPECT_THAT(engine_->ListShares(env_.As(officers_[0]), list, &shares),
              HasReason("BOX_NOT_OPENED"))
      << "not even to the committee: a member's shares are for the opening only";

  // The lying member is set aside; three honest ones open.
  for (const int i : {3, 5}) ASSERT_TRUE(Release(i).ok());
  ASSERT_TRUE(engine_->OpenPending().ok());
  EXPECT_EQ(GetBox()->void_(), 0);
  v1::CancelBoxRequest cancel;
  cancel.set_tender_id(kTender);
  v1::CancelBoxResponse cancelled;
  EXPECT_THAT(engine_->CancelBox(env_.AsService("tender"), cancel, &cancelled),
              HasReason("WRONG_STATE"));
}

TEST_F(OpeningTest, WhatIsInsideTheSealMayBeAnything) {
  OpenBoxForBids();
  struct Case {
    const char* reason;
    BidPlan plan;
  };
  const auto bid = [](std::function<void(document::v1::Bid&)> alter) {
    BidPlan plan;
    plan.bid = std::move(alter);
    return plan;
  };
  std::vector<Case> cases = {
      {"BIDDER_MISMATCH", bid([](auto& b) { b.set_bidder_id("supplier-99"); })},
      {"PRICE_INVALID", bid([](auto& b) { b.set_price(0); })},
      {"PICKS_INVALID", bid([](auto& b) { b.set_picks(0, 7); })},
      {"NONCE_INVALID", bid([](auto& b) { b.clear_nonce(); })},
      {"SUBMISSION_MISMATCH", bid([](auto& b) { b.set_submission_id(std::string(32, '0')); })},
      {"NOTICE_MISMATCH", bid([](auto& b) { b.clear_notice_hash(); })},
      {"CURRENCY_INVALID", bid([](auto& b) { b.set_currency("USD"); })},
  };
  BidPlan garbage;
  garbage.payload = [](std::string& p) { p.assign(p.size(), 'g'); };
  cases.push_back({"PAYLOAD_MALFORMED", garbage});
  BidPlan not_json;
  not_json.payload = [](std::string& p) {
    p = *sealing::EncodePayload({"{\"price\":1,\"price\":2}", "signed by nobody"});
  };
  cases.push_back({"BID_MALFORMED", not_json});
  BidPlan unsigned_bid;
  unsigned_bid.payload = [](std::string& p) { p = *sealing::EncodePayload({"{}", "none"}); };
  cases.push_back({"SIGNATURE_REFUSED", unsigned_bid});
  BidPlan other_ciphertext;  // of the size and signed for, but not of this key
  other_ciphertext.sealed = [](sealing::Sealed& s) { Flip(s.ciphertext, 9); };
  cases.push_back({"CIPHERTEXT_INVALID", other_ciphertext});
  std::map<std::string, std::string> expected;
  for (size_t at = 0; at < cases.size(); ++at) {
    cases[at].plan.bidder = Supplier(static_cast<int>(at));
    const auto submitted = Submit(cases[at].plan);
    ASSERT_TRUE(submitted.ok()) << cases[at].reason << submitted.status();
    expected[cases[at].plan.bidder.organization_id] = cases[at].reason;
  }
  Close();
  for (const int i : {2, 3, 4}) ASSERT_TRUE(Release(i).ok());
  ASSERT_TRUE(engine_->OpenPending().ok());
  std::map<std::string, std::string> reasons;
  const auto listed = ListOpened();
  for (const auto& opened : listed->bids()) {
    reasons[opened.supplier_id()] = opened.void_reason();
    EXPECT_EQ(opened.cek().size(), 32u) << "everyone can see for himself";
    EXPECT_EQ(opened.price(), 0);
  }
  EXPECT_EQ(reasons, expected);
}

class ManyBids : public OpeningTest {};

TEST_F(ManyBids, AnInterruptedOpeningGoesOn) {
  OpenBoxForBids();
  constexpr int kBids = 43;
  for (int i = 1; i <= kBids; ++i) ASSERT_TRUE(Submit({Supplier(i)}).ok());
  Close();
  for (const int i : {1, 2, 3}) ASSERT_TRUE(Release(i).ok());

  verifier_.away = true;
  EXPECT_THAT(engine_->OpenPending(), HasReason("SIGNATURE_SERVICE_AWAY"));
  EXPECT_EQ(GetBox()->opened(), 0) << "no verdict is not a verdict";
  verifier_.away = false;

  int groups = 0;
  ASSERT_TRUE(engine_->OpenPending([&] { return ++groups > 2; }).ok());
  EXPECT_EQ(GetBox()->opened(), 20);
  EXPECT_THAT(ListOpened().status(), HasReason("BOX_NOT_OPENED"));
  ASSERT_TRUE(Release(4).ok()) << "a further member may still come";

  engine_ = std::make_unique<BiddingEngine>(env_.context);
  ASSERT_TRUE(engine_->Recover().ok());
  ASSERT_TRUE(engine_->OpenPending().ok());
  const auto box = GetBox();
  EXPECT_EQ(box->state(), v1::Box::OPENED);
  EXPECT_EQ(box->opened(), kBids);
  EXPECT_EQ(box->void_(), 0);
  const auto types = env_.LoggedTypes();
  EXPECT_EQ(std::count(types.begin(), types.end(), "bid.opened"), kBids) << "nothing twice";
  EXPECT_EQ(std::count(types.begin(), types.end(), "opening.completed"), 1);
  std::vector<std::string> digests;
  uint64_t last_seq = 0;
  const auto listed = ListOpened();
  for (const auto& bid : listed->bids()) {
    digests.push_back(bid.submission_digest());
    EXPECT_GT(bid.opened_seq(), last_seq);
    last_seq = bid.opened_seq();
  }
  EXPECT_EQ(*BoxRoot(digests), box->root());
}

}  // namespace
}  // namespace jodal::bidding
