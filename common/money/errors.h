// The errors of common/money.
#ifndef JODAL_COMMON_MONEY_ERRORS_H_
#define JODAL_COMMON_MONEY_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::money {

inline constexpr ErrorTable kErrors({
    {"AMOUNT_INVALID", absl::StatusCode::kInvalidArgument},
    {"AMOUNT_OVERFLOW", absl::StatusCode::kOutOfRange},
    {"DIVISOR_NOT_POSITIVE", absl::StatusCode::kInvalidArgument},
    {"RATE_INVALID", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::money

#endif  // JODAL_COMMON_MONEY_ERRORS_H_
