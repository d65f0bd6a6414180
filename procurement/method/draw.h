// The draw: how the picks of all bids choose the prices that make the planned price 예정가격.
// Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_DRAW_H_
#define JODAL_PROCUREMENT_METHOD_DRAW_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "procurement/method/preliminary_prices.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

// A bid's picks: exactly rule.picks distinct numbers in 1..count. INVALID_ARGUMENT PICKS_INVALID.
absl::Status CheckPicks(const std::vector<int>& picks, const rules::DrawRule& rule);

// How often each number was picked, counts[i] for number i + 1, over all bids validly received.
// INVALID_ARGUMENT PICKS_INVALID.
absl::StatusOr<std::vector<int>> CountPicks(const std::vector<std::vector<int>>& picks,
                                            const rules::DrawRule& rule);

// The `taken` numbers with the highest counts, in the order taken: count descending, ties by the
// lower number (observed). With fewer than `taken` drawn numbers the same order continues with
// undrawn low numbers (a choice of this project). Requires taken <= counts.size().
std::vector<int> TakeMostDrawn(const std::vector<int>& counts, int taken);

// Floor of the mean of the chosen prices. INVALID_ARGUMENT CHOICE_INVALID if a number is missing
// from `prices` or repeated, or none is given.
absl::StatusOr<int64_t> PlannedPrice(const std::vector<PreliminaryPrice>& prices,
                                     const std::vector<int>& chosen_numbers);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_DRAW_H_
