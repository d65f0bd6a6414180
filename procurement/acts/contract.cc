#include "procurement/acts/contract.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "procurement/acts/contract_errors.h"
#include "procurement/acts/dates.h"
#include "procurement/acts/delivery.h"
#include "procurement/documents/same_fields.h"
#include "procurement/limits.h"
#include "procurement/notice/periods.h"

namespace jodal::procurement {

using contract::v1::Contract;
using contract::v1::Delivery;

// --- The three messages that form a contract, each over the digest of the one before.

template <>
absl::Status CheckShape(const document::v1::ContractOffer& offer) {
  ASSIGN_OR_RETURN(const absl::CivilDay start, ParseDate({"startDate", offer.start_date()}));
  ASSIGN_OR_RETURN(const absl::CivilDay end, ParseDate({"endDate", offer.end_date()}));
  RETURN_IF_ERROR(CheckPeriod({start, end}));
  if (offer.delay_damages_ppm_per_day() < 0 ||
      offer.delay_damages_ppm_per_day() > kDelayDamagesPpmPerDayMax) {
    return DelayDamagesInvalidError();
  }
  return absl::OkStatus();
}

// It repeats the award: TENDER_MISMATCH, LOT_MISMATCH, AWARD_MISMATCH, PARTY_MISMATCH,
// AMOUNT_MISMATCH, CURRENCY_MISMATCH.
absl::Status Decide(const document::v1::ContractOffer& offer, const ActFacts& facts,
                    Contract& contract) {
  if (offer.tender_id() != contract.tender_id()) return TenderMismatchError();
  if (offer.lot() != contract.lot()) return LotMismatchError();
  if (offer.award_sha256() != contract.award_sha256()) return AwardMismatchError();
  if (offer.agency_id() != contract.agency_id()) return PartyMismatchError("agencyId");
  if (offer.supplier_id() != contract.supplier_id()) return PartyMismatchError("supplierId");
  if (offer.amount() != contract.amount()) return AmountMismatchError();
  if (offer.currency() != contract.currency()) return CurrencyMismatchError();
  contract.set_offer_sha256(facts.sha256);
  contract.set_offered_time_ns(absl::ToUnixNanos(facts.arrival));
  return absl::OkStatus();
}

// OFFER_MISMATCH.
absl::Status Decide(const document::v1::ContractConsent& consent, const ActFacts& facts,
                    Contract& contract) {
  if (consent.offer_sha256() != contract.offer_sha256()) return OfferMismatchError();
  contract.set_consent_sha256(facts.sha256);
  return absl::OkStatus();
}

// CONSENT_MISMATCH.
absl::Status Decide(const document::v1::ContractConfirmation& confirmation, const ActFacts& facts,
                    Contract& contract) {
  if (confirmation.consent_sha256() != contract.consent_sha256()) return ConsentMismatchError();
  contract.set_confirmation_sha256(facts.sha256);
  return absl::OkStatus();
}

// --- How a contract ends before its time.

template <>
absl::Status CheckShape(const document::v1::ContractRefusal& refusal) {
  return refusal.reason().empty() ? ReasonMissingError() : absl::OkStatus();
}

// OFFER_MISMATCH.
absl::Status Decide(const document::v1::ContractRefusal& refusal, const ActFacts& facts,
                    Contract& contract) {
  if (refusal.offer_sha256() != contract.offer_sha256()) return OfferMismatchError();
  contract.set_ended_sha256(facts.sha256);
  return absl::OkStatus();
}

template <>
absl::Status CheckShape(const document::v1::ContractWithdrawal& withdrawal) {
  return withdrawal.reason().empty() ? ReasonMissingError() : absl::OkStatus();
}

// OFFER_MISMATCH, OFFER_STILL_OPEN.
absl::Status Decide(const document::v1::ContractWithdrawal& withdrawal, const ActFacts& facts,
                    Contract& contract) {
  if (withdrawal.offer_sha256() != contract.offer_sha256()) return OfferMismatchError();
  const absl::Time until = absl::FromUnixNanos(contract.offered_time_ns()) + kSigningPeriod;
  if (facts.arrival < until) return OfferStillOpenError(until);
  contract.set_ended_sha256(facts.sha256);
  return absl::OkStatus();
}

// The supplier's default, delay whose damages reached the bond (국가계약법 시행령 제75조), changed
// circumstances (공사계약일반조건 제45조), agreement.
constexpr absl::string_view kGrounds[] = {"default", "delay", "circumstances", "agreement"};

template <>
absl::Status CheckShape(const document::v1::ContractTermination& termination) {
  const bool known = std::find(std::begin(kGrounds), std::end(kGrounds), termination.ground()) !=
                     std::end(kGrounds);
  return known ? absl::OkStatus() : GroundUnknownError(absl::StrJoin(kGrounds, ", "));
}

// CONFIRMATION_MISMATCH, DELIVERY_UNINSPECTED: what was delivered is accepted or rejected first, as
// it is paid for all the same.
absl::Status Decide(const document::v1::ContractTermination& termination, const ActFacts& facts,
                    Contract& contract) {
  if (termination.confirmation_sha256() != contract.confirmation_sha256()) {
    return ConfirmationMismatchError();
  }
  for (const Delivery& delivery : contract.deliveries()) {
    if (delivery.state() == Delivery::REPORTED)
      return DeliveryUninspectedError(delivery.delivery());
  }
  contract.set_ground(termination.ground());
  contract.set_ended_sha256(facts.sha256);
  return absl::OkStatus();
}

// --- Deliveries, one at a time until a final one is accepted.

template <>
absl::Status CheckShape(const document::v1::DeliveryReport& report) {
  if (report.amount() <= 0) return DeliveryAmountInvalidError();
  return ParseDate({"deliveredOn", report.delivered_on()}).status();
}

// DELIVERY_IN_FUTURE, those of CheckReport.
absl::Status Decide(const document::v1::DeliveryReport& report, const ActFacts& facts,
                    Contract& contract) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate({"deliveredOn", report.delivered_on()}));
  if (day > KoreanDay(facts.arrival)) return DeliveryInFutureError();
  const auto& before = contract.deliveries();
  Progress progress;
  progress.contract_amount = contract.amount();
  progress.accepted_amount = contract.accepted_amount();
  progress.deliveries = before.size();
  progress.uninspected = !before.empty() && before.rbegin()->state() == Delivery::REPORTED;
  RETURN_IF_ERROR(CheckReport(progress, {report.delivery(), report.amount(), report.final()}));

  Delivery& delivery = *contract.add_deliveries();
  delivery.set_delivery(report.delivery());
  delivery.set_state(Delivery::REPORTED);
  delivery.set_amount(report.amount());
  delivery.set_final(report.final());
  delivery.set_report_sha256(facts.sha256);
  delivery.set_reported_time_ns(absl::ToUnixNanos(facts.arrival));
  return absl::OkStatus();
}

