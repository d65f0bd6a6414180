// The errors of common/kv.
#ifndef JODAL_COMMON_KV_ERRORS_H_
#define JODAL_COMMON_KV_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::kv {

inline constexpr ErrorTable kErrors({
    {"STORE_BUSY", absl::StatusCode::kUnavailable},
    {"STORE_CONFLICT", absl::StatusCode::kFailedPrecondition},
    {"STORE_CONNINFO", absl::StatusCode::kInvalidArgument},
    {"STORE_DAMAGED", absl::StatusCode::kDataLoss},
    {"STORE_FAILED", absl::StatusCode::kUnavailable},
    {"STORE_LOCKED", absl::StatusCode::kUnavailable},
    {"STORE_NOT_DURABLE", absl::StatusCode::kFailedPrecondition},
    {"STORE_OUTCOME_UNKNOWN", absl::StatusCode::kUnavailable},
    {"STORE_SNAPSHOT_LOST", absl::StatusCode::kUnavailable},
});

}  // namespace jodal::kv

#endif  // JODAL_COMMON_KV_ERRORS_H_
