#include "tests/e2e/world.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/config/log_origin.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "procurement/award/result.h"
#include "procurement/bid/submission.h"
#include "tests/support/parts.h"

namespace jodal::e2e {

using testing_support::TheLot;
using testing_support::TheStage;
namespace {

constexpr auto kPatience = std::chrono::seconds(20);  // real time for what happens by itself

}  // namespace

absl::Status Await(const std::string& what, const std::function<absl::StatusOr<bool>()>& look) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    ASSIGN_OR_RETURN(const bool there, look());
    if (there) return absl::OkStatus();
    if (std::chrono::steady_clock::now() > end) {
      return absl::DeadlineExceededError("waited in vain for " + what);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

absl::Status World::Populate() {
  const auto all =
      std::vector<std::string>{"officer", "approver", "inspector", "paymaster", "committee"};
  ASSIGN_OR_RETURN(agency, s.AddOrganization("agency", "agency"));
  ASSIGN_OR_RETURN(officer, s.AddPerson(*agency, "officer", {"officer", "approver"}));
  ASSIGN_OR_RETURN(approver, s.AddPerson(*agency, "approver", {"approver"}));
  ASSIGN_OR_RETURN(inspector, s.AddPerson(*agency, "inspector", {"inspector"}));
  ASSIGN_OR_RETURN(paymaster, s.AddPerson(*agency, "paymaster", {"paymaster"}));
  ASSIGN_OR_RETURN(paymaster2, s.AddPerson(*agency, "paymaster 2", {"paymaster"}));
  ASSIGN_OR_RETURN(auditor, s.AddOrganization("auditor", "auditor"));
  for (int i = 0; i < kMembers; ++i) {
    const Person& of = i + 1 < kMembers ? *agency : *auditor;
    ASSIGN_OR_RETURN(member[i], s.AddPerson(of, absl::StrCat("member ", i + 1), {"committee"}));
  }
  ASSIGN_OR_RETURN(spare, s.AddPerson(*agency, "spare member", {"committee"}));
  ASSIGN_OR_RETURN(other_agency, s.AddOrganization("agency", "other agency"));
  ASSIGN_OR_RETURN(other, s.AddPerson(*other_agency, "other agency's officer", all));
  ASSIGN_OR_RETURN(s1, s.AddOrganization("supplier", "supplier 1"));
  ASSIGN_OR_RETURN(s1b, s.AddPerson(*s1, "supplier 1's second person", {"supplier"}));
  ASSIGN_OR_RETURN(s2, s.AddOrganization("supplier", "supplier 2"));
  ASSIGN_OR_RETURN(s3, s.AddOrganization("supplier", "supplier 3"));
  ASSIGN_OR_RETURN(late, s.AddOrganization("supplier", "late supplier"));
  ASSIGN_OR_RETURN(bank, s.AddOrganization("bank", "bank"));
  ASSIGN_OR_RETURN(other_bank, s.AddOrganization("bank", "other bank"));
  return absl::OkStatus();
}

// --- Tenders

absl::StatusOr<std::string> World::CreateTender() {
  ASSIGN_OR_RETURN(const auto created,
                   s.Do("CreateTender", officer, s.tender(), &TenderStub::CreateTender,
                        tender::v1::CreateTenderRequest()));
  return created.tender().tender_id();
}

document::v1::Notice World::Notice(const std::string& tender_id, const std::string& deadline) {
  document::v1::Notice n;
  n.set_tender_id(tender_id);
  n.set_title("Test");
  n.set_procurement_kind("general_services");
  n.set_rule_set("kr-state-general-services-2024");
  TheLot(n).set_presumed_price(367'529'090);
  TheLot(n).set_base_amount(404'282'000);
  TheLot(n).set_floor_rate_ppm(804'950);
  TheStage(n).set_bid_start(kBidStart);
  TheStage(n).set_deadline(deadline);
  TheStage(n).set_open_at(sdk::DocumentTime(At(deadline) + absl::Hours(1)));
  sdk::CompleteNotice(
      {agency->organization(),
       config::LogOrigin({.system = s.name(), .training = true, .service = "bidding"})},
      &n);
  std::vector<document::v1::CommitteeMember> seats;
  for (const Person* person : member) seats.push_back(sdk::CommitteeMemberFor(person->identity));
  sdk::SeatCommittee(kQuorum, seats, &n);
  return n;
}

absl::StatusOr<sdk::PublishedNotice> World::Prepare(const document::v1::Notice& notice) {
  return sdk::PublishedNotice::Parse(SignAnew(*officer, "notice", notice));
}

absl::Status World::Submit(const sdk::PublishedNotice& notice) {
  tender::v1::SubmitNoticeRequest request;
  *request.mutable_document() = notice.document;
  return s.Do("SubmitNotice", officer, s.tender(), &TenderStub::SubmitNotice, request).status();
}

absl::Status World::Approve(const sdk::PublishedNotice& notice) {
  return Take("ApproveNotice", *approver, "notice.approval", Approval(notice), s.tender(),
              &TenderStub::ApproveNotice)
      .status();
}

absl::StatusOr<sdk::PublishedNotice> World::AnotherTender() {
  ASSIGN_OR_RETURN(const std::string id, CreateTender());
  ASSIGN_OR_RETURN(auto published, Prepare(Notice(id, kDeadline)));
  RETURN_IF_ERROR(Submit(published));
  RETURN_IF_ERROR(Approve(published));
  return published;
}

document::v1::NoticeApproval World::Approval(const sdk::PublishedNotice& notice) const {
  tender::v1::Tender waiting;
  waiting.set_tender_id(notice.notice.tender_id());
  waiting.set_pending_hash(notice.hash_hex());
  waiting.set_state(tender::v1::Tender::SUBMITTED);
  return sdk::NoticeApprovalFor(waiting, notice).value();
}

document::v1::TenderCancellation World::Cancellation(const sdk::PublishedNotice& notice) const {
  tender::v1::Tender published;
  published.set_tender_id(notice.notice.tender_id());
  published.set_notice_hash(notice.hash_hex());
  published.set_state(tender::v1::Tender::PUBLISHED);
  return sdk::CancellationFor(published, "Test").value();
}

absl::StatusOr<tender::v1::Tender> World::Tender(const std::string& tender_id) {
  tender::v1::GetTenderRequest request;
  request.set_tender_id(tender_id);
  ASSIGN_OR_RETURN(const auto response,
                   s.Call(s.tender(), &TenderStub::GetTender, request, officer));
  return response.tender();
}

absl::Status World::WaitForTender(const std::string& tender_id, tender::v1::Tender::State state) {
  return Await(tender::v1::Tender::State_Name(state), [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto now, Tender(tender_id));
    return now.state() == state;
  });
}

absl::StatusOr<bidding::v1::Box> World::Box(const std::string& tender_id) {
  bidding::v1::GetBoxRequest request;
  request.set_tender_id(tender_id);
  ASSIGN_OR_RETURN(const auto response, s.Call(s.bidding(), &BiddingStub::GetBox, request));
  return response.box();
}

absl::Status World::Evaluate(const Person& who, const std::string& tender_id) {
  tender::v1::EvaluateTenderRequest request;
  request.set_tender_id(tender_id);
  request.set_request_id(s.RequestId());
  return s.Call(s.tender(), &TenderStub::EvaluateTender, request, &who).status();
}

// --- Bids and shares

bidding::v1::SubmitBidRequest World::MakeBid(const Person& bidder,
                                             const sdk::PublishedNotice& notice,
                                             const BidPlan& plan) {
  const std::string submission_id = plan.submission_id.empty() ? s.RequestId() : plan.submission_id;
  document::v1::Bid bid;
  bid.set_tender_id(notice.notice.tender_id());
  bid.set_notice_hash(notice.hash_hex());
  bid.set_bidder_id(bidder.organization());
  bid.set_stage(1);
  bid.set_round(1);
  bid.set_currency("KRW");
  document::v1::Offer& offer = *bid.add_offers();
  offer.set_lot(1);
  offer.set_amount(plan.price);
  offer.add_picks(3);
  offer.add_picks(7);
  bid.set_nonce(s.random().Bytes(32));
  bid.set_submission_id(submission_id);
  if (plan.bid) plan.bid(bid);
  std::string json = s.Json(bidder, "bid", bid);
  if (plan.json) plan.json(json);
  const Person& inner_signer = plan.inner_signer != nullptr ? *plan.inner_signer : bidder;
  document::v1::SignedDocument inner = inner_signer.identity.Sign(json).value();
  if (plan.inner) plan.inner(inner);
  std::string payload = sealing::EncodePayload({inner.content(), inner.signature()}).value();
  if (plan.payload) plan.payload(payload);

  const std::string cert = bidder.identity.certificate().sha256();
  sealing::Sealed sealed =
      sealing::Seal(notice.committee().value(), cert, payload, s.random().Bytes(32)).value();
  if (plan.sealed) plan.sealed(sealed);
  document::v1::Seal seal;
  seal.set_format("SB1");
  seal.set_tender_id(notice.notice.tender_id());
  seal.set_notice_hash(notice.hash_hex());
  seal.set_stage(1);
  seal.set_round(1);
  seal.set_bidder_cert_sha256(HexEncode(cert));
  seal.set_submission_id(submission_id);
  seal.set_ciphertext_sha256(HexEncode(crypto::Sha256(sealed.ciphertext)));
  seal.set_ciphertext_size(static_cast<int64_t>(sealed.ciphertext.size()));
  seal.set_key_commit(sealed.key_commit);
  seal.set_quorum(notice.notice.quorum());
  seal.set_members(notice.notice.committee_size());
  for (const auto& wrapped : sealed.shares) {
    auto* share = seal.add_shares();
    share->set_member(wrapped.i);
    share->set_wrap(wrapped.wrap);
    share->set_commit(wrapped.commit);
    share->set_proof(wrapped.proof);
  }
  seal.set_client_time(kBidStart);
  if (plan.seal) plan.seal(seal);
  bidding::v1::SubmitBidRequest request;
  *request.mutable_seal() = s.Sign(bidder, "seal", seal);
  request.set_ciphertext(sealed.ciphertext);
  request.set_request_id(s.RequestId());
  return request;
}

document::v1::BidCancellation World::BidCancellation(const sdk::PublishedNotice& notice,
                                                     const std::string& submission_id) const {
  document::v1::Seal seal;
  seal.set_tender_id(notice.notice.tender_id());
  seal.set_notice_hash(notice.hash_hex());
  seal.set_stage(1);
  seal.set_round(1);
  seal.set_submission_id(submission_id);
  return sdk::BidCancellationFor(seal, "Test");
}

document::v1::OpenShares World::Shares(int m, const sdk::PublishedNotice& notice) {
  document::v1::OpenShares doc;
  doc.set_tender_id(notice.notice.tender_id());
  doc.set_notice_hash(notice.hash_hex());
  doc.set_stage(1);
  doc.set_round(1);
  doc.set_member(m + 1);
  const auto box = Box(notice.notice.tender_id());
  if (box.ok()) doc.set_box_root(box->root());
  bidding::v1::ListSealedBidsRequest request;
  request.set_tender_id(notice.notice.tender_id());
  auto& page = sealed_[notice.hash];  // asked for once: the log has every read
  if (page.bids().empty()) {
    auto asked = s.Call(s.bidding(), &BiddingStub::ListSealedBids, request, member[m]);
    if (!asked.ok()) return doc;
    page = *std::move(asked);
  }
  for (const auto& bid : page.bids()) {
    document::v1::Seal seal;
    if (!document::ParseStrictJson(bid.seal().document().content(), &seal).ok()) continue;
    const auto sealed = procurement::ToSealed(seal).value();
    const std::string cert = HexDecode(seal.bidder_cert_sha256()).value();
    const sealing::SealBinding binding{notice.hash, cert};
    const auto& key = member[m]->identity.agreement_key();
    const auto share = sealing::UnwrapShare(binding, key, sealed.shares[static_cast<size_t>(m)]);
    if (!share.ok()) {
      auto* bad = doc.add_bad_wraps();
      bad->set_position(static_cast<int>(doc.shares().size() / sealing::kShareBytes));
      bad->set_proof(
          sealing::ProveBadWrap(binding, key, sealed.shares[static_cast<size_t>(m)], s.random())
              .value());
    }
    doc.mutable_shares()->append(share.ok() ? *share : std::string(sealing::kShareBytes, '\0'));
  }
  return doc;
}

// Member 2 sends its shares in two documents.
absl::Status World::TakeRelease(int m, const sdk::PublishedNotice& notice) {
  document::v1::OpenShares doc = Shares(m, notice);
  const int bids = static_cast<int>(doc.shares().size() / sealing::kShareBytes);
  if (m == 1 && bids > 1) {
    document::v1::OpenShares first = doc;
    first.mutable_shares()->resize(sealing::kShareBytes);
    first.clear_bad_wraps();
    doc.set_first(1);
    doc.mutable_shares()->erase(0, sealing::kShareBytes);
    doc.clear_bad_wraps();
    const document::v1::OpenShares whole = Shares(m, notice);
    for (const auto& bad : whole.bad_wraps()) {
      *(bad.position() == 0 ? first : doc).add_bad_wraps() = bad;
    }
    RETURN_IF_ERROR(Take("ReleaseShares", *member[m], "open-share", first, s.bidding(),
                         &BiddingStub::ReleaseShares)
                        .status());
  }
  return Take("ReleaseShares", *member[m], "open-share", doc, s.bidding(),
              &BiddingStub::ReleaseShares)
      .status();
}

// --- Contract and payment

absl::Status World::Refresh() {
  const std::string& tender_id = notice.notice.tender_id();
  ASSIGN_OR_RETURN(tender, Tender(tender_id));
  if (!tender.result_sha256().empty()) {
    tender::v1::GetResultRequest request;
    request.set_tender_id(tender_id);
    ASSIGN_OR_RETURN(const auto got, s.Call(s.tender(), &TenderStub::GetResult, request));
    tender::v1::ListResultPagesRequest rows;
    rows.set_tender_id(tender_id);
    ASSIGN_OR_RETURN(const auto pages, s.Call(s.tender(), &TenderStub::ListResultPages, rows));
    ASSIGN_OR_RETURN(result, procurement::FromDocuments(
                                 {got.result(), {pages.pages().begin(), pages.pages().end()}}));
  }
  if (tender.state() != tender::v1::Tender::AWARDED) return absl::OkStatus();
  contract::v1::ListContractsRequest of_tender;
  of_tender.set_tender_id(tender_id);
  RETURN_IF_ERROR(Await("the contract", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto list,
                     s.Call(s.contract(), &ContractStub::ListContracts, of_tender));
    if (list.contracts().empty()) return false;
    contract = list.contracts(0);
    return true;
  }));
  if (contract.state() != contract::v1::Contract::COMPLETED) return absl::OkStatus();
  payment::v1::ListPaymentsRequest of_contract;
  of_contract.set_contract_id(contract.contract_id());
  RETURN_IF_ERROR(Await("the payment", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto list, s.Call(s.payment(), &PaymentStub::ListPayments, of_contract));
    if (list.payments().empty()) return false;
    payment = list.payments(0);
    return true;
  }));
  payment::v1::GetPaymentOrderRequest of_payment;
  of_payment.set_payment_id(payment.payment_id());
  const auto ordered = s.Call(s.payment(), &PaymentStub::GetPaymentOrder, of_payment, bank);
  if (ordered.ok()) order = ordered->order();
  payment::v1::GetAccountRequest of_supplier;
  of_supplier.set_supplier_id(contract.supplier_id());
  const auto accounts = s.Call(s.payment(), &PaymentStub::GetAccount, of_supplier, s1);
  if (accounts.ok()) account = accounts->active();
  return absl::OkStatus();
}