// DELIVERY_NOT_FOUND, DELIVERY_INSPECTED, REPORT_MISMATCH, those of CheckInspection.
absl::Status Decide(const document::v1::DeliveryInspection& inspection, const ActFacts& facts,
                    Contract& contract) {
  if (inspection.delivery() < 1 || inspection.delivery() > contract.deliveries_size()) {
    return DeliveryNotFoundError();
  }
  Delivery& delivery = *contract.mutable_deliveries(inspection.delivery() - 1);
  if (delivery.state() != Delivery::REPORTED) return DeliveryInspectedError(inspection.delivery());
  if (inspection.report_sha256() != delivery.report_sha256()) return ReportMismatchError();
  RETURN_IF_ERROR(CheckInspection({inspection.accepted(), inspection.amount(), delivery.amount()}));

  const absl::Duration waited = facts.arrival - absl::FromUnixNanos(delivery.reported_time_ns());
  delivery.set_state(inspection.accepted() ? Delivery::ACCEPTED : Delivery::REJECTED);
  delivery.set_inspection_sha256(facts.sha256);
  delivery.set_inspected_time_ns(absl::ToUnixNanos(facts.arrival));
  delivery.set_late(waited > kInspectionPeriod);
  const bool completes = inspection.accepted() && delivery.final();
  contract.set_state(completes ? Contract::COMPLETED : Contract::FORMED);
  if (inspection.accepted()) {
    delivery.set_amount(inspection.amount());
    contract.set_accepted_amount(contract.accepted_amount() + inspection.amount());
  }
  return absl::OkStatus();
}

absl::StatusOr<event::v1::ContractPrepared> PrepareContract(const event::v1::AwardDecided& award) {
  event::v1::ContractPrepared out;
  out.set_tender_id(award.tender_id());
  out.set_lot(award.lot());
  out.set_agency_id(award.agency_id());
  out.set_supplier_id(award.supplier_id());
  out.set_amount(award.amount());
  out.set_currency(award.currency());
  out.set_title(award.title());
  out.set_award_sha256(award.award_sha256());
  if (out.tender_id().empty()) return AwardMalformedError("tenderId");
  if (out.lot() < 1 || out.lot() > kLotsMax) return AwardMalformedError("lot");
  if (out.agency_id().empty()) return AwardMalformedError("agencyId");
  if (out.supplier_id().empty()) return AwardMalformedError("supplierId");
  if (out.amount() <= 0) return AwardMalformedError("amount");
  return out;
}

Contract ContractFrom(const event::v1::ContractPrepared& prepared) {
  Contract out;
  CopySameFields(prepared, &out);
  out.set_state(Contract::AWARDED);
  return out;
}

Standing StandingOf(const Contract& contract) {
  return {.state = StateName(contract),
          .parties = {.agency_id = contract.agency_id(),
                      .supplier_id = contract.supplier_id(),
                      .bank_id = {}},
          .signers = {}};
}

event::v1::Event ContractEvent(const Act& act, const ActFacts& facts, const Contract& contract,
                               int delivery) {
  event::v1::Event event;
  auto& out = *event.mutable_contract_acted();
  out.set_kind(act.kind());
  out.set_document_sha256(facts.sha256);
  out.set_contract_id(contract.contract_id());
  out.set_tender_id(contract.tender_id());
  out.set_agency_id(contract.agency_id());
  out.set_supplier_id(contract.supplier_id());
  out.set_state(Contract::State_Name(contract.state()));
  out.set_amount(contract.amount());
  out.set_currency(contract.currency());
  if (delivery >= 1 && delivery <= contract.deliveries_size()) {
    const Delivery& about = contract.deliveries(delivery - 1);
    out.set_delivery(delivery);
    out.set_delivery_state(Delivery::State_Name(about.state()));
    out.set_delivery_amount(about.amount());
    out.set_final(about.final());
  }
  return event;
}

}  // namespace jodal::procurement
