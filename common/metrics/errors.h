// The errors of common/metrics.
#ifndef JODAL_COMMON_METRICS_ERRORS_H_
#define JODAL_COMMON_METRICS_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::metrics {

inline constexpr ErrorTable kErrors({
    {"ADMIN_LISTEN_FAILED", absl::StatusCode::kUnavailable},
    {"LOG_FILE_IO", absl::StatusCode::kUnavailable},
});

}  // namespace jodal::metrics

#endif  // JODAL_COMMON_METRICS_ERRORS_H_
