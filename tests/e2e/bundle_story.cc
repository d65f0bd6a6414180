#include "tests/e2e/bundle_story.h"

#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/bundle/export.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "common/status/macros.h"
#include "procurement/notice/periods.h"
#include "tests/support/parts.h"

namespace jodal::e2e {

using testing_support::TheLot;
using testing_support::TheOffer;

using BiddingStub = World::BiddingStub;
using ContractStub = World::ContractStub;
using PaymentStub = World::PaymentStub;
using TenderStub = World::TenderStub;

absl::StatusOr<std::unique_ptr<BundleStory>> BundleStory::Tell() {
  std::unique_ptr<BundleStory> story(new BundleStory());
  RETURN_IF_ERROR(story->Init());
  RETURN_IF_ERROR(story->Notices());
  RETURN_IF_ERROR(story->Bids());
  RETURN_IF_ERROR(story->Opening());
  RETURN_IF_ERROR(story->AwardLots());
  RETURN_IF_ERROR(story->Contract());
  RETURN_IF_ERROR(story->Payment());
  const World& w = story->world();
  RETURN_IF_ERROR(story->Export(w.notice.notice.tender_id(), *w.auditor, story->dir()));
  return story;
}

BundleStory::~BundleStory() {
  std::error_code ignored;
  if (!dir_.empty()) std::filesystem::remove_all(dir_, ignored);
}

absl::Status BundleStory::Init() {
  std::string name = "/tmp/jodal_bundle_XXXXXX";
  if (mkdtemp(name.data()) == nullptr) return absl::UnavailableError("no temporary folder");
  dir_ = name;
  ASSIGN_OR_RETURN(system_, System::Create(At(World::kStart)));
  world_ = std::make_unique<World>(*system_);
  RETURN_IF_ERROR(world_->Populate());
  ASSIGN_OR_RETURN(auto context, sdk::Context::Load(install::ContextFile(system_->dir())));
  context.training = false;  // this system's clock cannot be asked; only sessions want to know it
  ASSIGN_OR_RETURN(client_, sdk::Client::Connect(std::move(context), {}));
  ASSIGN_OR_RETURN(trust_, bundle::Trust::Load(install::TrustDir(system_->dir())));
  return absl::OkStatus();
}

absl::Status BundleStory::Export(const std::string& tender_id, const Person& reader,
                                 const std::string& dir) {
  sdk::Identity identity = reader.identity;
  return bundle::ExportBundle(*client_, identity, tender_id, dir);
}

absl::Status BundleStory::Look(const std::string& name, const std::string& state,
                               const std::string& tender_id) {
  const std::string dir = absl::StrCat(dir_, "/stage", stages_.size());
  RETURN_IF_ERROR(Export(tender_id, *world_->auditor, dir));
  stages_.push_back({name, state, bundle::VerifyBundle(dir, trust_)});
  return absl::OkStatus();
}

absl::StatusOr<std::string> BundleStory::Record(const Holiday& holiday) {
  const auto text = [](absl::CivilDay day) {
    return sdk::DocumentTime(absl::FromCivil(day, procurement::KoreanTime()));
  };
  document::v1::FactRecord doc;
  doc.set_subject("KR");
  doc.set_type("holiday");
  doc.set_value("Holiday");
  doc.set_valid_from(text(holiday.from));
  doc.set_valid_to(text(holiday.to));
  doc.set_source(absl::StrCat("Gazette ", system_->RequestId()));  // no two are the same
  doc.set_replaces(holiday.replaces);
  const auto signed_fact = system_->Sign(system_->registrar(), "fact.record", doc);
  RETURN_IF_ERROR(system_->RecordFact(signed_fact).status());
  return sdk::DocumentHash(signed_fact);
}

absl::Status BundleStory::Notices() {
  World& w = *world_;
  RETURN_IF_ERROR(Record({absl::CivilDay(2025, 1, 27), absl::CivilDay(2025, 1, 31), ""}).status());
  // Withdrawn: the deadline of the corrected notice lies on it.
  const absl::CivilDay deadline(2025, 1, 20);
  ASSIGN_OR_RETURN(const std::string mistaken, Record({deadline, deadline + 1, ""}));
  RETURN_IF_ERROR(Record({deadline, deadline, mistaken}).status());
  ASSIGN_OR_RETURN(const std::string id, w.CreateTender());
  ASSIGN_OR_RETURN(auto first, w.Prepare(w.Notice(id, World::kFirstDeadline)));
  RETURN_IF_ERROR(w.Submit(first));
  RETURN_IF_ERROR(w.Approve(first));
  RETURN_IF_ERROR(Look("first notice", "PUBLISHED", id));
  ASSIGN_OR_RETURN(cancelled_, w.AnotherTender());
  ASSIGN_OR_RETURN(failed_, w.AnotherTender());
  RETURN_IF_ERROR(w.Take("CancelTender", *w.officer, "tender.cancellation",
                         w.Cancellation(cancelled_), system_->tender(), &TenderStub::CancelTender)
                      .status());

  ASSIGN_OR_RETURN(const std::string lots_id, w.CreateTender());
  document::v1::Notice two = w.Notice(lots_id, World::kDeadline);
  TheLot(two).set_title("chairs");
  *two.add_lots() = two.lots(0);
  two.mutable_lots(1)->set_lot(2);
  two.mutable_lots(1)->set_title("desks");
  ASSIGN_OR_RETURN(lots_, w.Prepare(two));
  RETURN_IF_ERROR(w.Submit(lots_));
  RETURN_IF_ERROR(w.Approve(lots_));

  RETURN_IF_ERROR(system_->MoveTo(At(World::kBidStart)));
  RETURN_IF_ERROR(w.SubmitBid(*w.s2, w.MakeBid(*w.s2, first)));  // void with the correction
  document::v1::Notice changes = w.Notice(id, World::kDeadline);
  changes.set_title("Corrected");
  const document::v1::Notice corrected = sdk::NextNotice(first, changes);
  ASSIGN_OR_RETURN(auto withdrawn, w.Prepare(corrected));
  RETURN_IF_ERROR(w.Submit(withdrawn));  // replaced before anybody approved it
  ASSIGN_OR_RETURN(w.notice, w.Prepare(corrected));
  RETURN_IF_ERROR(w.Submit(w.notice));
  RETURN_IF_ERROR(w.Approve(w.notice));
  // Known too late: the notice stays lawful.
  RETURN_IF_ERROR(system_->MoveTo(system_->clock().Now() + absl::Minutes(1)));
  RETURN_IF_ERROR(Record({deadline, deadline + 1, ""}).status());
  return Look("corrected notice", "PUBLISHED", id);
}

absl::Status BundleStory::Bids() {
  World& w = *world_;
  System& s = *system_;
  const auto submit = [&](const Person& bidder,
                          const BidPlan& plan) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(s.MoveTo(s.clock().Now() + absl::Seconds(1)));
    ASSIGN_OR_RETURN(const auto taken,
                     s.Do("SubmitBid", &bidder, s.bidding(), &BiddingStub::SubmitBid,
                          w.MakeBid(bidder, w.notice, plan)));
    return taken.submission_id();
  };
  BidPlan plan;
  plan.price = 350'000'000;
  ASSIGN_OR_RETURN(w.s1_submission, submit(*w.s1, plan));
  plan.price = 355'000'000;
  RETURN_IF_ERROR(submit(*w.s2, plan).status());
  plan.price = 360'000'000;
  RETURN_IF_ERROR(submit(*w.s3, plan).status());
  plan.price = 100'000'000;  // below the floor
  RETURN_IF_ERROR(submit(*w.late, plan).status());

