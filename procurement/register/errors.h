// The errors of procurement/register.
#ifndef JODAL_PROCUREMENT_REGISTER_ERRORS_H_
#define JODAL_PROCUREMENT_REGISTER_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement {

inline constexpr ErrorTable kFactErrors({
    {"FACTS_LIMIT", absl::StatusCode::kResourceExhausted},
    {"FACT_EVIDENCE_INVALID", absl::StatusCode::kInvalidArgument},
    {"FACT_NOT_FOUND", absl::StatusCode::kNotFound},
    {"FACT_PERIOD_INVALID", absl::StatusCode::kInvalidArgument},
    {"FACT_REPLACED", absl::StatusCode::kFailedPrecondition},
    {"FACT_SUBJECT_INVALID", absl::StatusCode::kInvalidArgument},
    {"FACT_TEXT_INVALID", absl::StatusCode::kInvalidArgument},
    {"FACT_TYPE_UNKNOWN", absl::StatusCode::kInvalidArgument},
    {"FACT_VALUE_UNKNOWN", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_REGISTER_ERRORS_H_
