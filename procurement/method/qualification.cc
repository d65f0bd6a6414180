// Qualification review 적격심사: bids in ascending order from the floor; the first whose review
// reaches the pass mark wins.
#include "procurement/method/korean_draw.h"
#include "procurement/method/method.h"

namespace jodal::procurement {
namespace {

absl::StatusOr<EvaluationResult> EvaluateWithReview(const EvaluationInput& input) {
  const rules::Band* band =
      rules::FindBand(*input.rule_set, input.figures.category, input.figures.presumed_price_krw);
  const bool scored = band != nullptr && band->scoring.has_value();
  return EvaluateByDraw(input, scored ? &*band->scoring : nullptr);
}

}  // namespace

extern const Method kQualification;
constinit const Method kQualification = {
    .id = rules::kQualificationMethod,
    .name_ko = "적격심사",
    .name_en = "qualification review",
    .article_state = "국가계약법 시행령 제42조",
    .article_local = "지방계약법 시행령 제42조",
    .needs_price = true,
    .needs_picks = true,
    .price_sources = kDrawnOrEntered,
    .columns = kDrawColumns,
    .check = CheckDrawFigures,
    .void_reason = VoidPicks,
    .evaluate = EvaluateWithReview,
};

}  // namespace jodal::procurement
