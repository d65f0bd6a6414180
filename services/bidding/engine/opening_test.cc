#include <algorithm>

#include "services/bidding/engine/testing.h"

namespace jodal::bidding {
namespace {

using testing_support::AmountOf;

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
      out.push_back({bid.submission_digest(), valid, AmountOf(bid), valid ? bid.cek() : ""});
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
  EXPECT_EQ(box->void_bids(), 4);
  EXPECT_GT(box->completed_seq(), box->closed_seq());
  std::vector<std::string> digests;
  for (const auto& v : verdicts) digests.push_back(v.digest);
  EXPECT_EQ(*procurement::BoxRoot(digests), box->root());

  // The log says the same, and the numbers point into it.
  int valid = 0;
  const auto listed = ListOpened();
  for (const auto& bid : listed->bids()) {
    const auto logged = env_.ledger->Entries(bid.opened_seq(), 1, false);
    const auto event = kit::ParseEvent(logged->front().body);
    ASSERT_TRUE(event->has_bid_opened());
    EXPECT_EQ(event->bid_opened().submission_id(), bid.submission_id());
    EXPECT_EQ(event->bid_opened().void_reason(), bid.void_reason());
    EXPECT_EQ(event->bid_opened().amount(), AmountOf(bid));
    const auto received = env_.ledger->Entries(bid.received_seq(), 1, false);
    EXPECT_EQ(kit::ParseEvent(received->front().body)->bid_received().submission_digest(),
              bid.submission_digest());
    valid += bid.void_reason().empty();
  }
  EXPECT_EQ(valid, 3);
  const auto completed = env_.ledger->Entries(box->completed_seq(), 1, false);
  const auto event = kit::ParseEvent(completed->front().body);
  EXPECT_EQ(event->opening_completed().valid(), 3);
  EXPECT_EQ(event->opening_completed().void_bids(), 4);

  // Now everyone sees who bid, and the shares.
  const auto sealed = ListSealed(env_.AsAnyone());
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->bids(0).supplier_id(), "supplier-1");
  v1::ListSharesRequest request;
  request.set_tender_id(kTender);
  v1::ListSharesResponse shares;
  ASSERT_TRUE(engine_->ListShares(env_.AsAnyone(), request, &shares).ok());
  ASSERT_EQ(shares.shares_size(), 3);
  EXPECT_EQ(shares.shares(2).member(), 3);
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
  blind.set_stage(1);
  blind.set_round(1);
  blind.set_member(1);
  EXPECT_THAT(Release(officers_[0], blind), HasReason("BOX_NOT_CLOSED"));
  env_.clock.Set(deadline());
  ASSERT_TRUE(engine_->deadlines().RunDue().ok());
  document::v1::OpenShares good = HonestShares(1);
  EXPECT_THAT(Release(officers_[0], good), HasReason("TOO_EARLY"));
  env_.clock.Set(open_at() - absl::Nanoseconds(1));
  EXPECT_THAT(Release(officers_[0], good), HasReason("TOO_EARLY"));
  env_.clock.Set(open_at());

