#include "procurement/method/korean_draw.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/limits.h"
#include "procurement/method/draw.h"
#include "procurement/method/errors.h"
#include "procurement/method/floor.h"
#include "procurement/method/steps.h"

namespace jodal::procurement {
namespace {

absl::Status MakePlannedPrice(Competition& competition) {
  const EvaluationInput& input = competition.input;
  EvaluationResult& out = competition.result;
  const rules::DrawRule& rule = input.rule_set->draw;
  if (input.outside_prices) {
    RETURN_IF_ERROR(CheckPreliminaryPrices(input.outside_prices->prices, rule));
    out.prices_from_outside = true;
    out.prices = input.outside_prices->prices;
    std::sort(out.prices.begin(), out.prices.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
  } else {
    if (!input.uniform_for) {
      return MakeError(kMethodErrors["UNIFORM_MISSING"],
                       "making prices needs a source of uniform numbers");
    }
    ASSIGN_OR_RETURN(out.prices, MakePreliminaryPrices(input.figures.base_krw, rule,
                                                       input.uniform_for(kLabelPrices)));
  }
  std::vector<std::vector<int>> picks;
  for (const OpenedBid& bid : competition.valid) {
    if (!bid.picks.empty()) picks.push_back(bid.picks);
  }
  ASSIGN_OR_RETURN(out.draw_counts, CountPicks(picks, rule));
  if (input.outside_prices && !input.outside_prices->chosen_numbers.empty()) {
    out.choice_from_outside = true;
    out.chosen_numbers = input.outside_prices->chosen_numbers;
    if (static_cast<int>(out.chosen_numbers.size()) != rule.taken) {
      return MakeError(kMethodErrors["CHOICE_INVALID"],
                       "the rule set takes another number of prices",
                       {{"taken", absl::StrCat(rule.taken)}});
    }
  } else {
    out.chosen_numbers = TakeMostDrawn(out.draw_counts, rule.taken);
  }
  ASSIGN_OR_RETURN(out.planned_krw, PlannedPrice(out.prices, out.chosen_numbers));
  ASSIGN_OR_RETURN(out.assessment_rate_ppm,
                   money::MulDivFloor(out.planned_krw, money::kPpmOne, input.figures.base_krw));
  return absl::OkStatus();
}

absl::Status MakeLimits(Competition& competition) {
  const EvaluationInput& input = competition.input;
  EvaluationResult& out = competition.result;
  const NoticeFigures& f = input.figures;
  ASSIGN_OR_RETURN(out.floor_krw, Floor({out.planned_krw, f.a_value_krw, f.floor_rate}));
  out.binding = BindingLimit::kFloor;
  if (!NetCostRuleApplies(*input.rule_set, out.planned_krw, f.net_cost_krw.has_value())) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const NetCostLimit net,
                   ComputeNetCostLimit({*f.net_cost_krw, out.planned_krw, f.base_krw,
                                        input.rule_set->net_cost->share}));
  out.net_planned_krw = net.net_planned_krw;
  out.net_cost_limit_krw = net.limit_krw;
  if (net.limit_krw > out.floor_krw) out.binding = BindingLimit::kNetCostLimit;
  return absl::OkStatus();
}

// Without a source: a bound of Jodal's own (docs/rules-kr.md 7).
class FigureCheck {
 public:
  FigureCheck(const NoticeTerms& notice, std::vector<Violation>& out)
      : notice_(notice), figures_(notice.figures), out_(out) {}

  void Amounts() {
    // Under the lowest planned price that the draw can give, or the opening could have no floor.
    const int64_t spread_ppm =
        notice_.rule_set != nullptr ? notice_.rule_set->draw.spread.value : 0;
    const int64_t a_limit_krw =
        money::MulDivFloor(std::clamp<int64_t>(figures_.base_krw, 1, kAmountMaxKrw),
                           money::kPpmOne - spread_ppm, money::kPpmOne)
            .value_or(1);
    if (figures_.a_value_krw < 0 || figures_.a_value_krw >= std::max<int64_t>(a_limit_krw, 1)) {
      Add("A_VALUE_OUT_OF_RANGE", "a_value", money::FormatAmount(figures_.a_value_krw),
          absl::StrCat("0 or more and under ", money::FormatAmount(a_limit_krw),
                       " KRW, the lowest planned price that can be drawn"));
    }
    const std::optional<int64_t>& net_cost = figures_.net_cost_krw;
    if (net_cost && (*net_cost < 1 || *net_cost >= figures_.base_krw)) {
      Add("NET_COST_OUT_OF_RANGE", "net_cost", money::FormatAmount(*net_cost),
          "positive and under the base amount");
    }
  }

