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
#include "common/status/macros.h"

namespace jodal::money {
namespace {

absl::Status Overflow() {
  return MakeError(kErrors["AMOUNT_OVERFLOW"], "the amount does not fit into 64 bits");
}

absl::Status AmountInvalid() {
  return MakeError(kErrors["AMOUNT_INVALID"],
                   "not an amount: digits, optionally in groups of three");
}

absl::Status Mismatch(const Money& a, const Money& b) {
  return MakeError(kErrors["CURRENCY_MISMATCH"], "amounts of different currencies",
                   {{"left", a.currency()}, {"right", b.currency()}});
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

absl::StatusOr<int64_t> CheckedSub(int64_t a, int64_t b) {
  int64_t out;
  if (__builtin_sub_overflow(a, b, &out)) return Overflow();
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

absl::StatusOr<Money> Money::Create(int64_t minor_units, absl::string_view currency) {
  if (currency.size() != 3 || !std::all_of(currency.begin(), currency.end(), absl::ascii_isupper)) {
    return MakeError(kErrors["CURRENCY_INVALID"], "a currency is three letters A-Z");
  }
  return Money(minor_units, {currency[0], currency[1], currency[2]});
}

absl::StatusOr<Money> WithUnits(const Money& like, absl::StatusOr<int64_t> units) {
  if (!units.ok()) return units.status();
  return Money(*units, like.currency_);
}

absl::StatusOr<Money> Add(const Money& a, const Money& b) {
  if (!a.SameCurrency(b)) return Mismatch(a, b);
  return WithUnits(a, CheckedAdd(a.minor_units(), b.minor_units()));
}

absl::StatusOr<Money> Sub(const Money& a, const Money& b) {
  if (!a.SameCurrency(b)) return Mismatch(a, b);
  return WithUnits(a, CheckedSub(a.minor_units(), b.minor_units()));
}

absl::StatusOr<Money> Mul(const Money& a, int64_t factor) {
  return WithUnits(a, CheckedMul(a.minor_units(), factor));
}

absl::StatusOr<Money> ApplyRate(const Money& a, Ppm rate, Rounding rounding) {
  return WithUnits(a, MulDiv(a.minor_units(), rate.value, kPpmOne, rounding));
}

absl::StatusOr<int> Compare(const Money& a, const Money& b) {
  if (!a.SameCurrency(b)) return Mismatch(a, b);
  if (a.minor_units() == b.minor_units()) return 0;
  return a.minor_units() < b.minor_units() ? -1 : 1;
}

int MinorDigits(absl::string_view currency) {
  for (absl::string_view c : {"KRW", "JPY", "VND", "CLP"}) {
    if (currency == c) return 0;
  }
  for (absl::string_view c : {"KWD", "BHD", "JOD", "OMR", "TND"}) {
    if (currency == c) return 3;
  }
  return 2;
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

std::string FormatMoney(const Money& money) {
  const int decimals = MinorDigits(money.currency());
  if (decimals == 0) return absl::StrCat(money.currency(), " ", FormatAmount(money.minor_units()));
  int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const int64_t whole = money.minor_units() / scale;
  const int64_t part = money.minor_units() % scale;
  return absl::StrFormat("%s %s%s.%0*d", money.currency(), whole == 0 && part < 0 ? "-" : "",
                         FormatAmount(whole), decimals, part < 0 ? -part : part);
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

absl::StatusOr<Money> ParseMoney(absl::string_view text) {
  if (text.size() < 5 || text[3] != ' ') return AmountInvalid();
  const absl::string_view currency = text.substr(0, 3);
  RETURN_IF_ERROR(Money::Create(0, currency).status());
  absl::string_view number = text.substr(4);
  const size_t decimals = MinorDigits(currency);
  absl::string_view part;
  if (decimals > 0) {
    if (number.size() < decimals + 2 || number[number.size() - decimals - 1] != '.') {
      return AmountInvalid();
    }
    part = number.substr(number.size() - decimals);
    if (!AllDigits(part)) return AmountInvalid();
    number = number.substr(0, number.size() - decimals - 1);
  }
  const bool negative = absl::ConsumePrefix(&number, "-");
  ASSIGN_OR_RETURN(const int64_t whole, ParseAmount(number));
  if (whole < 0) return AmountInvalid();
  // Grouped text of the minor units, so that the most negative amount parses too.
  std::string units = absl::StrCat(whole, part);
  const size_t zeros = std::min(units.find_first_not_of('0'), units.size() - 1);
  units.erase(0, zeros);
  if (negative && units == "0") return AmountInvalid();
  ASSIGN_OR_RETURN(const int64_t minor, ParseAmount(absl::StrCat(negative ? "-" : "", units)));
  return Money::Create(minor, currency);
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
