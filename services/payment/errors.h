// The refusals of the payment service itself; those of the acts are in
// procurement/acts/payment_errors.h. Messages and metadata carry no amounts, no account data and no
// names.
#ifndef JODAL_SERVICES_PAYMENT_ERRORS_H_
#define JODAL_SERVICES_PAYMENT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/kit/errors.h"

namespace jodal::payment {

using kit::DocumentTooLargeError;
using kit::NotAllowedError;

inline constexpr ErrorTable kErrors({
    {"ACCOUNT_NOT_FOUND", absl::StatusCode::kNotFound},
    {"BANK_UNKNOWN", absl::StatusCode::kFailedPrecondition},
    {"CONTRACT_ID_MISSING", absl::StatusCode::kInvalidArgument},
    {"INSPECTION_MALFORMED", absl::StatusCode::kDataLoss},
    {"ORDER_NOT_FOUND", absl::StatusCode::kNotFound},
    {"PAYMENT_NOT_FOUND", absl::StatusCode::kNotFound},
    {"STORED_RECORD_DAMAGED", absl::StatusCode::kDataLoss},
});

absl::Status ContractIdMissingError();  // INVALID_ARGUMENT CONTRACT_ID_MISSING

// NOT_FOUND.
absl::Status AccountNotFoundError();  // ACCOUNT_NOT_FOUND
absl::Status PaymentNotFoundError();  // PAYMENT_NOT_FOUND
absl::Status OrderNotFoundError();    // ORDER_NOT_FOUND

absl::Status BankUnknownError();  // FAILED_PRECONDITION BANK_UNKNOWN

// DATA_LOSS INSPECTION_MALFORMED: an entry of the contract log that is no inspection.
absl::Status InspectionMalformedError(absl::string_view field);
// DATA_LOSS STORED_RECORD_DAMAGED: records that contradict each other.
absl::Status RecordsDamagedError();

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_ERRORS_H_
