#include "procurement/acts/contract_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "procurement/acts/contract.h"

namespace jodal::procurement {
namespace {

absl::Status Invalid(absl::string_view reason, absl::string_view message,
                     const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message, metadata);
}
absl::Status Precondition(absl::string_view reason, absl::string_view message,
                          const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

}  // namespace

absl::Status DateInvalidError(absl::string_view field) {
  return Invalid("DATE_INVALID", "a date has the form 2025-02-01 and is in the calendar",
                 {{"field", std::string(field)}});
}
absl::Status PeriodInvalidError() {
  return Invalid("PERIOD_INVALID",
                 absl::StrCat("a contract does not end before it starts and runs at most ",
                              kContractYearsMax, " years"));
}
absl::Status DelayDamagesInvalidError() {
  return Invalid("DELAY_DAMAGES_INVALID", "the rate of delay damages is outside the law's range",
                 {{"ppmMax", absl::StrCat(kDelayDamagesPpmPerDayMax)}});
}
absl::Status DeliveryAmountInvalidError() {
  return Invalid("DELIVERY_AMOUNT_INVALID", "the value delivered must be positive");
}
absl::Status InspectionAmountInvalidError() {
  return Invalid("INSPECTION_AMOUNT_INVALID",
                 "the accepted value must be positive and no more than was reported, or zero for a "
                 "rejected delivery");
}
absl::Status ReasonMissingError() {
  return Invalid("REASON_MISSING", "the document must say why", {{"field", "reason"}});
}
absl::Status GroundUnknownError(absl::string_view known) {
  return Invalid("GROUND_UNKNOWN", absl::StrCat("a contract is terminated on one of: ", known),
                 {{"field", "ground"}, {"allowed", std::string(known)}});
}

absl::Status DeliveryNotFoundError() {
  return MakeError(absl::StatusCode::kNotFound, "DELIVERY_NOT_FOUND",
                   "no delivery with this number was reported");
}

absl::Status TenderMismatchError() {
  return Precondition("TENDER_MISMATCH", "the document names another tender than the contract");
}
absl::Status AwardMismatchError() {
  return Precondition("AWARD_MISMATCH", "the document does not refer to the award on record");
}
absl::Status PartyMismatchError(absl::string_view field) {
  return Precondition("PARTY_MISMATCH", "the document names another party than the award",
                      {{"field", std::string(field)}});
}
absl::Status AmountMismatchError() {
  return Precondition("AMOUNT_MISMATCH", "the document's amount is not the awarded amount");
}
absl::Status CurrencyMismatchError() {
  return Precondition("CURRENCY_MISMATCH", "the document's currency is not that of the award");
}
absl::Status OfferMismatchError() {
  return Precondition("OFFER_MISMATCH", "the consent is not to the offer on record");
}
absl::Status OfferStillOpenError(absl::Time until) {
  return Precondition(
      "OFFER_STILL_OPEN", "the winner may still sign the offer: wait until its time is over",
      {{"until", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", until, absl::UTCTimeZone())}});
}
absl::Status ConsentMismatchError() {
  return Precondition("CONSENT_MISMATCH", "the confirmation is not of the consent on record");
}
absl::Status ConfirmationMismatchError() {
  return Precondition("CONFIRMATION_MISMATCH",
                      "the document is not about the confirmation on record");
}
absl::Status ReportMismatchError() {
  return Precondition("REPORT_MISMATCH", "the inspection is not of the report on record");
}
absl::Status DeliveryUninspectedError(int delivery) {
  return Precondition("DELIVERY_UNINSPECTED", "the delivery before has not been inspected yet",
                      {{"delivery", absl::StrCat(delivery)}});
}
absl::Status DeliveryInspectedError(int delivery) {
  return Precondition("DELIVERY_INSPECTED", "this delivery has been inspected already",
                      {{"delivery", absl::StrCat(delivery)}});
}
absl::Status DeliveryNumberError(int expected) {
  return Precondition("DELIVERY_NUMBER", "deliveries are numbered 1, 2, ... without gaps",
                      {{"expected", absl::StrCat(expected)}});
}
absl::Status DeliveryInFutureError() {
  return Precondition("DELIVERY_IN_FUTURE", "a delivery is reported once it is done");
}
absl::Status DeliveryAmountExceededError() {
  return Precondition("DELIVERY_AMOUNT_EXCEEDED", "more than what remains of the contract amount");
}
absl::Status DeliveryMustBeFinalError() {
  return Precondition(
      "DELIVERY_MUST_BE_FINAL",
      "nothing would remain for a later delivery: report this one as the final one");
}
absl::Status TooManyDeliveriesError() {
  return Precondition("TOO_MANY_DELIVERIES", "the contract has as many deliveries as one may have",
                      {{"deliveriesMax", absl::StrCat(kDeliveriesMax)}});
}

}  // namespace jodal::procurement
