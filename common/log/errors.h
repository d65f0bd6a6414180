// The errors of common/log.
#ifndef JODAL_COMMON_LOG_ERRORS_H_
#define JODAL_COMMON_LOG_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::log {

inline constexpr ErrorTable kErrors({
    {"CHECKPOINT_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"CHECKPOINT_SIGNATURE", absl::StatusCode::kFailedPrecondition},
    {"INCLUSION_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"NOTE_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"NOTE_SIGNATURE", absl::StatusCode::kFailedPrecondition},
    {"NOTE_UNSIGNED", absl::StatusCode::kFailedPrecondition},
    {"ORIGIN_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"RECEIPT_MALFORMED", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_ERRORS_H_
