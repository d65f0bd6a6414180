// The errors of common/clock.
#ifndef JODAL_COMMON_CLOCK_ERRORS_H_
#define JODAL_COMMON_CLOCK_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal {

inline constexpr ErrorTable kClockErrors({
    {"CLOCK_BACKWARDS", absl::StatusCode::kFailedPrecondition},
});

}  // namespace jodal

#endif  // JODAL_COMMON_CLOCK_ERRORS_H_
