// The errors of procurement/award.
#ifndef JODAL_PROCUREMENT_AWARD_ERRORS_H_
#define JODAL_PROCUREMENT_AWARD_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement {

inline constexpr ErrorTable kAwardErrors({
    {"ENTERED_PRICES_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"ENTERED_PRICES_MISSING", absl::StatusCode::kFailedPrecondition},
    {"ENTERED_PRICES_UNEXPECTED", absl::StatusCode::kFailedPrecondition},
    {"RESULT_PAGE_MISMATCH", absl::StatusCode::kDataLoss},
});

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_AWARD_ERRORS_H_
