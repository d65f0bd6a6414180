// The errors of common/host.
#ifndef JODAL_COMMON_HOST_ERRORS_H_
#define JODAL_COMMON_HOST_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::host {

inline constexpr ErrorTable kErrors({
    {"FOLDER_FAILED", absl::StatusCode::kUnavailable},
    {"LEDGER_STOPPED", absl::StatusCode::kUnavailable},
    {"LISTEN_FAILED", absl::StatusCode::kUnavailable},
    {"SERVICE_UNKNOWN", absl::StatusCode::kInvalidArgument},
    {"SESSION_BARS_DAMAGED", absl::StatusCode::kDataLoss},
});

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_ERRORS_H_