  for (const auto& [bidder, first, second] :
       {std::tuple(w.s1, 350'000'000, 360'000'000), std::tuple(w.s2, 355'000'000, 351'000'000)}) {
    BidPlan both;
    both.price = first;
    both.bid = [second = second](document::v1::Bid& bid) {
      *bid.add_offers() = bid.offers(0);
      bid.mutable_offers(1)->set_lot(2);
      bid.mutable_offers(1)->set_amount(second);
    };
    RETURN_IF_ERROR(s.Do("SubmitBid", bidder, s.bidding(), &BiddingStub::SubmitBid,
                         w.MakeBid(*bidder, lots_, both))
                        .status());
  }

  struct Case {
    const char* reason;
    BidPlan plan;
  };
  std::vector<Case> cases;
  const auto add = [&](const char* reason) -> BidPlan& {
    cases.push_back({reason, {}});
    return cases.back().plan;
  };
  add("PICKS_INVALID").bid = [](document::v1::Bid& b) {
    TheOffer(b).set_picks(1, TheOffer(b).picks(0));
  };
  add("PRICE_INVALID").price = 0;
  add("SYSTEM_MISMATCH").bid = [](document::v1::Bid& b) { b.set_system("elsewhere"); };
  add("BID_MALFORMED").json = [](std::string& json) {
    json = absl::StrReplaceAll(json, {{"\"lot\":1", "\"lot\":1,\"lot\":1"}});
  };
  add("SIGNER_MISMATCH").inner_signer = w.s1b;
  add("SIGNATURE_REFUSED").inner = [](document::v1::SignedDocument& d) {
    d.set_content(d.content() + " ");
  };
  add("PAYLOAD_MALFORMED").payload = [](std::string& payload) { payload[0] = 'X'; };
  add("CIPHERTEXT_INVALID").sealed = [](sealing::Sealed& sealed) { sealed.ciphertext[100] ^= 1; };
  add("SEAL_INCONSISTENT").sealed = [](sealing::Sealed& sealed) {
    sealed.shares[0].wrap[90] ^= 1;  // of a member who comes
  };
  add("SEAL_INCONSISTENT").sealed = [](sealing::Sealed& sealed) {
    sealed.shares[0].proof[10] ^= 1;  // a fault that everybody sees
  };
  add("SEAL_INCONSISTENT").sealed = [](sealing::Sealed& sealed) {
    sealed.shares[1].wrap[90] ^= 1;  // of a member who does not come
  };
  add("SEAL_INCONSISTENT").sealed = [](sealing::Sealed& sealed) { sealed.key_commit[0] ^= 1; };
  for (const Case& c : cases) {
    ASSIGN_OR_RETURN(const Person* bidder, s.AddOrganization("supplier", c.reason));
    ASSIGN_OR_RETURN(const std::string submission, submit(*bidder, c.plan));
    void_reasons_[submission] = c.reason;
  }
  ASSIGN_OR_RETURN(const Person* sorry, s.AddOrganization("supplier", "sorry"));
  ASSIGN_OR_RETURN(const std::string regretted, submit(*sorry, {}));
  RETURN_IF_ERROR(w.Take("CancelBid", *sorry, "bid.cancellation",
                         w.BidCancellation(w.notice, regretted), s.bidding(),
                         &BiddingStub::CancelBid)
                      .status());
  return Look("bids", "PUBLISHED", w.notice.notice.tender_id());
}

