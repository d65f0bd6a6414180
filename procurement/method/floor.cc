#include "procurement/method/floor.h"

#include "common/status/macros.h"
#include "procurement/method/errors.h"

namespace jodal::procurement {
namespace {

absl::Status FiguresInvalid(absl::string_view message) {
  return MakeError(kMethodErrors["FIGURES_INVALID"], message);
}

}  // namespace

absl::StatusOr<int64_t> Floor(const FloorInput& input) {
  if (input.a_value_krw < 0 || input.a_value_krw >= input.planned_krw) {
    return FiguresInvalid("the A value is not negative and under the planned price");
  }
  if (input.rate.value < 0 || input.rate.value > money::kPpmOne) {
    return FiguresInvalid("the floor rate is between 0 and 100 %");
  }
  // A is an integer, so rounding the product up rounds the sum up.
  ASSIGN_OR_RETURN(const int64_t above_a, money::MulDivCeil(input.planned_krw - input.a_value_krw,
                                                            input.rate.value, money::kPpmOne));
  return money::CheckedAdd(input.a_value_krw, above_a);
}

absl::StatusOr<NetCostLimit> ComputeNetCostLimit(const NetCostInput& input) {
  if (input.net_base_krw <= 0 || input.planned_krw <= 0 || input.base_krw <= 0 ||
      input.share.value <= 0) {
    return FiguresInvalid("the net-cost rule needs positive amounts");
  }
  NetCostLimit out;
  ASSIGN_OR_RETURN(out.net_planned_krw,
                   money::MulDivCeil(input.net_base_krw, input.planned_krw, input.base_krw));
  ASSIGN_OR_RETURN(out.limit_krw,
                   money::MulDivCeil(out.net_planned_krw, input.share.value, money::kPpmOne));
  return out;
}

bool NetCostRuleApplies(const rules::RuleSet& rule_set, int64_t planned_krw, bool net_cost_stated) {
  return net_cost_stated && rule_set.kind == rules::Kind::kWorks && rule_set.net_cost &&
         planned_krw < rule_set.net_cost->planned_below_krw;
}

}  // namespace jodal::procurement
