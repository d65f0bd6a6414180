// The errors of procurement/acts.
#ifndef JODAL_PROCUREMENT_ACTS_ERRORS_H_
#define JODAL_PROCUREMENT_ACTS_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement {

inline constexpr ErrorTable kActErrors({
    {"AMOUNT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"AWARD_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"CONFIRMATION_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"CONSENT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"CURRENCY_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"DATE_INVALID", absl::StatusCode::kInvalidArgument},
    {"DELAY_DAMAGES_INVALID", absl::StatusCode::kInvalidArgument},
    {"DELIVERY_AMOUNT_EXCEEDED", absl::StatusCode::kFailedPrecondition},
    {"DELIVERY_AMOUNT_INVALID", absl::StatusCode::kInvalidArgument},
    {"DELIVERY_INSPECTED", absl::StatusCode::kFailedPrecondition},
    {"DELIVERY_IN_FUTURE", absl::StatusCode::kFailedPrecondition},
    {"DELIVERY_MUST_BE_FINAL", absl::StatusCode::kFailedPrecondition},
    {"DELIVERY_NOT_FOUND", absl::StatusCode::kNotFound},
    {"DELIVERY_NUMBER", absl::StatusCode::kFailedPrecondition},
    {"DELIVERY_UNINSPECTED", absl::StatusCode::kFailedPrecondition},
    {"EVENT_DAMAGED", absl::StatusCode::kDataLoss},
    {"GROUND_UNKNOWN", absl::StatusCode::kInvalidArgument},
    {"INSPECTION_AMOUNT_INVALID", absl::StatusCode::kInvalidArgument},
    {"LOT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"NOT_ALLOWED", absl::StatusCode::kPermissionDenied},
    {"OFFER_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"OFFER_STILL_OPEN", absl::StatusCode::kFailedPrecondition},
    {"PARTY_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PERIOD_INVALID", absl::StatusCode::kInvalidArgument},
    {"REASON_MISSING", absl::StatusCode::kInvalidArgument},
    {"REPORT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"TENDER_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"TOO_MANY_DELIVERIES", absl::StatusCode::kFailedPrecondition},
    {"WRONG_STATE", absl::StatusCode::kFailedPrecondition},
});

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_ERRORS_H_