absl::Status BundleStory::Opening() {
  World& w = *world_;
  System& s = *system_;
  const std::string& id = w.notice.notice.tender_id();
  const std::string& failed = failed_.notice.tender_id();
  RETURN_IF_ERROR(s.MoveTo(At(World::kDeadline)));
  RETURN_IF_ERROR(w.WaitForTender(id, tender::v1::Tender::CLOSED));
  RETURN_IF_ERROR(w.WaitForTender(failed, tender::v1::Tender::CLOSED));
  RETURN_IF_ERROR(Look("closed", "CLOSED", id));
  RETURN_IF_ERROR(s.MoveTo(At(World::kOpenAt)));
  RETURN_IF_ERROR(w.TakeRelease(4, w.notice));
  RETURN_IF_ERROR(w.TakeRelease(0, w.notice));
  RETURN_IF_ERROR(Look("two members came", "CLOSED", id));
  RETURN_IF_ERROR(w.TakeRelease(2, w.notice));
  for (int m = 0; m < World::kQuorum; ++m) {
    RETURN_IF_ERROR(w.TakeRelease(m, failed_));
    RETURN_IF_ERROR(w.TakeRelease(m, lots_));
  }
  RETURN_IF_ERROR(w.WaitForTender(id, tender::v1::Tender::OPENED));
  RETURN_IF_ERROR(w.WaitForTender(failed, tender::v1::Tender::OPENED));
  RETURN_IF_ERROR(Look("opened", "OPENED", id));
  for (const std::string& tender : {id, failed}) {
    tender::v1::EvaluateTenderRequest evaluate;
    evaluate.set_tender_id(tender);
    RETURN_IF_ERROR(
        s.Do("EvaluateTender", w.officer, s.tender(), &TenderStub::EvaluateTender, evaluate)
            .status());
  }
  RETURN_IF_ERROR(Look("evaluated", "EVALUATED", id));
  RETURN_IF_ERROR(Look("nobody bid", "FAILED", failed));
  RETURN_IF_ERROR(Look("cancelled", "CANCELLED", cancelled_.notice.tender_id()));
  RETURN_IF_ERROR(w.Refresh());
  RETURN_IF_ERROR(w.Take("DecideAward", *w.officer, "award.decision", w.Award(), s.tender(),
                         &TenderStub::DecideAward)
                      .status());
  return w.Refresh();
}

