#include "procurement/notice/notice_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

class Checker {
 public:
  Checker(const NoticeFacts& input, absl::CivilDay notice_day)
      : input_(input), notice_day_(notice_day) {}

  std::vector<Violation> Run() {
    Amounts();
    FloorRate();
    RuleSet();
    return std::move(out_);
  }

 private:
  // Without a source: a bound of Jodal's own (docs/rules-kr.md 7).
  void Add(const char* code, const char* field, std::string value, std::string rule,
           const char* source = "", Severity severity = Severity::kError) {
    out_.push_back({code, field, std::move(value), std::move(rule), source, severity});
  }

  // The article that the method of the award rests on.
  const char* AwardLaw() const {
    const bool state = input_.regime == rules::Regime::kState;
    if (input_.method == rules::Method::kSmallQuote) {
      return state ? "국가계약법 시행령 제30조" : "지방계약법 시행령 제30조";
    }
    return state ? "국가계약법 시행령 제42조" : "지방계약법 시행령 제42조";
  }

  void Amounts() {
    const NoticeFigures& f = input_.figures;
    const std::string range = absl::StrCat("1 to ", money::FormatAmount(kAmountMaxKrw), " KRW");
    if (f.presumed_price_krw < 1 || f.presumed_price_krw > kAmountMaxKrw) {
      Add("PRESUMED_PRICE_OUT_OF_RANGE", "presumed_price",
          money::FormatAmount(f.presumed_price_krw), range);
    }
    if (f.base_krw < 1 || f.base_krw > kBaseMaxKrw) {
      Add("BASE_OUT_OF_RANGE", "base_amount", money::FormatAmount(f.base_krw),
          absl::StrCat("1 to ", money::FormatAmount(kBaseMaxKrw), " KRW"));
    }
    // Under the lowest planned price that the draw can give, or the opening could have no floor.
    const absl::StatusOr<const rules::RuleSet*> rule_set = rules::FindRuleSet(input_.rule_set_id);
    const int64_t spread_ppm = rule_set.ok() ? (*rule_set)->draw.spread.value : 0;
    const int64_t a_limit_krw =
        money::MulDivFloor(std::clamp<int64_t>(f.base_krw, 1, kAmountMaxKrw),
                           money::kPpmOne - spread_ppm, money::kPpmOne)
            .value_or(1);
    if (f.a_value_krw < 0 || f.a_value_krw >= std::max<int64_t>(a_limit_krw, 1)) {
      Add("A_VALUE_OUT_OF_RANGE", "a_value", money::FormatAmount(f.a_value_krw),
          absl::StrCat("0 or more and under ", money::FormatAmount(a_limit_krw),
                       " KRW, the lowest planned price that can be drawn"));
    }
    if (f.net_cost_krw && (*f.net_cost_krw < 1 || *f.net_cost_krw >= f.base_krw)) {
      Add("NET_COST_OUT_OF_RANGE", "net_cost", money::FormatAmount(*f.net_cost_krw),
          "positive and under the base amount");
    }
  }

  void FloorRate() {
    const money::Ppm rate = input_.figures.floor_rate;
    if (rate.value <= 0 || rate.value >= money::kPpmOne) {
      Add("FLOOR_RATE_OUT_OF_RANGE", "floor_rate_ppm", money::FormatPercent(rate),
          "over 0 and under 100 %");
    }
    if (rate.value % 10 != 0) {
      Add("FLOOR_RATE_PRECISION", "floor_rate_ppm", money::FormatPercent(rate),
          "at most three decimals of a percent");
    }
    const absl::StatusOr<money::Ppm> proposal =
        rules::ProposeFloorRate({.regime = input_.regime,
                                 .kind = input_.kind,
                                 .category = input_.figures.category,
                                 .method = input_.method,
                                 .presumed_price_krw = input_.figures.presumed_price_krw,
                                 .notice_day = notice_day_});
    if (!proposal.ok()) {
      Add("NO_FLOOR_RATE_PROPOSAL", "floor_rate_ppm", money::FormatPercent(rate),
          absl::StrCat("the tables propose none: ", ErrorReason(proposal.status())), AwardLaw(),
          Severity::kWarning);
    } else if (*proposal != rate) {
      Add("FLOOR_RATE_DIFFERS", "floor_rate_ppm", money::FormatPercent(rate),
          absl::StrCat("the tables propose ", money::FormatPercent(*proposal), " %"), AwardLaw(),
          Severity::kWarning);
    }
  }

  void RuleSet() {
    const absl::StatusOr<const rules::RuleSet*> found = rules::FindRuleSet(input_.rule_set_id);
    if (!found.ok()) {
      Add("RULE_SET_UNKNOWN", "rule_set", input_.rule_set_id, "an id of the rule set table");
      return;
    }
    const rules::RuleSet& rule_set = **found;
    if (rule_set.regime != input_.regime || rule_set.kind != input_.kind ||
        rule_set.method != input_.method) {
      Add("RULE_SET_MISMATCH", "rule_set", input_.rule_set_id,
          absl::StrCat(rules::Name(input_.regime), " ", rules::Name(input_.kind), " ",
                       rules::Name(input_.method)),
          AwardLaw());
    }
    if (notice_day_ < rule_set.effective_from ||
        (rule_set.effective_to && notice_day_ > *rule_set.effective_to)) {
      Add("RULE_SET_NOT_IN_FORCE", "rule_set", absl::FormatCivilTime(notice_day_),
          absl::StrCat("in force from ", absl::FormatCivilTime(rule_set.effective_from),
                       rule_set.effective_to
                           ? absl::StrCat(" to ", absl::FormatCivilTime(*rule_set.effective_to))
                           : std::string()),
          AwardLaw());
    }
    const int64_t base_min = rules::BaseMinKrw(rule_set.draw);
    if (input_.figures.base_krw >= 1 && input_.figures.base_krw < base_min) {
      Add("BASE_TOO_SMALL", "base_amount", money::FormatAmount(input_.figures.base_krw),
          absl::StrCat(">= ", money::FormatAmount(base_min), " KRW for distinct prices"));
    }
  }

  const NoticeFacts& input_;
  const absl::CivilDay notice_day_;
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> CheckFigures(const NoticeFacts& notice, absl::CivilDay notice_day) {
  return Checker(notice, notice_day).Run();
}

}  // namespace jodal::procurement
