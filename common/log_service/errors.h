// The errors of common/log_service.
#ifndef JODAL_COMMON_LOG_SERVICE_ERRORS_H_
#define JODAL_COMMON_LOG_SERVICE_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::log_service {

inline constexpr ErrorTable kErrors({
    {"LEDGER_DAMAGED", absl::StatusCode::kDataLoss},
    {"LIST_LIMIT", absl::StatusCode::kInvalidArgument},
    {"LOG_GAP", absl::StatusCode::kDataLoss},
    {"LOG_NOT_NAMED", absl::StatusCode::kInvalidArgument},
    {"LOG_UNKNOWN", absl::StatusCode::kNotFound},
    {"NOT_ALLOWED", absl::StatusCode::kPermissionDenied},
    {"WATCH_TYPES", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::log_service

#endif  // JODAL_COMMON_LOG_SERVICE_ERRORS_H_
