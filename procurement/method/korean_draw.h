// What methods share that find their planned price by the draw: preliminary prices, draw, planned
// price, floor, net-cost limit, ranking (docs/rules-kr.md 1 to 3). Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_KOREAN_DRAW_H_
#define JODAL_PROCUREMENT_METHOD_KOREAN_DRAW_H_

#include <vector>

#include "absl/status/statusor.h"
#include "procurement/method/method.h"

namespace jodal::procurement {

inline constexpr const char* kDrawnOrEntered[] = {"verifiable", "entered"};

inline constexpr char kVoidPicks[] = "PICKS_INVALID";

// clang-format off
inline constexpr Column kDrawColumns[] = {
    {"planned_price", Column::As::kAmount, "예정가격", "planned price"},
    {"assessment_rate_ppm", Column::As::kRatePpm, "사정률", "assessment rate"},
    {"floor_amount", Column::As::kAmount, "낙찰하한", "floor"},
    {"net_cost_limit", Column::As::kAmountOrNone, "순공사원가 하한", "net-cost limit"},
    {"binding_limit", Column::As::kWord, "적용 하한", "binding"},
};
// clang-format on

// Method::check. Errors A_VALUE_OUT_OF_RANGE, NET_COST_OUT_OF_RANGE, FLOOR_RATE_OUT_OF_RANGE,
// FLOOR_RATE_PRECISION, BASE_TOO_SMALL (for prices that can differ); warnings FLOOR_RATE_DIFFERS
// (from the tables' proposal), NO_FLOOR_RATE_PROPOSAL.
void CheckDrawFigures(const NoticeTerms& notice, std::vector<Violation>& violations);

// Method::void_reason: kVoidPicks unless the picks are as many distinct numbers as the draw takes.
const char* VoidPicks(const Offer& offer, const rules::RuleSet& rule_set);

// Method::evaluate, with `scoring` of the bids' prices where the method reviews them; null: the
// first in the ranking wins.
absl::StatusOr<EvaluationResult> EvaluateByDraw(const EvaluationInput& input,
                                                const rules::Scoring* scoring);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_KOREAN_DRAW_H_
