// Scores of the qualification review 적격심사 (docs/rules-kr.md 4). Scores are integers of 0.000001
// points ("micro"), so that every rule value is exact. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_SCORE_H_
#define JODAL_PROCUREMENT_METHOD_SCORE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

inline constexpr int64_t kMicroPerPoint = 1'000'000;

struct PriceRatioInput {
  int64_t bid_krw = 0;
  int64_t planned_krw = 0;
  int64_t a_value_krw = 0;  // works; 0 for services and goods
};

// x = (bid - A) / (planned - A), half-up to four decimals, in 0.0001. INVALID_ARGUMENT
// FIGURES_INVALID unless 0 <= A < planned and 0 < bid; AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> PriceRatioE4(const PriceRatioInput& input);

// max(score_min, Pmax - k * |R - 100x|); with a cap, its score from the cap ratio on. Meant for
// bids that do not exceed the planned price.
int64_t PriceScoreMicro(const rules::Scoring& scoring, int64_t price_ratio_e4);

// Sum of price score and the other scores; the third decimal and beyond are rounded up. A multiple
// of 10,000 micro. AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> TotalScoreMicro(int64_t price_score_micro, int64_t other_score_micro);

bool Passes(const rules::Scoring& scoring, int64_t total_score_micro);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_SCORE_H_