// The documents below are made by the client's own functions. What the test knows by itself (who,
// which contract, how much money in which currency) stands in place of what the services say, so
// that a service which says otherwise is contradicted; and the state is always the one that the
// document needs, so that it is a service that refuses it at the wrong time.

document::v1::AwardDecision World::Award() const {
  tender::v1::Tender evaluated = tender;
  evaluated.set_tender_id(notice.notice.tender_id());
  evaluated.set_notice_hash(notice.hash_hex());
  evaluated.set_state(tender::v1::Tender::EVALUATED);
  tender::v1::EvaluationResult said = result;
  said.set_tender_id(evaluated.tender_id());
  said.set_notice_hash(evaluated.notice_hash());
  if (said.lots().empty()) said.add_lots()->set_lot(1);
  if (said.lots(0).candidates().empty()) said.mutable_lots(0)->add_candidates();
  said.mutable_lots(0)->mutable_candidates(0)->set_supplier_id(s1->organization());
  return sdk::AwardFor(evaluated, said, "").value();
}

contract::v1::Contract World::ContractIn(contract::v1::Contract::State state) const {
  contract::v1::Contract out = contract;
  out.set_tender_id(notice.notice.tender_id());
  out.set_lot(1);
  if (out.contract_id().empty()) out.set_contract_id("R25TA00000000");  // before there is one
  out.set_agency_id(agency->organization());
  out.set_supplier_id(s1->organization());
  out.set_currency("KRW");
  out.set_state(state);
  return out;
}