  void FloorRate() {
    const money::Ppm rate = figures_.floor_rate;
    if (rate.value <= 0 || rate.value >= money::kPpmOne) {
      Add("FLOOR_RATE_OUT_OF_RANGE", "floor_rate_ppm", money::FormatPercent(rate),
          "over 0 and under 100 %");
    }
    if (rate.value % 10 != 0) {
      Add("FLOOR_RATE_PRECISION", "floor_rate_ppm", money::FormatPercent(rate),
          "at most three decimals of a percent");
    }
    const absl::StatusOr<money::Ppm> proposal =
        rules::ProposeFloorRate({.regime = notice_.regime,
                                 .kind = notice_.kind,
                                 .category = figures_.category,
                                 .method = notice_.method->id,
                                 .presumed_price_krw = figures_.presumed_price_krw,
                                 .notice_day = notice_.notice_day});
    const char* law = notice_.method->article(notice_.regime);
    if (!proposal.ok()) {
      Add("NO_FLOOR_RATE_PROPOSAL", "floor_rate_ppm", money::FormatPercent(rate),
          absl::StrCat("the tables propose none: ", ErrorReason(proposal.status())), law,
          Severity::kWarning);
    } else if (*proposal != rate) {
      Add("FLOOR_RATE_DIFFERS", "floor_rate_ppm", money::FormatPercent(rate),
          absl::StrCat("the tables propose ", money::FormatPercent(*proposal), " %"), law,
          Severity::kWarning);
    }
  }

  void Base() {
    if (notice_.rule_set == nullptr) return;
    const int64_t base_min = rules::BaseMinKrw(notice_.rule_set->draw);
    if (figures_.base_krw >= 1 && figures_.base_krw < base_min) {
      Add("BASE_TOO_SMALL", "base_amount", money::FormatAmount(figures_.base_krw),
          absl::StrCat(">= ", money::FormatAmount(base_min), " KRW for distinct prices"));
    }
  }

 private:
  void Add(const char* code, const char* field, std::string value, std::string rule,
           const char* source = "", Severity severity = Severity::kError) {
    out_.push_back({code, field, std::move(value), std::move(rule), source, severity});
  }

  const NoticeTerms& notice_;
  const NoticeFigures& figures_;
  std::vector<Violation>& out_;
};

}  // namespace

void CheckDrawFigures(const NoticeTerms& notice, std::vector<Violation>& violations) {
  FigureCheck check(notice, violations);
  check.Amounts();
  check.FloorRate();
  check.Base();
}

const char* VoidPicks(const Offer& offer, const rules::RuleSet& rule_set) {
  return CheckPicks(offer.picks, rule_set.draw).ok() ? "" : kVoidPicks;
}

absl::StatusOr<EvaluationResult> EvaluateByDraw(const EvaluationInput& input,
                                                const rules::Scoring* scoring) {
  ASSIGN_OR_RETURN(Competition competition, StartCompetition(input));
  // A failed competition keeps its prices unmade: the re-bid runs under the same conditions.
  if (HasTooFewBids(competition)) return Finish(std::move(competition));
  RETURN_IF_ERROR(MakePlannedPrice(competition));
  RETURN_IF_ERROR(MakeLimits(competition));
  const EvaluationResult& made = competition.result;
  RETURN_IF_ERROR(
      RankBidsWithin({made.planned_krw, made.floor_krw, made.net_cost_limit_krw}, competition));
  if (scoring != nullptr) RETURN_IF_ERROR(ScoreBids(*scoring, competition));
  RETURN_IF_ERROR(OrderCandidates(scoring, competition));
  return Finish(std::move(competition));
}

}  // namespace jodal::procurement