  const std::string first = ListSealed(env_.As(officers_[0]))->bids(0).submission_id();
  struct Case {
    const char* what;
    const char* reason;
    std::function<void(document::v1::OpenShares&)> alter;
  };
  const auto accuse = [](document::v1::OpenShares& s, int position, const std::string& proof) {
    if (position >= 0 && position < 3) {
      s.mutable_shares()->replace(static_cast<size_t>(position) * 32, 32, std::string(32, '\0'));
    }
    auto* bad = s.add_bad_wraps();
    bad->set_position(position);
    bad->set_proof(proof);
  };
  const Case cases[] = {
      {"another's seat", "NOT_COMMITTEE_MEMBER", [](auto& s) { s.set_member(2); }},
      {"no seat", "NOT_COMMITTEE_MEMBER", [](auto& s) { s.set_member(0); }},
      {"no box", "BOX_NOT_FOUND", [](auto& s) { s.set_tender_id("R26BK00000009"); }},
      {"notice", "NOTICE_MISMATCH", [](auto& s) { s.set_notice_hash(std::string(64, '0')); }},
      {"root", "BOX_ROOT_MISMATCH", [](auto& s) { s.set_box_root(std::string(64, '0')); }},
      {"one more", "SHARES_MISMATCH", [](auto& s) { s.mutable_shares()->append(32, 'x'); }},
      {"none", "SHARES_MISMATCH", [](auto& s) { s.clear_shares(); }},
      {"a cut share", "SHARES_MISMATCH", [](auto& s) { s.mutable_shares()->pop_back(); }},
      {"not from the beginning", "SHARES_MISMATCH", [](auto& s) { s.set_first(1); }},
      {"from before the beginning", "SHARES_MISMATCH", [](auto& s) { s.set_first(-1); }},
      {"order", "SHARE_COMMIT_MISMATCH",
       [](auto& s) {
         s.set_shares(s.shares().substr(32, 32) + s.shares());
         s.mutable_shares()->resize(96);
       }},
      {"lie", "SHARE_COMMIT_MISMATCH", [](auto& s) { Flip(*s.mutable_shares(), 0); }},
      {"neither", "SHARE_COMMIT_MISMATCH",
       [](auto& s) { s.mutable_shares()->replace(0, 32, std::string(32, '\0')); }},
      {"false accusation", "BAD_WRAP_PROOF_INVALID",
       [&](auto& s) { accuse(s, 0, std::string(129, '\4')); }},
      {"bare accusation", "BAD_WRAP_PROOF_INVALID", [&](auto& s) { accuse(s, 0, ""); }},
      {"share and accusation", "SHARES_MISMATCH",
       [](auto& s) { s.add_bad_wraps()->set_position(1); }},
      {"accusation of no bid", "SHARES_MISMATCH", [&](auto& s) { accuse(s, 3, "proof"); }},
      {"accusation of no bid before", "SHARES_MISMATCH", [&](auto& s) { accuse(s, -1, "proof"); }},
      {"accusations in disorder", "SHARES_MISMATCH",
       [&](auto& s) {
         accuse(s, 2, "proof");
         accuse(s, 1, "proof");
       }},
      {"an accusation twice", "SHARES_MISMATCH",
       [&](auto& s) {
         accuse(s, 1, "proof");
         accuse(s, 1, "proof");
       }},
  };
  const uint64_t size = env_.ledger->Size();
  for (const Case& c : cases) {
    document::v1::OpenShares altered = good;
    c.alter(altered);
    const absl::Status status = Release(officers_[0], altered);
    EXPECT_THAT(status, HasReason(c.reason)) << c.what;
    if (std::string(c.reason) == "SHARE_COMMIT_MISMATCH") {  // of the first bid that is wrong
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
  EXPECT_EQ(GetBox()->void_bids(), 0);
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
      {"PRICE_INVALID", bid([](auto& b) { TheOffer(b).set_amount(0); })},
      {"PICKS_INVALID", bid([](auto& b) { TheOffer(b).set_picks(0, 7); })},
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
    EXPECT_EQ(AmountOf(opened), 0);
  }
  EXPECT_EQ(reasons, expected);
}

class ManyBids : public OpeningTest {};

TEST_F(ManyBids, AnInterruptedOpeningGoesOn) {
  constexpr int kBids = 43;
  engine_ = std::make_unique<BiddingEngine>(env_.context, BiddingEngine::Options{0, 20});
  OpenBoxForBids();
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

  // With groups of another size than those before.
  engine_ = std::make_unique<BiddingEngine>(env_.context, BiddingEngine::Options{3, 7});
  ASSERT_TRUE(engine_->Recover().ok());
  ASSERT_TRUE(engine_->OpenPending().ok());
  const auto box = GetBox();
  EXPECT_EQ(box->state(), v1::Box::OPENED);
  EXPECT_EQ(box->opened(), kBids);
  EXPECT_EQ(box->void_bids(), 0);
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
  EXPECT_EQ(*procurement::BoxRoot(digests), box->root());
}

// A member's shares in several documents: each goes on where the one before it ended, and the
// member counts when the end of the box is reached.
TEST_F(ManyBids, SharesComeInParts) {
  OpenBoxForBids();
  std::vector<BidPlan> plans;
  for (int i = 1; i <= 9; ++i) plans.push_back({Supplier(i)});
  plans[5].sealed = [](sealing::Sealed& s) { Flip(s.shares[1].wrap, 70); };  // member 2 only
  for (const BidPlan& plan : plans) {
    env_.clock.Advance(absl::Seconds(1));
    ASSERT_TRUE(Submit(plan).ok());
  }
  Close();
  ASSERT_TRUE(Release(officers_[1], HonestShares(2, 0, 4)).ok());
  auto box = GetBox();
  EXPECT_EQ(box->released_size(), 0);
  ASSERT_EQ(box->releasing_size(), 1);
  EXPECT_EQ(box->releasing(0).member(), 2);
  EXPECT_EQ(box->releasing(0).shares(), 4);
  const absl::Status again = Release(officers_[1], HonestShares(2, 0, 4));
  EXPECT_THAT(again, HasReason("SHARES_MISMATCH")) << "goes on at 4";
  EXPECT_EQ(ErrorMetadataOf(again)["position"], "4");
  EXPECT_THAT(Release(officers_[1], HonestShares(2, 5, 4)), HasReason("SHARES_MISMATCH"));
  document::v1::OpenShares past = HonestShares(2, 4);
  past.mutable_bad_wraps(0)->set_position(3);  // of the document before
  EXPECT_THAT(Release(officers_[1], past), HasReason("SHARES_MISMATCH"));
  ReleaseInParts(1, 1);
  ASSERT_TRUE(Release(3).ok());
  EXPECT_EQ(GetBox()->state(), v1::Box::CLOSED) << "member 2 has not released";
  ASSERT_TRUE(Release(officers_[4], HonestShares(5, 0, 3)).ok());
  ASSERT_TRUE(Release(officers_[1], HonestShares(2, 4)).ok());
  box = GetBox();
  EXPECT_EQ(box->state(), v1::Box::OPENING);
  EXPECT_THAT(box->released(), ::testing::ElementsAre(1, 2, 3));
  ASSERT_EQ(box->releasing_size(), 1) << "member 5 is too late to be of the quorum";
  EXPECT_THAT(Release(2), HasReason("SHARES_ALREADY_RELEASED"));
  ASSERT_TRUE(engine_->OpenPending().ok());
  box = GetBox();
  EXPECT_EQ(box->opened(), 9);
  EXPECT_EQ(box->void_bids(), 1);
  const auto listed = ListOpened();
  for (int at = 0; at < 9; ++at) {
    EXPECT_EQ(listed->bids(at).void_reason(), at == 5 ? "SEAL_INCONSISTENT" : "") << at;
  }

  // Every document is shown, and logged with its place in the box.
  v1::ListSharesRequest request;
  request.set_tender_id(kTender);
  v1::ListSharesResponse shares;
  ASSERT_TRUE(engine_->ListShares(env_.AsAnyone(), request, &shares).ok());
  std::vector<std::string> places;
  for (const auto& share : shares.shares()) {
    const auto logged = env_.ledger->Entries(share.log_seq(), 1, false);
    const auto event = kit::ParseEvent(logged->front().body)->share_released();
    EXPECT_EQ(event.member(), share.member());
    EXPECT_EQ(event.open_share_sha256(),
              HexEncode(crypto::Sha256(share.document().document().content())));
    places.push_back(absl::StrCat(share.member(), ":", event.first(), "+", event.count()));
  }
  EXPECT_THAT(places,
              ::testing::ElementsAre("1:0+1", "1:1+1", "1:2+1", "1:3+1", "1:4+1", "1:5+1", "1:6+1",
                                     "1:7+1", "1:8+1", "2:0+4", "2:4+5", "3:0+9", "5:0+3"));
}

TEST_F(ManyBids, AnEmptyBoxIsOpenedByEmptyDocuments) {
  OpenBoxForBids();
  Close();
  for (const int i : {1, 2, 3}) {
    ASSERT_TRUE(Release(i).ok());
    EXPECT_THAT(Release(i), HasReason("SHARES_ALREADY_RELEASED"));
  }
  ASSERT_TRUE(engine_->OpenPending().ok());
  EXPECT_EQ(GetBox()->state(), v1::Box::OPENED);
}

// A document of version 1 had a message for each share and all of the box. Nothing of it is
// mistaken for a document of today.
TEST_F(ManyBids, DocumentsOfVersion1AreRefusedByName) {
  OpenBoxForBids();
  ASSERT_TRUE(Submit({Supplier(1)}).ok());
  Close();
  document::v1::SignedDocument old = env_.Sign(HonestShares(1), "open-share", officers_[0]);
  const std::string shares = old.content().substr(old.content().find(",\"shares\":"));
  for (const std::string& tail :
       {std::string(R"(,"shares":[{"submissionId":"00","share":"AAAA"}]})"), shares}) {
    v1::ReleaseSharesRequest request;
    *request.mutable_document() = old;
    request.mutable_document()->set_content(
        absl::StrCat(R"({"kind":"open-share","version":1,"system":")", env_.context.system,
                     R"(","signer":"officer-1","tenderId":")", kTender, R"(","noticeHash":")",
                     notice_hash_, R"(","boxRoot":")", GetBox()->root(), R"(","i":1)", tail));
    request.set_request_id(env_.NextRequestId());
    v1::ReleaseSharesResponse response;
    EXPECT_THAT(engine_->ReleaseShares(env_.As(officers_[0]), request, &response),
                HasReason("DOCUMENT_VERSION"));
  }
}

// As many bids as it takes to need several of everything. JODAL_FULL=1 makes it 10,000 bids under
// the sizes of the product.
TEST_F(ManyBids, ALargeBoxFromTheReleaseToTheOpening) {
  const bool full = std::getenv("JODAL_FULL") != nullptr;
  const int bids = full ? 10'000 : 300;
  if (!full) {
    engine_ = std::make_unique<BiddingEngine>(env_.context, BiddingEngine::Options{0, 16});
  }
  OpenBoxForBids();
  for (int i = 1; i <= bids; ++i) ASSERT_TRUE(Submit({Supplier(i)}).ok());
  Close();
  ASSERT_EQ(GetBox()->submissions(), bids);
  ASSERT_TRUE(Release(4).ok());
  ReleaseInParts(2, bids / 3);
  ReleaseInParts(1, bids / 2 + 1);
  ASSERT_TRUE(engine_->OpenPending().ok());
  const auto box = GetBox();
  EXPECT_EQ(box->state(), v1::Box::OPENED);
  EXPECT_EQ(box->opened(), bids);
  EXPECT_EQ(box->void_bids(), 0);
  std::vector<std::string> digests;
  std::set<std::string> suppliers;
  std::string token;
  uint64_t last_seq = 0;
  do {
    const auto page = ListOpened(0, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& bid : page->bids()) {
      digests.push_back(bid.submission_digest());
      suppliers.insert(bid.supplier_id());
      EXPECT_EQ(AmountOf(bid), 1000 + static_cast<int64_t>(bid.supplier_id().size()) - 2);
      EXPECT_GT(bid.opened_seq(), last_seq);
      last_seq = bid.opened_seq();
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(suppliers.size(), static_cast<size_t>(bids));
  EXPECT_EQ(*procurement::BoxRoot(digests), box->root());
}

}  // namespace
}  // namespace jodal::bidding
