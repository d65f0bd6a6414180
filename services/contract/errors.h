// Every refusal of the contract service, one constructor per condition. Messages carry no amounts
// and no personal data.
#ifndef JODAL_SERVICES_CONTRACT_ERRORS_H_
#define JODAL_SERVICES_CONTRACT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::contract {

// PERMISSION_DENIED NOT_ALLOWED.
absl::Status NotAllowedError();

// INVALID_ARGUMENT: wrong in itself.
absl::Status DocumentTooLargeError(size_t limit_bytes);  // DOCUMENT_TOO_LARGE
absl::Status DateInvalidError(absl::string_view field);  // DATE_INVALID
absl::Status PeriodInvalidError();                       // PERIOD_INVALID
absl::Status DelayDamagesInvalidError();                 // DELAY_DAMAGES_INVALID
absl::Status DeliveryAmountInvalidError();               // DELIVERY_AMOUNT_INVALID
absl::Status InspectionAmountInvalidError();             // INSPECTION_AMOUNT_INVALID
absl::Status TenderIdMissingError();                     // TENDER_ID_MISSING

// NOT_FOUND.
absl::Status ContractNotFoundError();  // CONTRACT_NOT_FOUND
absl::Status DeliveryNotFoundError();  // DELIVERY_NOT_FOUND

// FAILED_PRECONDITION: does not fit what is on record.
struct WrongState {
  absl::string_view state;
  absl::string_view event;
};
absl::Status WrongStateError(const WrongState& what);      // WRONG_STATE
absl::Status TenderMismatchError();                        // TENDER_MISMATCH
absl::Status AwardMismatchError();                         // AWARD_MISMATCH
absl::Status PartyMismatchError(absl::string_view field);  // PARTY_MISMATCH
absl::Status AmountMismatchError();                        // AMOUNT_MISMATCH
absl::Status CurrencyMismatchError();                      // CURRENCY_MISMATCH
absl::Status OfferMismatchError();                         // OFFER_MISMATCH
absl::Status ConsentMismatchError();                       // CONSENT_MISMATCH
absl::Status ReportMismatchError();                        // REPORT_MISMATCH
absl::Status DeliveryUninspectedError(int delivery);       // DELIVERY_UNINSPECTED
absl::Status DeliveryInspectedError(int delivery);         // DELIVERY_INSPECTED
absl::Status DeliveryNumberError(int expected);            // DELIVERY_NUMBER
absl::Status DeliveryInFutureError();                      // DELIVERY_IN_FUTURE
absl::Status DeliveryAmountExceededError();                // DELIVERY_AMOUNT_EXCEEDED
absl::Status DeliveryMustBeFinalError();                   // DELIVERY_MUST_BE_FINAL
absl::Status TooManyDeliveriesError();                     // TOO_MANY_DELIVERIES

// DATA_LOSS: an award in the tender log that no contract can be made of.
absl::Status AwardMalformedError(absl::string_view field);  // AWARD_MALFORMED

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_ERRORS_H_
