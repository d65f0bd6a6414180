// What the tracking service refuses.
#ifndef JODAL_SERVICES_TRACKING_ERRORS_H_
#define JODAL_SERVICES_TRACKING_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::tracking {

inline constexpr ErrorTable kErrors({
    {"FILE_MISSING", absl::StatusCode::kNotFound},
    {"LIMIT_INVALID", absl::StatusCode::kInvalidArgument},
    {"LOG_KEYS_INVALID", absl::StatusCode::kInvalidArgument},
    {"STORED_RECORD_DAMAGED", absl::StatusCode::kDataLoss},
    {"TENDER_ID_MISSING", absl::StatusCode::kInvalidArgument},
});

absl::Status LimitInvalid(int limit);  // INVALID_ARGUMENT LIMIT_INVALID
absl::Status TenderMissing();          // INVALID_ARGUMENT TENDER_ID_MISSING

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_ERRORS_H_
