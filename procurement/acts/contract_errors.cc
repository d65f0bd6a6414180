#include "procurement/acts/contract_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "procurement/acts/contract.h"
#include "procurement/acts/errors.h"

namespace jodal::procurement {
absl::Status DateInvalidError(absl::string_view field) {
  return MakeError(kActErrors["DATE_INVALID"],
                   "a date has the form 2025-02-01 and is in the calendar",
                   {{"field", std::string(field)}});
}
absl::Status PeriodInvalidError() {
  return MakeError(kActErrors["PERIOD_INVALID"],
                   absl::StrCat("a contract does not end before it starts and runs at most ",
                                kContractYearsMax, " years"));
}
absl::Status DelayDamagesInvalidError() {
  return MakeError(kActErrors["DELAY_DAMAGES_INVALID"],
                   "the rate of delay damages is outside the law's range",
                   {{"ppmMax", absl::StrCat(kDelayDamagesPpmPerDayMax)}});
}
absl::Status DeliveryAmountInvalidError() {
  return MakeError(kActErrors["DELIVERY_AMOUNT_INVALID"], "the value delivered must be positive");
}
absl::Status InspectionAmountInvalidError() {
  return MakeError(
      kActErrors["INSPECTION_AMOUNT_INVALID"],
      "the accepted value must be positive and no more than was reported, or zero for a "
      "rejected delivery");
}
absl::Status ReasonMissingError() {
  return MakeError(kActErrors["REASON_MISSING"], "the document must say why",
                   {{"field", "reason"}});
}
absl::Status GroundUnknownError(absl::string_view known) {
  return MakeError(kActErrors["GROUND_UNKNOWN"],
                   absl::StrCat("a contract is terminated on one of: ", known),
                   {{"field", "ground"}, {"allowed", std::string(known)}});
}

absl::Status DeliveryNotFoundError() {
  return MakeError(kActErrors["DELIVERY_NOT_FOUND"], "no delivery with this number was reported");
}

absl::Status AwardMalformedError(absl::string_view field) {
  return MakeError(kActErrors["AWARD_MALFORMED"],
                   "an award in the tender log cannot be made into a contract",
                   {{"field", std::string(field)}});
}

absl::Status ContractMismatchError() {
  return MakeError(kActErrors["CONTRACT_MISMATCH"], "the document is about another contract");
}
absl::Status TenderMismatchError() {
  return MakeError(kActErrors["TENDER_MISMATCH"],
                   "the document names another tender than the contract");
}
absl::Status LotMismatchError() {
  return MakeError(kActErrors["LOT_MISMATCH"],
                   "the document names another lot of the tender than the contract");
}

absl::Status AwardMismatchError() {
  return MakeError(kActErrors["AWARD_MISMATCH"],
                   "the document does not refer to the award on record");
}
absl::Status PartyMismatchError(absl::string_view field) {
  return MakeError(kActErrors["PARTY_MISMATCH"], "the document names another party than the award",
                   {{"field", std::string(field)}});
}
absl::Status AmountMismatchError() {
  return MakeError(kActErrors["AMOUNT_MISMATCH"], "the document's amount is not the one on record");
}
absl::Status CurrencyMismatchError() {
  return MakeError(kActErrors["CURRENCY_MISMATCH"],
                   "the document's currency is not the one on record");
}
absl::Status OfferMismatchError() {
  return MakeError(kActErrors["OFFER_MISMATCH"], "the document is not about the offer on record");
}
absl::Status OfferStillOpenError(absl::Time until) {
  return MakeError(kActErrors["OFFER_STILL_OPEN"],
                   "the winner may still sign the offer: wait until its time is over",
                   {{"until", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", until, absl::UTCTimeZone())}});
}
absl::Status ConsentMismatchError() {
  return MakeError(kActErrors["CONSENT_MISMATCH"],
                   "the confirmation is not of the consent on record");
}
absl::Status ConfirmationMismatchError() {
  return MakeError(kActErrors["CONFIRMATION_MISMATCH"],
                   "the document is not about the confirmation on record");
}
absl::Status ReportMismatchError() {
  return MakeError(kActErrors["REPORT_MISMATCH"], "the inspection is not of the report on record");
}
absl::Status DeliveryUninspectedError(int delivery) {
  return MakeError(kActErrors["DELIVERY_UNINSPECTED"],
                   "the delivery before has not been inspected yet",
                   {{"delivery", absl::StrCat(delivery)}});
}
absl::Status DeliveryInspectedError(int delivery) {
  return MakeError(kActErrors["DELIVERY_INSPECTED"], "this delivery has been inspected already",
                   {{"delivery", absl::StrCat(delivery)}});
}
absl::Status DeliveryNumberError(int expected) {
  return MakeError(kActErrors["DELIVERY_NUMBER"], "deliveries are numbered 1, 2, ... without gaps",
                   {{"expected", absl::StrCat(expected)}});
}
absl::Status DeliveryInFutureError() {
  return MakeError(kActErrors["DELIVERY_IN_FUTURE"], "a delivery is reported once it is done");
}
absl::Status DeliveryAmountExceededError() {
  return MakeError(kActErrors["DELIVERY_AMOUNT_EXCEEDED"],
                   "more than what remains of the contract amount");
}
absl::Status DeliveryMustBeFinalError() {
  return MakeError(kActErrors["DELIVERY_MUST_BE_FINAL"],
                   "nothing would remain for a later delivery: report this one as the final one");
}
absl::Status TooManyDeliveriesError() {
  return MakeError(kActErrors["TOO_MANY_DELIVERIES"],
                   "the contract has as many deliveries as one may have",
                   {{"deliveriesMax", absl::StrCat(kDeliveriesMax)}});
}

}  // namespace jodal::procurement