// The lots go to different suppliers, and each gets a contract.
absl::Status BundleStory::AwardLots() {
  World& w = *world_;
  System& s = *system_;
  const std::string& id = lots_.notice.tender_id();
  RETURN_IF_ERROR(w.WaitForTender(id, tender::v1::Tender::OPENED));
  tender::v1::EvaluateTenderRequest evaluate;
  evaluate.set_tender_id(id);
  RETURN_IF_ERROR(
      s.Do("EvaluateTender", w.officer, s.tender(), &TenderStub::EvaluateTender, evaluate)
          .status());
  ASSIGN_OR_RETURN(const auto tender, w.Tender(id));
  tender::v1::GetResultRequest request;
  request.set_tender_id(id);
  ASSIGN_OR_RETURN(const auto got, s.Call(s.tender(), &TenderStub::GetResult, request));
  ASSIGN_OR_RETURN(const auto result, sdk::ReadResult(tender, got.result()));
  ASSIGN_OR_RETURN(const auto award, sdk::AwardFor(tender, result, "lowest"));
  RETURN_IF_ERROR(w.Take("DecideAward", *w.officer, "award.decision", award, s.tender(),
                         &TenderStub::DecideAward)
                      .status());
  contract::v1::ListContractsRequest of_tender;
  of_tender.set_tender_id(id);
  RETURN_IF_ERROR(Await("both contracts", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto list,
                     s.Call(s.contract(), &ContractStub::ListContracts, of_tender));
    return list.contracts_size() == 2;
  }));
  return Look("two lots", "AWARDED", id);
}

absl::Status BundleStory::Contract() {
  World& w = *world_;
  System& s = *system_;
  const std::string& id = w.notice.notice.tender_id();
  RETURN_IF_ERROR(Look("awarded", "AWARDED", id));
  RETURN_IF_ERROR(w.Take("OfferContract", *w.officer, "contract.offer", w.Offer(), s.contract(),
                         &ContractStub::ActOnContract)
                      .status());
  RETURN_IF_ERROR(w.Refresh());
  RETURN_IF_ERROR(w.Take("ConsentContract", *w.s1, "contract.consent", w.Consent(), s.contract(),
                         &ContractStub::ActOnContract)
                      .status());
  RETURN_IF_ERROR(w.Refresh());
  RETURN_IF_ERROR(w.Take("ConfirmContract", *w.officer, "contract.confirmation", w.Confirmation(),
                         s.contract(), &ContractStub::ActOnContract)
                      .status());
  RETURN_IF_ERROR(w.Refresh());
  RETURN_IF_ERROR(Look("contract formed", "CONTRACTED", id));
  RETURN_IF_ERROR(w.Take("ReportDelivery", *w.s1, "delivery.report", w.Report(), s.contract(),
                         &ContractStub::ActOnContract)
                      .status());
  RETURN_IF_ERROR(w.Refresh());
  RETURN_IF_ERROR(w.Take("InspectDelivery", *w.inspector, "delivery.inspection", w.Inspection(),
                         s.contract(), &ContractStub::ActOnContract)
                      .status());
  return w.Refresh();
}

absl::Status BundleStory::Payment() {
  World& w = *world_;
  System& s = *system_;
  const std::string& id = w.notice.notice.tender_id();
  const auto account = [&](int version) {
    return w.Take("SubmitAccount", *w.s1, "account", w.Account(version), s.payment(),
                  &PaymentStub::SubmitAccount);
  };
  const auto invoice = [&]() -> absl::Status {
    RETURN_IF_ERROR(w.Refresh());
    return w
        .Take("CreateInvoice", *w.s1, "invoice", w.Invoice(), s.payment(),
              &PaymentStub::CreateInvoice)
        .status();
  };
  const auto approve = [&](const Person& who) -> absl::Status {
    RETURN_IF_ERROR(w.Refresh());
    return w
        .Take("ApprovePayment", who, "payment.approval", w.PaymentApproval(), s.payment(),
              &PaymentStub::ApprovePayment)
        .status();
  };
  RETURN_IF_ERROR(account(1).status());
  RETURN_IF_ERROR(invoice());
  RETURN_IF_ERROR(approve(*w.paymaster));
  RETURN_IF_ERROR(Look("one approval", "COMPLETED", id));
  // The supplier changes his bank account: everything is signed again.
  ASSIGN_OR_RETURN(const auto submitted, account(2));
  ASSIGN_OR_RETURN(const auto change, sdk::AccountApprovalFor(submitted.account()));
  ASSIGN_OR_RETURN(const auto waiting, w.Take("ApproveAccount", *w.s1b, "account.approval", change,
                                              s.payment(), &PaymentStub::ApproveAccount));
  RETURN_IF_ERROR(s.MoveTo(absl::FromUnixNanos(waiting.account().effective_time_ns())));
  RETURN_IF_ERROR(invoice());
  RETURN_IF_ERROR(approve(*w.paymaster));
  RETURN_IF_ERROR(approve(*w.paymaster2));
  RETURN_IF_ERROR(w.Refresh());
  RETURN_IF_ERROR(Look("ordered", "ORDERED", id));
  RETURN_IF_ERROR(w.Take("SettlePayment", *w.bank, "payment.settlement", w.Settlement(),
                         s.payment(), &PaymentStub::SettlePayment)
                      .status());
  return Look("settled", "SETTLED", id);
}

}  // namespace jodal::e2e
