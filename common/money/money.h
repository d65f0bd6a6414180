// Exact money: integer minor units, rates in parts per million, explicit rounding.
//
// No floating point. Every operation that can leave int64 is checked and fails with OUT_OF_RANGE
// AMOUNT_OVERFLOW; nothing wraps and nothing saturates. Intermediate products are 128 bits wide, so
// a MulDiv fails only if its result does not fit. Thread-safe: values and pure functions.
#ifndef JODAL_COMMON_MONEY_MONEY_H_
#define JODAL_COMMON_MONEY_MONEY_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal::money {

// A rate in parts per million: 86.745 % is Ppm{867450}.
struct Ppm {
  int64_t value = 0;
  friend constexpr auto operator<=>(const Ppm&, const Ppm&) = default;
};
inline constexpr int64_t kPpmOne = 1'000'000;

enum class Rounding {
  kFloor,   // toward minus infinity
  kCeil,    // toward plus infinity
  kHalfUp,  // to the nearest, halves toward plus infinity
};

// a + b, a * b. AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> CheckedAdd(int64_t a, int64_t b);
absl::StatusOr<int64_t> CheckedMul(int64_t a, int64_t b);

// a * b / c, exact until the one rounding at the end. INVALID_ARGUMENT DIVISOR_NOT_POSITIVE unless
// c > 0; AMOUNT_OVERFLOW if the result does not fit.
absl::StatusOr<int64_t> MulDiv(int64_t a, int64_t b, int64_t c, Rounding rounding);
absl::StatusOr<int64_t> MulDivFloor(int64_t a, int64_t b, int64_t c);
absl::StatusOr<int64_t> MulDivCeil(int64_t a, int64_t b, int64_t c);
absl::StatusOr<int64_t> MulDivHalfUp(int64_t a, int64_t b, int64_t c);

// "4,290,738,325", "-1,234".
std::string FormatAmount(int64_t amount);

// Plain digits or digits in correct groups of three, an optional leading '-'; no white space, no
// leading zeros. INVALID_ARGUMENT AMOUNT_INVALID; AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> ParseAmount(absl::string_view text);

// Percent with three decimals, or four if the rate has them: Ppm{867450} is "86.745".
std::string FormatPercent(Ppm rate);
// Digits with at most four decimals. INVALID_ARGUMENT RATE_INVALID.
absl::StatusOr<Ppm> ParsePercent(absl::string_view text);

}  // namespace jodal::money

#endif  // JODAL_COMMON_MONEY_MONEY_H_
