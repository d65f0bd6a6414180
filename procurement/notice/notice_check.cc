#include "procurement/notice/notice_check.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "procurement/limits.h"
#include "procurement/method/method.h"

namespace jodal::procurement {
namespace {

class Checker {
 public:
  Checker(const NoticeFacts& input, absl::CivilDay notice_day)
      : input_(input),
        notice_day_(notice_day),
        rule_set_(rules::FindRuleSet(input.rule_set_id).value_or(nullptr)) {}

  std::vector<Violation> Run() {
    for (size_t i = 0; i < input_.lots.size(); ++i) Lot(i);
    RuleSet();
    return std::move(out_);
  }

 private:
  // Without a source: a bound of Jodal's own (docs/rules-kr.md 7).
  void Add(ViolationCode code, const char* field, std::string value, std::string rule,
           const char* source = "", Severity severity = Severity::kError) {
    out_.push_back({code, field, std::move(value), std::move(rule), source, severity});
  }

  // Its violations name fields of the lot; what they are in the notice is added here.
  void Lot(size_t at) {
    const NoticeFigures& f = input_.lots[at];
    const size_t first = out_.size();
    Amounts(f);
    input_.method->check({input_.method, input_.regime, input_.kind, f, notice_day_, rule_set_},
                         out_);
    for (size_t i = first; i < out_.size(); ++i) {
      out_[i].field = absl::StrCat("lots[", at, "].", out_[i].field);
    }
  }

  void Amounts(const NoticeFigures& f) {
    const std::string range = absl::StrCat("1 to ", money::FormatAmount(kAmountMaxKrw), " KRW");
    if (f.presumed_price_krw < 1 || f.presumed_price_krw > kAmountMaxKrw) {
      Add("PRESUMED_PRICE_OUT_OF_RANGE", "presumed_price",
          money::FormatAmount(f.presumed_price_krw), range);
    }
    if (f.base_krw < 1 || f.base_krw > kBaseMaxKrw) {
      Add("BASE_OUT_OF_RANGE", "base_amount", money::FormatAmount(f.base_krw),
          absl::StrCat("1 to ", money::FormatAmount(kBaseMaxKrw), " KRW"));
    }
  }

  void RuleSet() {
    if (rule_set_ == nullptr) {
      Add("RULE_SET_UNKNOWN", "rule_set", input_.rule_set_id, "an id of the rule set table");
      return;
    }
    const rules::RuleSet& rule_set = *rule_set_;
    const char* law = input_.method->article(input_.regime);
    if (rule_set.regime != input_.regime || rule_set.kind != input_.kind ||
        rule_set.method != input_.method->id) {
      Add("RULE_SET_MISMATCH", "rule_set", input_.rule_set_id,
          absl::StrCat(rules::Name(input_.regime), " ", rules::Name(input_.kind), " ",
                       absl::AsciiStrToUpper(input_.method->id)),
          law);
    }
    if (notice_day_ < rule_set.effective_from ||
        (rule_set.effective_to && notice_day_ > *rule_set.effective_to)) {
      Add("RULE_SET_NOT_IN_FORCE", "rule_set", absl::FormatCivilTime(notice_day_),
          absl::StrCat("in force from ", absl::FormatCivilTime(rule_set.effective_from),
                       rule_set.effective_to
                           ? absl::StrCat(" to ", absl::FormatCivilTime(*rule_set.effective_to))
                           : std::string()),
          law);
    }
  }

  const NoticeFacts& input_;
  const absl::CivilDay notice_day_;
  const rules::RuleSet* const rule_set_;  // null if there is none
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> CheckFigures(const NoticeFacts& notice, absl::CivilDay notice_day) {
  return Checker(notice, notice_day).Run();
}

}  // namespace jodal::procurement