document::v1::ContractOffer World::Offer() const {
  document::v1::ContractOffer terms;
  terms.set_start_date("2025-02-01");
  terms.set_end_date("2025-12-31");
  terms.set_delay_damages_ppm_per_day(1250);
  terms.set_terms("Test");
  return sdk::ActFor(ContractIn(contract::v1::Contract::AWARDED), terms).value();
}

document::v1::ContractConsent World::Consent() const {
  return sdk::ActFor<document::v1::ContractConsent>(ContractIn(contract::v1::Contract::OFFERED))
      .value();
}

document::v1::ContractConfirmation World::Confirmation() const {
  return sdk::ActFor<document::v1::ContractConfirmation>(
             ContractIn(contract::v1::Contract::CONSENTED))
      .value();
}

document::v1::DeliveryReport World::Report() const {
  auto formed = ContractIn(contract::v1::Contract::FORMED);
  formed.clear_deliveries();
  formed.clear_accepted_amount();
  formed.set_amount(std::max<int64_t>(contract.amount(), 1));
  document::v1::DeliveryReport facts;
  facts.set_delivered_on("2025-01-20");
  facts.set_final(true);
  return sdk::ActFor(formed, facts).value();
}

document::v1::DeliveryInspection World::Inspection() const {
  auto formed = ContractIn(contract::v1::Contract::FORMED);
  auto* delivery =
      formed.deliveries().empty() ? formed.add_deliveries() : formed.mutable_deliveries(0);
  delivery->set_delivery(1);
  delivery->set_amount(contract.amount());
  delivery->set_state(contract::v1::Delivery::REPORTED);
  document::v1::DeliveryInspection finding;
  finding.set_accepted(true);
  return sdk::ActFor(formed, finding).value();
}

