#include "common/money/money.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/money/errors.h"

namespace jodal::money {
namespace {

absl::Status Overflow() {
  return MakeError(kErrors["AMOUNT_OVERFLOW"], "the amount does not fit into 64 bits");
}

absl::Status AmountInvalid() {
  return MakeError(kErrors["AMOUNT_INVALID"],
                   "not an amount: digits, optionally in groups of three");
}

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

absl::StatusOr<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t out;
  if (__builtin_add_overflow(a, b, &out)) return Overflow();
  return out;
}

absl::StatusOr<int64_t> CheckedMul(int64_t a, int64_t b) {
  int64_t out;
  if (__builtin_mul_overflow(a, b, &out)) return Overflow();
  return out;
}

absl::StatusOr<int64_t> MulDiv(int64_t a, int64_t b, int64_t c, Rounding rounding) {
  if (c <= 0) {
    return MakeError(kErrors["DIVISOR_NOT_POSITIVE"], "the divisor must be positive");
  }
  const __int128 product = static_cast<__int128>(a) * b;
  __int128 quotient = product / c;
  __int128 remainder = product % c;
  if (remainder < 0) {
    remainder += c;
    --quotient;
  }
  switch (rounding) {
    case Rounding::kFloor:
      break;
    case Rounding::kCeil:
      if (remainder > 0) ++quotient;
      break;
    case Rounding::kHalfUp:
      if (2 * remainder >= c) ++quotient;
      break;
  }
  if (quotient > std::numeric_limits<int64_t>::max() ||
      quotient < std::numeric_limits<int64_t>::min()) {
    return Overflow();
  }
  return static_cast<int64_t>(quotient);
}

absl::StatusOr<int64_t> MulDivFloor(int64_t a, int64_t b, int64_t c) {
  return MulDiv(a, b, c, Rounding::kFloor);
}
absl::StatusOr<int64_t> MulDivCeil(int64_t a, int64_t b, int64_t c) {
  return MulDiv(a, b, c, Rounding::kCeil);
}
absl::StatusOr<int64_t> MulDivHalfUp(int64_t a, int64_t b, int64_t c) {
  return MulDiv(a, b, c, Rounding::kHalfUp);
}

std::string FormatAmount(int64_t amount) {
  std::string digits = absl::StrCat(amount);
  const size_t first = amount < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

absl::StatusOr<int64_t> ParseAmount(absl::string_view text) {
  absl::string_view body = text;
  const bool negative = absl::ConsumePrefix(&body, "-");
  std::string digits = negative ? "-" : "";
  const std::vector<absl::string_view> groups = absl::StrSplit(body, ',');
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!AllDigits(groups[i])) return AmountInvalid();
    if (i > 0 && groups[i].size() != 3) return AmountInvalid();
    absl::StrAppend(&digits, groups[i]);
  }
  if (groups.size() > 1 && groups[0].size() > 3) return AmountInvalid();
  if (groups[0][0] == '0' && (body.size() > 1 || negative)) return AmountInvalid();
  int64_t out;
  if (!absl::SimpleAtoi(digits, &out)) return Overflow();
  return out;
}

std::string FormatPercent(Ppm rate) {
  const bool negative = rate.value < 0;
  const uint64_t magnitude =
      negative ? 0 - static_cast<uint64_t>(rate.value) : static_cast<uint64_t>(rate.value);
  std::string out =
      absl::StrFormat("%s%d.%04d", negative ? "-" : "", magnitude / 10'000, magnitude % 10'000);
  if (out.back() == '0') out.pop_back();
  return out;
}

absl::StatusOr<Ppm> ParsePercent(absl::string_view text) {
  const absl::Status invalid =
      MakeError(kErrors["RATE_INVALID"], "a rate is a percentage with at most four decimals");
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() > 2 || !AllDigits(parts[0]) || parts[0].size() > 9) return invalid;
  std::string decimals;
  if (parts.size() == 2) {
    if (!AllDigits(parts[1]) || parts[1].size() > 4) return invalid;
    decimals = std::string(parts[1]);
  }
  decimals.resize(4, '0');
  int64_t value;
  if (!absl::SimpleAtoi(absl::StrCat(parts[0], decimals), &value)) return invalid;
  return Ppm{value};
}

}  // namespace jodal::money
