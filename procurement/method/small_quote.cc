// Small quotes 소액수의: the lowest from the floor on wins; there is no review.
#include "procurement/method/korean_draw.h"
#include "procurement/method/method.h"

namespace jodal::procurement {

extern const Method kSmallQuote;
constinit const Method kSmallQuote = {
    .id = rules::kSmallQuoteMethod,
    .name_ko = "소액수의",
    .name_en = "small quotes",
    .article_state = "국가계약법 시행령 제30조",
    .article_local = "지방계약법 시행령 제30조",
    .needs_price = true,
    .needs_picks = true,
    .price_sources = kDrawnOrEntered,
    .columns = kDrawColumns,
    .check = CheckDrawFigures,
    .void_reason = VoidPicks,
    .evaluate = [](const EvaluationInput& input) { return EvaluateByDraw(input, nullptr); },
};

}  // namespace jodal::procurement