document::v1::BankAccount World::Account(int version) const {
  sdk::AccountFacts facts;
  facts.bank_id = bank->organization();
  facts.account_number = absl::StrCat("110-222-33334", version);
  facts.holder = "Supplier 1";
  facts.nonce = HexEncode(crypto::SystemRandom().Bytes(16));
  facts.account_version = version;
  return sdk::AccountFor(s1->organization(), {}, facts);
}

payment::v1::Payment World::PaymentIn(payment::v1::Payment::State state) const {
  payment::v1::Payment out = payment;
  out.set_contract_id(Offer().contract_id());
  out.set_payment_id(absl::StrCat(out.contract_id(), "-P1"));
  out.set_delivery(1);
  out.set_sequence(1);
  out.set_currency("KRW");
  out.set_state(state);
  return out;
}

document::v1::Invoice World::Invoice() const {
  payment::v1::Account active = account;
  active.set_account_version(std::max(active.account_version(), 1));
  return sdk::InvoiceFor(PaymentIn(payment::v1::Payment::PAYABLE), active).value();
}

document::v1::PaymentApproval World::PaymentApproval() const {
  return sdk::PaymentApprovalFor(PaymentIn(payment::v1::Payment::INVOICED)).value();
}

document::v1::PaymentSettlement World::Settlement() const {
  auto ordered = PaymentIn(payment::v1::Payment::ORDERED);
  std::string read = order;
  if (read.empty()) {  // before there is one
    read = "{}";
    ordered.set_order_sha256(HexEncode(crypto::Sha256(read)));
  }
  return sdk::SettlementFor(ordered, read, "TEST-1").value();
}

}  // namespace jodal::e2e
