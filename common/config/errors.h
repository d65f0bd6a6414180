// The errors of common/config.
#ifndef JODAL_COMMON_CONFIG_ERRORS_H_
#define JODAL_COMMON_CONFIG_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::config {

inline constexpr ErrorTable kErrors({
    {"CONFIG_FILE_MISSING", absl::StatusCode::kNotFound},
    {"CONFIG_INVALID_VALUE", absl::StatusCode::kInvalidArgument},
    {"CONFIG_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"CONFIG_MISSING_FIELD", absl::StatusCode::kInvalidArgument},
    {"CONFIG_UNKNOWN_FIELD", absl::StatusCode::kInvalidArgument},
    {"KEYS_DIR_MISSING", absl::StatusCode::kNotFound},
    {"KEY_FILE_PERMISSIONS", absl::StatusCode::kFailedPrecondition},
});

}  // namespace jodal::config

#endif  // JODAL_COMMON_CONFIG_ERRORS_H_
