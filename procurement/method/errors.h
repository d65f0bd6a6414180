// The errors of procurement/method: of an evaluation whose input is not one. No bid causes them.
#ifndef JODAL_PROCUREMENT_METHOD_ERRORS_H_
#define JODAL_PROCUREMENT_METHOD_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement {

inline constexpr ErrorTable kMethodErrors({
    {"AMOUNT_OUT_OF_RANGE", absl::StatusCode::kInvalidArgument},
    {"BASE_TOO_SMALL", absl::StatusCode::kInvalidArgument},
    {"CHOICE_INVALID", absl::StatusCode::kInvalidArgument},
    {"DRAW_RULE_INVALID", absl::StatusCode::kInvalidArgument},
    {"DUPLICATE_SUBMISSION", absl::StatusCode::kInvalidArgument},
    {"FIGURES_INVALID", absl::StatusCode::kInvalidArgument},
    {"PICKS_INVALID", absl::StatusCode::kInvalidArgument},
    {"PRICES_INVALID", absl::StatusCode::kInvalidArgument},
    {"UNIFORM_MISSING", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_ERRORS_H_
