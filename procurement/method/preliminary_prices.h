// Multiple preliminary prices 복수예비가격 around the base amount (docs/rules-kr.md 1).
//
// State buyers: [0.98 B, 1.02 B] in 15 equal intervals, one price in each. Local buyers: 7 or 8
// prices over the base and the rest under it, one per equal part of (B, 1.03 B] and [0.97 B, B).
// Every price is a uniformly drawn multiple of 100 KRW inside its own interval, so rounding never
// moves a price over a boundary. The prices are then numbered 1..15 by a uniform shuffle.
// Pure: the only randomness is `uniform`. Thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_PRELIMINARY_PRICES_H_
#define JODAL_PROCUREMENT_METHOD_PRELIMINARY_PRICES_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

// A uniform integer in [0, bound). bound >= 1; a result outside is treated as a broken process.
using Uniform = std::function<uint64_t(uint64_t bound)>;

struct PreliminaryPrice {
  int number = 0;  // 1..count
  int64_t amount_krw = 0;
  friend bool operator==(const PreliminaryPrice&, const PreliminaryPrice&) = default;
};

// `count` prices ordered by number. Consumes `uniform` in this order: the number of prices over the
// base (local only), one offset per interval from the lowest up, then count-1 shuffle steps.
// INVALID_ARGUMENT BASE_TOO_SMALL if an interval is narrower than the price unit (the shares then
// hold no multiple of it), AMOUNT_OUT_OF_RANGE, DRAW_RULE_INVALID.
absl::StatusOr<std::vector<PreliminaryPrice>> MakePreliminaryPrices(int64_t base_krw,
                                                                    const rules::DrawRule& rule,
                                                                    const Uniform& uniform);

// Prices made elsewhere: numbers 1..count each once, amounts in 1..kAmountMaxKrw. They need not be
// multiples of the unit nor lie in the spread (past openings are replayed this way).
// INVALID_ARGUMENT PRICES_INVALID.
absl::Status CheckPreliminaryPrices(const std::vector<PreliminaryPrice>& prices,
                                    const rules::DrawRule& rule);

// DRAW_RULE_INVALID unless 1 <= taken <= count <= kPriceCountMax, 1 <= picks <= count and so on.
absl::Status CheckDrawRule(const rules::DrawRule& rule);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_PRELIMINARY_PRICES_H_
