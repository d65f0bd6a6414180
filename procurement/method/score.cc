#include "procurement/method/score.h"

#include <algorithm>
#include <cstdlib>

#include "common/money/money.h"
#include "common/status/macros.h"
#include "procurement/method/errors.h"

namespace jodal::procurement {

absl::StatusOr<int64_t> PriceRatioE4(const PriceRatioInput& input) {
  if (input.a_value_krw < 0 || input.a_value_krw >= input.planned_krw || input.bid_krw <= 0) {
    return MakeError(kMethodErrors["FIGURES_INVALID"], "0 <= A < planned price and a positive bid");
  }
  return money::MulDivHalfUp(input.bid_krw - input.a_value_krw, 10'000,
                             input.planned_krw - input.a_value_krw);
}

int64_t PriceScoreMicro(const rules::Scoring& scoring, int64_t price_ratio_e4) {
  // 0.0001 of the ratio is 100 ppm. A ratio beyond twice the planned price scores like twice.
  const int64_t ratio_ppm = std::clamp<int64_t>(price_ratio_e4, -20'000, 20'000) * 100;
  if (scoring.cap_ratio.value != 0 && ratio_ppm >= scoring.cap_ratio.value) {
    return scoring.cap_score * kMicroPerPoint;
  }
  const int64_t distance_ppm = std::abs(scoring.reference_percent * int64_t{10'000} - ratio_ppm);
  // k points per percent = k_milli / 10 micro points per ppm; the distance is a multiple of 100.
  const int64_t score =
      scoring.price_points_max * kMicroPerPoint - distance_ppm / 10 * scoring.k_milli;
  return std::max(score, scoring.score_min * kMicroPerPoint);
}

absl::StatusOr<int64_t> TotalScoreMicro(int64_t price_score_micro, int64_t other_score_micro) {
  ASSIGN_OR_RETURN(const int64_t sum, money::CheckedAdd(price_score_micro, other_score_micro));
  ASSIGN_OR_RETURN(const int64_t hundredths, money::MulDivCeil(sum, 100, kMicroPerPoint));
  return money::CheckedMul(hundredths, kMicroPerPoint / 100);
}

bool Passes(const rules::Scoring& scoring, int64_t total_score_micro) {
  return total_score_micro >= scoring.pass_mark * kMicroPerPoint;
}

}  // namespace jodal::procurement
