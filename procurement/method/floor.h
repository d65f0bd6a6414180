// The lower limits of a bid: the floor 낙찰하한 and the net-cost limit 순공사원가. Pure,
// thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_FLOOR_H_
#define JODAL_PROCUREMENT_METHOD_FLOOR_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/money/money.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

struct FloorInput {
  int64_t planned_krw = 0;
  int64_t a_value_krw = 0;  // costs that are not competed on; 0 where there are none
  money::Ppm rate;
};

// ceil(A + (planned - A) * rate). INVALID_ARGUMENT FIGURES_INVALID unless 0 <= A < planned and
// 0 <= rate <= 1; AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> Floor(const FloorInput& input);

struct NetCostInput {
  int64_t net_base_krw = 0;  // net cost at the base amount, VAT included
  int64_t planned_krw = 0;
  int64_t base_krw = 0;
  money::Ppm share;  // 98 %
};

struct NetCostLimit {
  int64_t net_planned_krw = 0;  // ceil(net_base * planned / base)
  int64_t limit_krw = 0;        // ceil(share * net_planned)
};

// 국가계약법 제10조③. INVALID_ARGUMENT FIGURES_INVALID unless all amounts are positive;
// AMOUNT_OVERFLOW.
absl::StatusOr<NetCostLimit> ComputeNetCostLimit(const NetCostInput& input);

// The rule applies to works with a planned price under 10 bn KRW whose notice states a net cost.
bool NetCostRuleApplies(const rules::RuleSet& rule_set, int64_t planned_krw, bool net_cost_stated);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_FLOOR_H_
