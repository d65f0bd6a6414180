#include "procurement/method/preliminary_prices.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "procurement/limits.h"
#include "procurement/method/errors.h"

namespace jodal::procurement {
namespace {

using Int128 = __int128;

Int128 FloorDiv(Int128 a, Int128 b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
Int128 CeilDiv(Int128 a, Int128 b) { return -FloorDiv(-a, b); }

uint64_t Draw(const Uniform& uniform, uint64_t bound) {
  const uint64_t value = uniform(bound);
  if (value >= bound) std::abort();
  return value;
}

// A run of `parts` equal intervals that start at low_ppm * B and are width_ppm * B long together.
struct Run {
  int64_t low_ppm;
  int64_t width_ppm;
  int parts;
  bool open_low;  // (lo, hi] instead of [lo, hi)
};

// Appends one uniformly drawn multiple of the unit per interval. Boundaries are exact fractions
// over parts * 10^6 * unit, in which every multiple of the unit is an integer.
void DrawRun(const Run& run, bool closed_high, int64_t base_krw, int64_t unit_krw,
             const Uniform& uniform, std::vector<int64_t>& amounts) {
  const Int128 denominator = Int128{run.parts} * money::kPpmOne * unit_krw;
  for (int i = 0; i < run.parts; ++i) {
    const auto boundary = [&](int at) {
      return Int128{base_krw} * (run.low_ppm * run.parts + run.width_ppm * at);
    };
    const Int128 lo = boundary(i), hi = boundary(i + 1);
    const bool last_closed = closed_high && i + 1 == run.parts;
    const Int128 first = run.open_low ? FloorDiv(lo, denominator) + 1 : CeilDiv(lo, denominator);
    const Int128 last =
        run.open_low || last_closed ? FloorDiv(hi, denominator) : CeilDiv(hi, denominator) - 1;
    const uint64_t choices = static_cast<uint64_t>(last - first + 1);
    amounts.push_back(static_cast<int64_t>(first + Draw(uniform, choices)) * unit_krw);
  }
}

}  // namespace

absl::Status CheckDrawRule(const rules::DrawRule& rule) {
  const bool split = rule.scheme == rules::PriceScheme::kSplitAtBase;
  const bool ok = rule.count >= 1 && rule.count <= kPriceCountMax && rule.taken >= 1 &&
                  rule.taken <= rule.count && rule.picks >= 1 && rule.picks <= rule.count &&
                  rule.price_unit_krw >= 1 && rule.price_unit_krw <= kAmountMaxKrw &&
                  rule.spread.value > 0 && rule.spread.value < money::kPpmOne &&
                  (!split || (rule.above_min >= 1 && rule.above_min <= rule.above_max &&
                              rule.above_max < rule.count));
  if (ok) return absl::OkStatus();
  return MakeError(kMethodErrors["DRAW_RULE_INVALID"],
                   "the draw parameters of the rule set contradict each other");
}

absl::StatusOr<std::vector<PreliminaryPrice>> MakePreliminaryPrices(int64_t base_krw,
                                                                    const rules::DrawRule& rule,
                                                                    const Uniform& uniform) {
  RETURN_IF_ERROR(CheckDrawRule(rule));
  if (base_krw < 1 || base_krw > kBaseMaxKrw) {
    return MakeError(kMethodErrors["AMOUNT_OUT_OF_RANGE"], "the base amount is out of range",
                     {{"field", "base_amount"}});
  }
  if (base_krw < rules::BaseMinKrw(rule)) {
    return MakeError(kMethodErrors["BASE_TOO_SMALL"],
                     "the base amount is too small for preliminary prices of this unit",
                     {{"base_min_krw", absl::StrCat(rules::BaseMinKrw(rule))}});
  }
  const int64_t spread = rule.spread.value;
  std::vector<int64_t> amounts;
  if (rule.scheme == rules::PriceScheme::kEqualIntervals) {
    DrawRun({money::kPpmOne - spread, 2 * spread, rule.count, false}, true, base_krw,
            rule.price_unit_krw, uniform, amounts);
  } else {
    const int above =
        rule.above_min + static_cast<int>(Draw(uniform, rule.above_max - rule.above_min + 1));
    DrawRun({money::kPpmOne - spread, spread, rule.count - above, false}, false, base_krw,
            rule.price_unit_krw, uniform, amounts);
    DrawRun({money::kPpmOne, spread, above, true}, true, base_krw, rule.price_unit_krw, uniform,
            amounts);
  }
  for (size_t i = amounts.size() - 1; i > 0; --i) {
    std::swap(amounts[i], amounts[Draw(uniform, i + 1)]);
  }
  std::vector<PreliminaryPrice> prices;
  for (size_t i = 0; i < amounts.size(); ++i) {
    prices.push_back({static_cast<int>(i) + 1, amounts[i]});
  }
  return prices;
}

absl::Status CheckPreliminaryPrices(const std::vector<PreliminaryPrice>& prices,
                                    const rules::DrawRule& rule) {
  RETURN_IF_ERROR(CheckDrawRule(rule));
  std::vector<bool> seen(rule.count + 1, false);
  bool ok = static_cast<int>(prices.size()) == rule.count;
  for (const PreliminaryPrice& price : prices) {
    if (!ok) break;
    ok = price.number >= 1 && price.number <= rule.count && !seen[price.number] &&
         price.amount_krw >= 1 && price.amount_krw <= kAmountMaxKrw;
    if (ok) seen[price.number] = true;
  }
  if (ok) return absl::OkStatus();
  return MakeError(kMethodErrors["PRICES_INVALID"],
                   "each number needs exactly one preliminary price in range",
                   {{"count", absl::StrCat(rule.count)}});
}

}  // namespace jodal::procurement
