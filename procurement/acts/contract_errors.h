// Every refusal of an act on a contract, one constructor per condition. Messages carry no amounts
// and no personal data.
#ifndef JODAL_PROCUREMENT_ACTS_CONTRACT_ERRORS_H_
#define JODAL_PROCUREMENT_ACTS_CONTRACT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::procurement {

// INVALID_ARGUMENT: wrong in itself.
absl::Status DateInvalidError(absl::string_view field);    // DATE_INVALID
absl::Status PeriodInvalidError();                         // PERIOD_INVALID
absl::Status DelayDamagesInvalidError();                   // DELAY_DAMAGES_INVALID
absl::Status DeliveryAmountInvalidError();                 // DELIVERY_AMOUNT_INVALID
absl::Status InspectionAmountInvalidError();               // INSPECTION_AMOUNT_INVALID
absl::Status ReasonMissingError();                         // REASON_MISSING
absl::Status GroundUnknownError(absl::string_view known);  // GROUND_UNKNOWN

// NOT_FOUND.
absl::Status DeliveryNotFoundError();  // DELIVERY_NOT_FOUND

// DATA_LOSS: an award in the log that no contract can be made of.
absl::Status AwardMalformedError(absl::string_view field);  // AWARD_MALFORMED

// FAILED_PRECONDITION: does not fit what is on record.
absl::Status ContractMismatchError();                      // CONTRACT_MISMATCH
absl::Status TenderMismatchError();                        // TENDER_MISMATCH
absl::Status LotMismatchError();                           // LOT_MISMATCH
absl::Status AwardMismatchError();                         // AWARD_MISMATCH
absl::Status PartyMismatchError(absl::string_view field);  // PARTY_MISMATCH
absl::Status AmountMismatchError();                        // AMOUNT_MISMATCH
absl::Status CurrencyMismatchError();                      // CURRENCY_MISMATCH
absl::Status OfferMismatchError();                         // OFFER_MISMATCH
absl::Status OfferStillOpenError(absl::Time until);        // OFFER_STILL_OPEN
absl::Status ConsentMismatchError();                       // CONSENT_MISMATCH
absl::Status ConfirmationMismatchError();                  // CONFIRMATION_MISMATCH
absl::Status ReportMismatchError();                        // REPORT_MISMATCH
absl::Status DeliveryUninspectedError(int delivery);       // DELIVERY_UNINSPECTED
absl::Status DeliveryInspectedError(int delivery);         // DELIVERY_INSPECTED
absl::Status DeliveryNumberError(int expected);            // DELIVERY_NUMBER
absl::Status DeliveryInFutureError();                      // DELIVERY_IN_FUTURE
absl::Status DeliveryAmountExceededError();                // DELIVERY_AMOUNT_EXCEEDED
absl::Status DeliveryMustBeFinalError();                   // DELIVERY_MUST_BE_FINAL
absl::Status TooManyDeliveriesError();                     // TOO_MANY_DELIVERIES

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_CONTRACT_ERRORS_H_
