// What a notice fixes about the money.
#ifndef JODAL_PROCUREMENT_METHOD_FIGURES_H_
#define JODAL_PROCUREMENT_METHOD_FIGURES_H_

#include <cstdint>
#include <optional>

#include "common/money/money.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

struct NoticeFigures {
  rules::Category category = rules::Category::kGeneral;
  int64_t presumed_price_krw = 0;  // VAT excluded; chooses the band
  int64_t base_krw = 0;            // VAT included
  int64_t a_value_krw = 0;
  std::optional<int64_t> net_cost_krw;  // net cost at the base amount
  money::Ppm floor_rate;
};

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_FIGURES_H_
