// The errors of procurement/rules.
#ifndef JODAL_PROCUREMENT_RULES_ERRORS_H_
#define JODAL_PROCUREMENT_RULES_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement::rules {

inline constexpr ErrorTable kErrors({
    {"NO_BAND", absl::StatusCode::kNotFound},
    {"NO_RULE_SET_IN_FORCE", absl::StatusCode::kNotFound},
    {"RULE_SET_UNKNOWN", absl::StatusCode::kNotFound},
});

}  // namespace jodal::procurement::rules

#endif  // JODAL_PROCUREMENT_RULES_ERRORS_H_
