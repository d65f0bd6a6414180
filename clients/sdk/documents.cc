#include "clients/sdk/documents.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/pki/certificate.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/contract/v1/contract.pb.h"
#include "jodal/payment/v1/payment.pb.h"
#include "jodal/registration/v1/registration.pb.h"
#include "jodal/tender/v1/tender.pb.h"
#include "procurement/acts/act.h"
#include "procurement/acts/contract_errors.h"
#include "procurement/award/result.h"
#include "procurement/method/method.h"
#include "procurement/notice/periods.h"

namespace jodal::sdk {
namespace {

using contract::v1::Contract;
using contract::v1::Delivery;
using payment::v1::Account;
using payment::v1::Payment;
using registration::v1::Organization;
using registration::v1::Person;
using tender::v1::Tender;

absl::Status Precondition(absl::string_view reason, absl::string_view message,
                          const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

// `Subject` is a message of a service with an enum State.
template <typename Subject>
absl::Status NeedState(const Subject& subject, absl::string_view name,
                       std::initializer_list<typename Subject::State> allowed) {
  if (std::find(allowed.begin(), allowed.end(), subject.state()) != allowed.end()) {
    return absl::OkStatus();
  }
  const std::string needs =
      absl::StrJoin(allowed, " or ", [](std::string* out, typename Subject::State state) {
        out->append(Subject::State_Name(state));
      });
  const std::string& state = Subject::State_Name(subject.state());
  return Precondition("WRONG_STATE",
                      absl::StrCat("the ", name, " is ", state, "; this needs ", needs),
                      {{"state", state}, {"needs", needs}});
}

document::v1::CommitteeMember Member(absl::string_view person_id, absl::string_view organization_id,
                                     const pki::Certificate& certificate) {
  document::v1::CommitteeMember member;
  member.set_person_id(std::string(person_id));
  member.set_organization_id(std::string(organization_id));
  member.set_cert_sha256(HexEncode(certificate.sha256()));
  member.set_spki(certificate.spki_der());
  return member;
}

// The delivery with this number; 0: the last one that waits. Null: there is none.
const Delivery* FindDelivery(const Contract& contract, int number) {
  for (auto d = contract.deliveries().rbegin(); d != contract.deliveries().rend(); ++d) {
    if (number == 0 ? d->state() == Delivery::REPORTED : d->delivery() == number) return &*d;
  }
  return nullptr;
}

absl::Status CompleteReport(const Contract& contract, document::v1::DeliveryReport* report) {
  if (const Delivery* waits = FindDelivery(contract, 0)) {
    return procurement::DeliveryUninspectedError(waits->delivery());
  }
  if (report->delivery() == 0) report->set_delivery(contract.deliveries_size() + 1);
  if (report->amount() == 0) report->set_amount(contract.amount() - contract.accepted_amount());
  return absl::OkStatus();
}

absl::Status CompleteInspection(const Contract& contract,
                                document::v1::DeliveryInspection* inspection) {
  const Delivery* delivery = FindDelivery(contract, inspection->delivery());
  if (delivery == nullptr) return procurement::DeliveryNotFoundError();
  if (delivery->state() != Delivery::REPORTED) {
    return procurement::DeliveryInspectedError(delivery->delivery());
  }
  inspection->set_delivery(delivery->delivery());
  inspection->set_report_sha256(delivery->report_sha256());
  if (inspection->accepted() && inspection->amount() == 0) {
    inspection->set_amount(delivery->amount());
  }
  return absl::OkStatus();
}

// By the row of the document's act: refused in a state that does not allow it, else filled with
// what follows from the state.
absl::Status Follow(const google::protobuf::Message& state, google::protobuf::Message* document) {
  const procurement::Act* act = procurement::ActOf(*document->GetDescriptor());
  if (act == nullptr) {
    return absl::InternalError(absl::StrCat(document->GetDescriptor()->name(), " is no act"));
  }
  RETURN_IF_ERROR(procurement::CheckState(*act, procurement::StateName(state)));
  procurement::FillFollowing(state, document);
  const auto* to = document->GetDescriptor()->FindFieldByName(act->of());
  const auto* from = state.GetDescriptor()->FindFieldByName(act->of());
  if (from != nullptr) {
    document->GetReflection()->SetString(document, to,
                                         state.GetReflection()->GetString(state, from));
  }
  return absl::OkStatus();
}

}  // namespace

std::string DocumentTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string DocumentDate(absl::Time time) {
  return absl::FormatCivilTime(procurement::KoreanDay(time));
}

// ---- registration

absl::StatusOr<document::v1::OrganizationApproval> OrganizationApprovalFor(
    const Organization& organization) {
  RETURN_IF_ERROR(NeedState(organization, "organisation", {Organization::PENDING}));
  document::v1::OrganizationApproval out;
  out.set_organization_id(organization.organization_id());
  out.set_registration_sha256(organization.registration_sha256());
  return out;
}

absl::StatusOr<document::v1::PersonApproval> PersonApprovalFor(const Person& person) {
  RETURN_IF_ERROR(NeedState(person, "person", {Person::PENDING}));
  document::v1::PersonApproval out;
  out.set_person_id(person.person_id());
  out.set_registration_sha256(person.registration_sha256());
  return out;
}

// ---- tender

absl::StatusOr<document::v1::CommitteeMember> CommitteeMemberFor(const Person& person) {
  const auto certificate = pki::Certificate::FromDer(person.encryption_certificate());
  if (!certificate.ok()) {
    return Precondition("COMMITTEE_MEMBER_CERTIFICATE",
                        absl::StrCat(person.person_id(), " has no encryption certificate"),
                        {{"person", person.person_id()}});
  }
  return Member(person.person_id(), person.organization_id(), *certificate);
}

document::v1::CommitteeMember CommitteeMemberFor(const Identity& identity) {
  return Member(identity.person_id(), identity.organization_id(), identity.agreement_certificate());
}

void SeatCommittee(int quorum, const std::vector<document::v1::CommitteeMember>& members,
                   document::v1::Notice* notice) {
  notice->set_quorum(quorum);
  notice->clear_committee();
  for (const document::v1::CommitteeMember& member : members) {
    document::v1::CommitteeMember& seat = *notice->add_committee();
    seat = member;
    seat.set_member(notice->committee_size());
    seat.set_outside(member.organization_id() != notice->agency_id());
  }
}

void CommitToPrices(const document::v1::EnteredPrices& prices, document::v1::Notice* notice) {
  for (const document::v1::EnteredPrices::Lot& entered : prices.lots()) {
    while (notice->lots_size() < entered.lot()) notice->add_lots();
    document::v1::Lot& lot = *notice->mutable_lots(entered.lot() - 1);
    lot.set_price_source("entered");
    lot.set_entered_prices_sha256(procurement::EnteredPricesCommitment(entered));
  }
}

void NumberParts(document::v1::Notice* notice) {
  for (int i = 0; i < notice->lots_size(); ++i) notice->mutable_lots(i)->set_lot(i + 1);
  for (int i = 0; i < notice->stages_size(); ++i) notice->mutable_stages(i)->set_stage(i + 1);
}

void CompleteNotice(const NoticeFrame& frame, document::v1::Notice* notice) {
  notice->set_agency_id(frame.agency_id);
  notice->set_log_origin(frame.log_origin);
  if (notice->notice_version() == 0) notice->set_notice_version(1);
  const auto usual = [](std::string* field, const char* value) {
    if (field->empty()) *field = value;
  };
  usual(notice->mutable_currency(), "KRW");
  usual(notice->mutable_regime(), "state");
  usual(notice->mutable_method(), procurement::Methods()[0]->id);
  usual(notice->mutable_category(), "general");
  if (notice->round() == 0) notice->set_round(1);
  const procurement::Method* method = procurement::FindMethod(notice->method());
  if (notice->lots().empty()) notice->add_lots();
  for (document::v1::Lot& lot : *notice->mutable_lots()) {
    if (method != nullptr) usual(lot.mutable_price_source(), method->price_sources[0]);
  }
  while (method != nullptr && notice->stages_size() < static_cast<int>(method->stages.size())) {
    notice->add_stages();
  }
  for (int i = 0; i < notice->stages_size(); ++i) {
    if (method == nullptr || static_cast<size_t>(i) >= method->stages.size()) break;
    usual(notice->mutable_stages(i)->mutable_content(), method->stages[static_cast<size_t>(i)]);
  }
  NumberParts(notice);
}

namespace {

// Merges parts that have a number into those with the same one.
template <typename Parts, typename Number>
void MergeNumbered(const Parts& changes, Number number, Parts* parts) {
  for (const auto& change : changes) {
    const auto same = std::find_if(parts->begin(), parts->end(), [&](const auto& part) {
      return number(part) == number(change);
    });
    if (same == parts->end()) {
      *parts->Add() = change;
    } else {
      same->MergeFrom(change);
    }
  }
}

}  // namespace

document::v1::Notice NextNotice(const PublishedNotice& published,
                                const document::v1::Notice& changes) {
  document::v1::Notice next = published.notice;
  document::v1::Notice rest = changes;
  rest.clear_lots();
  rest.clear_stages();
  if (!rest.committee().empty()) next.clear_committee();
  if (!rest.parameters().empty()) next.clear_parameters();
  if (!rest.attachments().empty()) next.clear_attachments();
  next.MergeFrom(rest);
  MergeNumbered(
      changes.lots(), [](const auto& lot) { return lot.lot(); }, next.mutable_lots());
  MergeNumbered(
      changes.stages(), [](const auto& stage) { return stage.stage(); }, next.mutable_stages());
  next.clear_kind();
  next.clear_version();
  next.clear_system();
  next.clear_signer();
  next.set_notice_version(published.notice.notice_version() + 1);
  next.set_previous_notice_hash(published.hash_hex());
  return next;
}

absl::StatusOr<document::v1::NoticeApproval> NoticeApprovalFor(const Tender& tender,
                                                               const PublishedNotice& read) {
  // A published tender waits for an approval if there is a correction of its notice.
  if (tender.state() != Tender::PUBLISHED || tender.pending_version() == 0) {
    RETURN_IF_ERROR(NeedState(tender, "tender", {Tender::SUBMITTED}));
  }
  if (read.hash_hex() != tender.pending_hash()) {
    return Precondition("NOTICE_HASH_MISMATCH", "the notice that waits is another one",
                        {{"waits", tender.pending_hash()}, {"read", read.hash_hex()}});
  }
  document::v1::NoticeApproval out;
  out.set_tender_id(tender.tender_id());
  out.set_notice_hash(read.hash_hex());
  return out;
}

absl::StatusOr<document::v1::TenderCancellation> CancellationFor(const Tender& tender,
                                                                 absl::string_view reason) {
  RETURN_IF_ERROR(
      NeedState(tender, "tender",
                {Tender::DRAFT, Tender::SUBMITTED, Tender::PUBLISHING, Tender::PUBLISHED,
                 Tender::CLOSED, Tender::OPENED, Tender::EVALUATED}));
  document::v1::TenderCancellation out;
  out.set_tender_id(tender.tender_id());
  out.set_notice_hash(tender.notice_hash());  // empty before the first publication
  out.set_reason(std::string(reason));
  return out;
}

absl::StatusOr<document::v1::EnteredPrices> EnteredPricesFor(const PublishedNotice& notice,
                                                             document::v1::EnteredPrices prices) {
  std::vector<const document::v1::Lot*> committed;
  for (const document::v1::Lot& lot : notice.notice.lots()) {
    if (lot.price_source() == "entered") committed.push_back(&lot);
  }
  if (committed.empty()) {
    return Precondition("ENTERED_PRICES_UNEXPECTED",
                        "the prices of this tender are drawn, not entered");
  }
  const bool same = std::equal(
      committed.begin(), committed.end(), prices.lots().begin(), prices.lots().end(),
      [](const document::v1::Lot* lot, const document::v1::EnteredPrices::Lot& entered) {
        return lot->lot() == entered.lot() &&
               lot->entered_prices_sha256() == procurement::EnteredPricesCommitment(entered);
      });
  if (!same) {
    return Precondition("ENTERED_PRICES_MISMATCH",
                        "these are not the prices that the notice committed to");
  }
  prices.set_tender_id(notice.notice.tender_id());
  prices.set_notice_hash(notice.hash_hex());
  return prices;
}

absl::StatusOr<tender::v1::EvaluationResult> ReadResult(const Tender& tender,
                                                        absl::string_view result) {
  if (HexEncode(crypto::Sha256(result)) != tender.result_sha256()) {
    return Precondition("RESULT_MISMATCH", "the evaluation is not the one that was logged");
  }
  tender::v1::EvaluationResult out;
  RETURN_IF_ERROR(document::ParseStrictJson(result, &out));
  return out;
}

absl::StatusOr<document::v1::AwardDecision> AwardFor(const Tender& tender,
                                                     const tender::v1::EvaluationResult& result,
                                                     absl::string_view reason) {
  RETURN_IF_ERROR(NeedState(tender, "tender", {Tender::EVALUATED}));
  if (result.tender_id() != tender.tender_id() || result.notice_hash() != tender.notice_hash()) {
    return Precondition("RESULT_MISMATCH", "the evaluation is of another tender or notice version");
  }
  if (!procurement::HasCandidates(result)) {
    const std::string why = result.lots().empty() ? "" : result.lots(0).outcome_detail();
    return Precondition("NO_CANDIDATE", absl::StrCat("the evaluation has no candidate: ", why));
  }
  document::v1::AwardDecision out;
  out.set_tender_id(tender.tender_id());
  out.set_notice_hash(tender.notice_hash());
  out.set_result_sha256(tender.result_sha256());
  for (const auto& lot : result.lots()) {
    if (lot.candidates().empty()) continue;
    document::v1::AwardDecision::Award& award = *out.add_awards();
    award.set_lot(lot.lot());
    award.set_submission_id(lot.candidates(0).submission_id());
    award.set_supplier_id(lot.candidates(0).supplier_id());
    award.set_amount(lot.candidates(0).amount());
  }
  out.set_reason(std::string(reason));
  return out;
}

// ---- bidding

document::v1::BidCancellation BidCancellationFor(const document::v1::Seal& seal,
                                                 absl::string_view reason) {
  document::v1::BidCancellation out;
  out.set_tender_id(seal.tender_id());
  out.set_notice_hash(seal.notice_hash());
  out.set_stage(seal.stage());
  out.set_round(seal.round());
  out.set_submission_id(seal.submission_id());
  out.set_reason(std::string(reason));
  return out;
}

// ---- contract

absl::Status CompleteAct(const Contract& contract, google::protobuf::Message* document) {
  RETURN_IF_ERROR(Follow(contract, document));
  using google::protobuf::DynamicCastToGenerated;
  if (auto* report = DynamicCastToGenerated<document::v1::DeliveryReport>(document)) {
    return CompleteReport(contract, report);
  }
  if (auto* inspection = DynamicCastToGenerated<document::v1::DeliveryInspection>(document)) {
    return CompleteInspection(contract, inspection);
  }
  return absl::OkStatus();
}

// ---- payment

document::v1::BankAccount AccountFor(absl::string_view supplier_id,
                                     const payment::v1::GetAccountResponse& known,
                                     const AccountFacts& facts) {
  const Account& latest = known.has_pending() ? known.pending() : known.active();
  document::v1::BankAccount out;
  out.set_supplier_id(std::string(supplier_id));
  out.set_account_version(facts.account_version != 0 ? facts.account_version
                                                     : latest.account_version() + 1);
  out.set_bank_id(facts.bank_id);
  out.set_account_number(facts.account_number);
  out.set_holder(facts.holder);
  out.set_nonce(facts.nonce);
  return out;
}

absl::StatusOr<document::v1::BankAccountApproval> AccountApprovalFor(const Account& pending) {
  document::v1::BankAccountApproval out;
  RETURN_IF_ERROR(Follow(pending, &out));
  out.set_account_version(pending.account_version());
  return out;
}

absl::StatusOr<Payment> FindPayable(const payment::v1::ListPaymentsResponse& payments,
                                    int delivery) {
  for (auto p = payments.payments().rbegin(); p != payments.payments().rend(); ++p) {
    if (delivery == 0 ? p->state() == Payment::PAYABLE : p->delivery() == delivery) return *p;
  }
  return MakeError(absl::StatusCode::kNotFound, "NOTHING_PAYABLE",
                   "no accepted delivery waits for an invoice");
}

absl::StatusOr<document::v1::Invoice> InvoiceFor(const Payment& payment, const Account& active) {
  if (active.account_version() == 0) {
    return Precondition("ACCOUNT_MISSING", "the supplier has no bank account to pay to");
  }
  // Approvals of an invoice name its account: another account takes another invoice.
  if (payment.account_version() == active.account_version()) {
    RETURN_IF_ERROR(NeedState(payment, "payment", {Payment::PAYABLE}));
  }
  document::v1::Invoice out;
  RETURN_IF_ERROR(Follow(payment, &out));
  out.set_delivery(payment.delivery());
  out.set_account_version(active.account_version());
  return out;
}

absl::StatusOr<document::v1::PaymentApproval> PaymentApprovalFor(const Payment& payment) {
  document::v1::PaymentApproval out;
  RETURN_IF_ERROR(Follow(payment, &out));
  return out;
}

absl::StatusOr<document::v1::PaymentSettlement> SettlementFor(const Payment& payment,
                                                              absl::string_view order,
                                                              const std::string& bank_reference) {
  document::v1::PaymentSettlement out;
  RETURN_IF_ERROR(Follow(payment, &out));
  const std::string order_sha256 = HexEncode(crypto::Sha256(order));
  if (order_sha256 != payment.order_sha256()) {
    return Precondition("ORDER_MISMATCH", "the order that was read is not this payment's");
  }
  payment::v1::PaymentOrder read;
  RETURN_IF_ERROR(document::ParseStrictJson(order, &read));
  out.set_amount(read.amount());  // what the bank paid is what the order says
  out.set_bank_reference(bank_reference);
  return out;
}

}  // namespace jodal::sdk
