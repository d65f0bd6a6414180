// Bids, cancellations, shares, the opening.
#include "procurement/bid/submission.h"
#include "tests/e2e/bad_input.h"
#include "tests/support/parts.h"

namespace jodal::e2e {

using testing_support::AmountOf;
using testing_support::TheOffer;

using absl::StrCat;

// One nanosecond before the window.
void BadInputTest::EarlyRows() {
  const auto bid = w().MakeBid(*w().late, w().notice);
  Refused(
      "bid: early by one nanosecond", [&] { return w().SubmitBid(*w().late, bid); },
      "BIDDING_NOT_STARTED");
  Refused(
      "box: made again for a version that was replaced",
      [&] { return CreateBox(BoxRequest(first_)); }, "NOTICE_VERSION_STALE");
  Refused(
      "box: for a correction that names no predecessor",
      [&] {
        auto next = NextVersion(w().notice).notice;
        next.set_previous_notice_hash(first_.hash_hex());
        next.clear_signer();
        return CreateBox(BoxRequest(w().Prepare(next).value()));
      },
      "NOTICE_CHAIN_BROKEN");
}

// Bids that the service cannot see through before the opening: taken, and void then.
void BadInputTest::VoidBids() {
  struct Case {
    std::string reason;
    std::string name;
    BidPlan plan;
  };
  using Bid = document::v1::Bid;
  std::vector<Case> cases;
  const auto add = [&](const std::string& reason, const std::string& name, BidPlan plan) {
    cases.push_back({reason, name, std::move(plan)});
  };
  const auto bid = [&](const std::string& reason, const std::string& name,
                       std::function<void(Bid&)> spoil) {
    BidPlan plan;
    plan.bid = std::move(spoil);
    add(reason, name, std::move(plan));
  };
  bid("LOT_INVALID", "another lot", [](Bid& b) { TheOffer(b).set_lot(2); });
  bid("TENDER_MISMATCH", "another tender inside",
      [&](Bid& b) { b.set_tender_id(another_.notice.tender_id()); });
  bid("NOTICE_MISMATCH", "a replaced notice inside",
      [&](Bid& b) { b.set_notice_hash(first_.hash_hex()); });
  bid("STAGE_MISMATCH", "another stage inside", [](Bid& b) { b.set_stage(2); });
  bid("STAGE_MISMATCH", "another round inside", [](Bid& b) { b.set_round(2); });
  bid("LOT_INVALID", "no lot", [](Bid& b) { b.clear_offers(); });
  bid("OFFER_INVALID", "a unit price that nobody asked for",
      [](Bid& b) { TheOffer(b).add_unit_prices()->set_price(1); });
  bid("BIDDER_MISMATCH", "another bidder inside",
      [&](Bid& b) { b.set_bidder_id(w().s1->organization()); });
  bid("SUBMISSION_MISMATCH", "another submission inside",
      [&](Bid& b) { b.set_submission_id(s().RequestId()); });
  bid("PRICE_INVALID", "a price of nothing", [](Bid& b) { TheOffer(b).set_amount(0); });
  bid("CURRENCY_INVALID", "another currency", [](Bid& b) { b.set_currency("USD"); });
  bid("PICKS_INVALID", "one number picked twice",
      [](Bid& b) { TheOffer(b).set_picks(1, TheOffer(b).picks(0)); });
  bid("PICKS_INVALID", "the number 16 picked", [](Bid& b) { TheOffer(b).set_picks(1, 16); });
  bid("NONCE_INVALID", "a short nonce", [](Bid& b) { b.set_nonce("short"); });
  bid("SYSTEM_MISMATCH", "another system inside", [](Bid& b) { b.set_system("jodal.example"); });
  bid("SIGNER_MISMATCH", "another person named as signer",
      [&](Bid& b) { b.set_signer(w().s1->id()); });
  BidPlan plan;
  plan.inner_signer = w().s1;
  add("SIGNER_MISMATCH", "another certificate inside", plan);
  plan = {};
  plan.json = [](std::string& json) { json = Replace(json, "330000000", "330000000.0"); };
  add("BID_MALFORMED", "a float for a price", plan);
  plan = {};
  plan.json = [](std::string& json) { json = Replace(json, "\"lot\":1", "\"lot\":1,\"lot\":1"); };
  add("BID_MALFORMED", "a name twice", plan);
  plan = {};
  plan.inner = [](document::v1::SignedDocument& d) {
    d.set_content(Replace(d.content(), "330000000", "330000001"));
  };
  add("SIGNATURE_REFUSED", "the price altered after signing", plan);
  plan = {};
  plan.payload = [](std::string& payload) { payload[0] = 'X'; };
  add("PAYLOAD_MALFORMED", "no payload", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.ciphertext[100] ^= 1; };
  add("CIPHERTEXT_INVALID", "an altered ciphertext, sealed as such", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.shares[4].wrap[90] ^= 1; };
  add("SEAL_INCONSISTENT", "an altered share, of a member who may not come", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.shares[0].commit[0] ^= 1; };
  add("SEAL_INCONSISTENT", "an altered commitment", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.key_commit[0] ^= 1; };
  add("SEAL_INCONSISTENT", "an altered key commitment", plan);
  plan = {};
  plan.sealed = [&](sealing::Sealed& sealed) {  // of supplier 1, under one's own signature
    document::v1::Seal of_s1;
    EXPECT_TRUE(document::ParseStrictJson(s1_bid_.seal().content(), &of_s1).ok());
    sealed = procurement::ToSealed(of_s1).value();
    sealed.ciphertext = s1_bid_.ciphertext();
  };
  add("SEAL_INCONSISTENT", "another bidder's ciphertext and shares", plan);

  for (const Case& c : cases) {
    const Person& bidder = *Step(s().AddOrganization("supplier", c.name));
    const auto request = w().MakeBid(bidder, w().notice, c.plan);
    const auto taken =
        Step(s().Do("SubmitBid", &bidder, s().bidding(), &BiddingStub::SubmitBid, request));
    void_reasons_[taken.submission_id()] = c.reason;
  }
}

// In the window; supplier 1 has bid.
void BadInputTest::BidRows() {
  const auto& notice = w().notice;
  Person& late = *w().late;
  const auto row = [&](const std::string& name, const std::string& reason, const BidPlan& plan,
                       const std::function<void(bidding::v1::SubmitBidRequest&)>& spoil = nullptr,
                       const std::string& detail = "") {
    auto request = w().MakeBid(late, notice, plan);
    if (spoil) spoil(request);
    Refused(
        "bid: " + name, [&] { return w().SubmitBid(late, request); }, reason, detail);
  };
  const auto seal = [&](const std::string& name, const std::string& reason,
                        std::function<void(document::v1::Seal&)> spoil,
                        const std::string& detail = "") {
    BidPlan plan;
    plan.seal = std::move(spoil);
    row(name, reason, plan, nullptr, detail);
  };
  using Seal = document::v1::Seal;
  using Request = bidding::v1::SubmitBidRequest;
  seal("a tender that is not there", "BOX_NOT_FOUND",
       [](Seal& d) { d.set_tender_id("R25BK00000000"); });
  seal("a tender id that is a path", "BOX_NOT_FOUND", [](Seal& d) { d.set_tender_id("../x"); });
  seal("another tender, sealed for this one", "NOTICE_MISMATCH",
       [&](Seal& d) { d.set_tender_id(another_.notice.tender_id()); });
  seal("an unknown notice", "NOTICE_MISMATCH",
       [](Seal& d) { d.set_notice_hash(std::string(64, 'a')); });
  Refused(
      "bid: for a notice that was replaced",
      [&] { return w().SubmitBid(late, w().MakeBid(late, first_)); }, "NOTICE_SUPERSEDED");
  seal("another system", "DOCUMENT_SYSTEM", [](Seal& d) { d.set_system("jodal.example"); });
  seal("another signer named", "DOCUMENT_SIGNER", [&](Seal& d) { d.set_signer(w().s1->id()); });
  seal("another kind", "DOCUMENT_KIND", [](Seal& d) { d.set_kind("bid"); });
  seal(
      "another format", "SEAL_INVALID", [](Seal& d) { d.set_format("SB0"); }, "format");
  seal(
      "replacing another", "SEAL_INVALID", [&](Seal& d) { d.set_replaces(w().s1_submission); },
      "replaces");
  seal(
      "a bad submission id", "SEAL_INVALID", [](Seal& d) { d.set_submission_id("X"); },
      "submissionId");
  seal(
      "a share missing", "SEAL_INVALID", [](Seal& d) { d.mutable_shares()->RemoveLast(); },
      "shares");
  seal(
      "a share twice", "SEAL_INVALID", [](Seal& d) { *d.mutable_shares(1) = d.shares(0); },
      "shares");
  seal(
      "a share that is no point", "SEAL_INVALID",
      [](Seal& d) { d.mutable_shares(0)->mutable_wrap()->at(10) ^= 1; }, "shares");
  seal("fewer members needed than the notice says", "SEAL_COMMITTEE_MISMATCH",
       [](Seal& d) { d.set_quorum(2); });
  seal("a smaller committee", "SEAL_COMMITTEE_MISMATCH", [](Seal& d) {
    d.set_members(4);
    d.mutable_shares()->RemoveLast();
  });
  seal(
      "in no stage", "SEAL_INVALID", [](Seal& d) { d.set_stage(0); }, "stage");
  seal("for another round", "BOX_NOT_FOUND", [](Seal& d) { d.set_round(2); });
  seal("for another stage", "BOX_NOT_FOUND", [](Seal& d) { d.set_stage(2); });
  seal(
      "with an attachment", "SEAL_INVALID", [](Seal& d) { d.add_attachments(); }, "attachments");
  seal("bound to another certificate", "BIDDER_CERT_MISMATCH",
       [&](Seal& d) { d.set_bidder_cert_sha256(w().s1->identity.cert_sha256()); });
  seal("an altered digest", "CIPHERTEXT_MISMATCH",
       [](Seal& d) { d.set_ciphertext_sha256(std::string(64, 'a')); });
  seal("an altered size", "CIPHERTEXT_MISMATCH", [](Seal& d) { d.set_ciphertext_size(1); });
  row("an altered ciphertext", "CIPHERTEXT_MISMATCH", {},
      [](Request& r) { r.mutable_ciphertext()->at(50) ^= 1; });
  row("a truncated ciphertext", "CIPHERTEXT_SIZE", {},
      [](Request& r) { r.mutable_ciphertext()->pop_back(); });
  row("no ciphertext", "CIPHERTEXT_SIZE", {}, [](Request& r) { r.clear_ciphertext(); });
  row("a ciphertext of more than 64 KiB", "CIPHERTEXT_SIZE", {},
      [](Request& r) { r.set_ciphertext(std::string(17 * 4096 + 16, 'x')); });
  row(
      "an altered share", "SIGNATURE_REFUSED", {},
      [](Request& r) {
        document::v1::Seal seal;
        EXPECT_TRUE(document::ParseStrictJson(r.seal().content(), &seal).ok());
        seal.mutable_shares(0)->mutable_commit()->at(0) ^= 1;
        r.mutable_seal()->set_content(document::ToCanonicalJson(seal).value());
      },
      "CONTENT_DIGEST");
  Refused(
      "bid: signed by another certificate than the session's",
      [&] {
        auto request = w().MakeBid(*w().s2, notice);
        return w().SubmitBid(late, request);
      },
      "SIGNER_MISMATCH");
  const auto send = [&](document::v1::SignedDocument document) {
    auto request = w().MakeBid(late, notice);
    *request.mutable_seal() = std::move(document);
    return w().SubmitBid(late, request);
  };
  const std::string json = w().MakeBid(late, notice).seal().content();
  SpoiltCms("bid", late, json, send);
  SpoiltJson("bid", late, json, send, {{"DOCUMENT_TOO_LARGE", "SEAL_INVALID"}});

  // Supplier 1 again.
  const auto again = [&](const std::string& name, const std::string& reason,
                         const std::function<Request()>& make) {
    Refused(
        "bid: " + name, [&] { return w().SubmitBid(*w().s1, make()); }, reason);
  };
  again("the same under a new request id", "SUPPLIER_ALREADY_BID", [&] {
    Request r = s1_bid_;
    r.set_request_id(s().RequestId());
    return r;
  });
  again("a second one", "SUPPLIER_ALREADY_BID", [&] { return w().MakeBid(*w().s1, notice); });
  again("the same submission id with other content", "SUBMISSION_ID_REUSED", [&] {
    BidPlan plan;
    plan.submission_id = w().s1_submission;
    return w().MakeBid(*w().s1, notice, plan);
  });
  again("the same request id with other content", "REQUEST_ID_REUSED", [&] {
    Request r = w().MakeBid(*w().s1, notice);
    r.set_request_id(s1_bid_.request_id());
    return r;
  });
  again("the same request id with another ciphertext", "REQUEST_ID_REUSED", [&] {
    Request r = s1_bid_;
    r.mutable_ciphertext()->at(0) ^= 1;
    return r;
  });
  Refused(
      "bid: a second one by another person of the supplier",
      [&] { return w().SubmitBid(*w().s1b, w().MakeBid(*w().s1b, notice)); },
      "SUPPLIER_ALREADY_BID");
  Refused(
      "bid: another supplier's submission id",
      [&] {
        BidPlan plan;
        plan.submission_id = w().s1_submission;
        return w().SubmitBid(late, w().MakeBid(late, notice, plan));
      },
      "SUBMISSION_ID_REUSED");
  Refused(
      "bid: another supplier's bid sent as one's own",
      [&] {
        Request r = s1_bid_;
        r.set_request_id(s().RequestId());
        return w().SubmitBid(late, r);
      },
      "SIGNER_MISMATCH");

  // Certificates that ran out or were revoked while the session is open.
  const absl::Time now = s().clock().Now();
  Person& expiring =
      *Step(s().AddOrganization("supplier", "expiring", {.not_after = now + absl::Hours(1)}));
  Person& revoked = *Step(s().AddOrganization("supplier", "revoked later"));
  MoveTo(now + absl::Hours(1));
  Refused(
      "bid: by a certificate that has just expired",
      [&] { return w().SubmitBid(expiring, w().MakeBid(expiring, notice)); }, "SIGNATURE_REFUSED",
      "CERT_EXPIRED");
  Refused(
      "session: by a certificate that has just expired",
      [&] { return OpenSession(s().LoginRequest(expiring).value()); }, "SIGNATURE_REFUSED",
      "CERT_EXPIRED");
  Step(Revoke(revoked));
  Refused(
      "bid: by a certificate that has just been revoked",
      [&] { return w().SubmitBid(revoked, w().MakeBid(revoked, notice)); }, "SIGNATURE_REFUSED",
      "CERT_REVOKED");
  Refused(
      "session: by a certificate that has just been revoked",
      [&] { return OpenSession(s().LoginRequest(revoked).value()); }, "SIGNATURE_REFUSED",
      "CERT_REVOKED");
  expiring.token.clear();
  revoked.token.clear();

  // Cancellations.
  const auto cancel = [&](const Person& who, const sdk::PublishedNotice& of,
                          const std::string& submission) {
    return w().Send(who, "bid.cancellation", w().BidCancellation(of, submission), s().bidding(),
                    &BiddingStub::CancelBid);
  };
  Refused(
      "cancellation: of another supplier's bid",
      [&] { return cancel(late, notice, w().s1_submission); }, "BID_NOT_FOUND");
  Refused(
      "cancellation: of a bid that is not there",
      [&] { return cancel(*w().s1, notice, s().RequestId()); }, "BID_NOT_FOUND");
  Refused(
      "cancellation: under a replaced notice",
      [&] { return cancel(*w().s1, first_, w().s1_submission); }, "NOTICE_SUPERSEDED");
  Refused(
      "cancellation: in another tender",
      [&] { return cancel(*w().s1, another_, w().s1_submission); }, "BID_NOT_FOUND");
  Person& sorry = *Step(s().AddOrganization("supplier", "sorry"));
  const auto sorry_bid = Step(s().Do("SubmitBid", &sorry, s().bidding(), &BiddingStub::SubmitBid,
                                     w().MakeBid(sorry, notice)));
  Step(cancel(sorry, notice, sorry_bid.submission_id()));
  Refused(
      "cancellation: twice", [&] { return cancel(sorry, notice, sorry_bid.submission_id()); },
      "BID_ALREADY_CANCELLED");
  Refused(
      "bid: after a cancellation", [&] { return w().SubmitBid(sorry, w().MakeBid(sorry, notice)); },
      "BIDDER_BARRED");

  // Shares before the close.
  Refused(
      "shares: before the close",
      [&] { return w().Release(*w().member[0], w().Shares(0, notice)); }, "BOX_NOT_CLOSED");
  const auto list = [&](const Person* who) {
    bidding::v1::ListSealedBidsRequest request;
    request.set_tender_id(notice.notice.tender_id());
    return s().Call(s().bidding(), &BiddingStub::ListSealedBids, request, who).status();
  };
  Refused(
      "seals: listed by a member before the close", [&] { return list(w().member[0]); },
      "BOX_NOT_CLOSED");
  Refused(
      "seals: listed by the officer", [&] { return list(w().officer); }, "NOT_COMMITTEE_MEMBER");
  Refused(
      "seals: listed by nobody", [&] { return list(nullptr); }, "NOT_COMMITTEE_MEMBER");
}

// The box is closed and may be opened; nobody has released shares.
void BadInputTest::ShareRows() {
  const auto& notice = w().notice;
  using Doc = document::v1::OpenShares;
  const Doc honest = w().Shares(0, notice);
  const Person& first = *w().member[0];
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Doc&)>& spoil) {
    Doc doc = honest;
    spoil(doc);
    Refused(
        "shares: " + name, [&] { return w().Release(first, doc); }, reason);
  };
  int good = 0;  // of two good wraps in a row
  const auto is_bad = [&](int at) {
    return std::any_of(honest.bad_wraps().begin(), honest.bad_wraps().end(),
                       [at](const auto& bad) { return bad.position() == at; });
  };
  while (is_bad(good) || is_bad(good + 1)) ++good;
  const size_t at = static_cast<size_t>(good) * 32;
  ASSERT_LE(at + 64, honest.shares().size());
  const auto accuse = [good, at](Doc& d, const std::string& proof) {
    d.mutable_shares()->replace(at, 32, std::string(32, '\0'));
    auto* bad = d.add_bad_wraps();
    bad->set_position(good);
    bad->set_proof(proof);
    std::sort(d.mutable_bad_wraps()->begin(), d.mutable_bad_wraps()->end(),
              [](const auto& a, const auto& b) { return a.position() < b.position(); });
  };
  row("wrong bytes", "SHARE_COMMIT_MISMATCH", [&](Doc& d) { d.mutable_shares()->at(at) ^= 1; });
  row("a false claim of a bad wrap", "BAD_WRAP_PROOF_INVALID",
      [&](Doc& d) { accuse(d, std::string(129, 'x')); });
  row("a claim of a bad wrap without proof", "BAD_WRAP_PROOF_INVALID",
      [&](Doc& d) { accuse(d, ""); });
  row("neither share nor claim", "SHARE_COMMIT_MISMATCH",
      [&](Doc& d) { d.mutable_shares()->replace(at, 32, std::string(32, '\0')); });
  row("both share and claim", "SHARES_MISMATCH", [&](Doc& d) {
    accuse(d, "");
    d.mutable_shares()->at(at) = 1;
  });
  row("a cut share", "SHARES_MISMATCH", [](Doc& d) { d.mutable_shares()->pop_back(); });
  row("none", "SHARES_MISMATCH", [](Doc& d) {
    d.clear_shares();
    d.clear_bad_wraps();
  });
  row("one too many", "SHARES_MISMATCH", [](Doc& d) { d.mutable_shares()->append(32, 'x'); });
  row("from the middle of the box", "SHARES_MISMATCH", [](Doc& d) { d.set_first(1); });
  row("in another order", "SHARE_COMMIT_MISMATCH", [&](Doc& d) {
    d.mutable_shares()->replace(
        at, 64, honest.shares().substr(at + 32, 32) + honest.shares().substr(at, 32));
  });
  row("of another box root", "BOX_ROOT_MISMATCH",
      [](Doc& d) { d.set_box_root(std::string(64, 'a')); });
  row("under a replaced notice", "NOTICE_SUPERSEDED",
      [&](Doc& d) { d.set_notice_hash(first_.hash_hex()); });
  row("under an unknown notice", "NOTICE_MISMATCH",
      [](Doc& d) { d.set_notice_hash(std::string(64, 'a')); });
  row("in another member's seat", "NOT_COMMITTEE_MEMBER", [](Doc& d) { d.set_member(2); });
  row("in a seat that is not there", "NOT_COMMITTEE_MEMBER", [](Doc& d) { d.set_member(6); });
  Refused(
      "shares: by a member of no seat here",
      [&] { return w().Release(*w().spare, w().Shares(0, notice)); }, "NOT_COMMITTEE_MEMBER");
  Refused(
      "shares: signed by another certificate than the session's",
      [&] {
        return w().SendSigned(first, w().SignAnew(*w().member[1], "open-share", honest),
                              s().bidding(), &BiddingStub::ReleaseShares);
      },
      "SIGNER_MISMATCH");
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(first, std::move(document), s().bidding(), &BiddingStub::ReleaseShares);
  };
  const std::string json = s().Json(first, "open-share", honest);
  SpoiltCms("shares", first, json, send);
  SpoiltJson("shares", first, json, send);

  Step(w().TakeRelease(0, notice));
  Refused(
      "shares: the same officer twice", [&] { return w().Release(first, honest); },
      "SHARES_ALREADY_RELEASED");
  Step(w().TakeRelease(1, notice));
  // Two of three: the box stays closed.
  EXPECT_EQ(w().Box(notice.notice.tender_id())->state(), bidding::v1::Box::CLOSED);
  Refused(
      "opening: evaluated with fewer than k shares",
      [&] { return w().Evaluate(*w().officer, notice.notice.tender_id()); }, "WRONG_STATE");
  bidding::v1::ListOpenedBidsRequest opened;
  opened.set_tender_id(notice.notice.tender_id());
  Refused(
      "opening: bids read with fewer than k shares",
      [&] { return s().Call(s().bidding(), &BiddingStub::ListOpenedBids, opened).status(); },
      "BOX_NOT_OPENED");
  bidding::v1::ListSharesRequest shares;
  shares.set_tender_id(notice.notice.tender_id());
  Refused(
      "opening: shares read with fewer than k shares",
      [&] { return s().Call(s().bidding(), &BiddingStub::ListShares, shares).status(); },
      "BOX_NOT_OPENED");
  Step(w().TakeRelease(2, notice));
  Step(w().WaitForTender(notice.notice.tender_id(), tender::v1::Tender::OPENED));

  const auto bids = Step(s().Call(s().bidding(), &BiddingStub::ListOpenedBids, opened));
  int valid = 0;
  for (const auto& bid : bids.bids()) {
    const auto expected = void_reasons_.find(bid.submission_id());
    valid += bid.void_reason().empty() ? 1 : 0;
    EXPECT_EQ(bid.void_reason(), expected == void_reasons_.end() ? "" : expected->second)
        << bid.submission_id();
    EXPECT_EQ(AmountOf(bid) == 0, !bid.void_reason().empty());
  }
  EXPECT_EQ(valid, 3);
  EXPECT_EQ(bids.bids_size(), 3 + static_cast<int>(void_reasons_.size()));
}

}  // namespace jodal::e2e
