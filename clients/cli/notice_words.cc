#include "clients/cli/notice_words.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "procurement/method/method.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::cli {
namespace {

namespace rules = procurement::rules;

constexpr size_t kWordsInALine = 6;

void AddWord(std::vector<std::string>& words, absl::string_view name) {
  std::string word = absl::AsciiStrToLower(name);
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
}

}  // namespace

std::vector<std::string> AllowedWords(absl::string_view field) {
  std::vector<std::string> words;
  for (const rules::RuleSet& rule_set : rules::AllRuleSets()) {
    if (field == "rule_set") words.push_back(rule_set.id);
    if (field == "regime") AddWord(words, rules::Name(rule_set.regime));
    if (field == "procurement_kind") AddWord(words, rules::Name(rule_set.kind));
    if (field == "method") AddWord(words, rule_set.method);
    if (field != "category") continue;
    AddWord(words, rules::Name(rules::Category::kGeneral));
    for (const rules::Band& band : rule_set.bands) {
      if (band.category) AddWord(words, rules::Name(*band.category));
    }
  }
  if (field == "currency") words = {"KRW"};
  if (field == "price_source") {
    for (const procurement::Method* method : procurement::Methods()) {
      for (const char* source : method->price_sources) AddWord(words, source);
    }
  }
  return words;
}

std::string AllowedText(absl::string_view field) {
  const std::vector<std::string> words = AllowedWords(field);
  return words.size() > kWordsInALine ? "" : absl::StrJoin(words, ", ");
}

std::vector<std::string> FittingWords(const document::v1::Notice& notice, absl::string_view path) {
  const absl::string_view field = path.substr(path.rfind('.') + 1);
  std::vector<std::string> words = AllowedWords(field);
  if (field != "rule_set") return words;
  std::vector<std::string> fitting;
  for (const rules::RuleSet& rule_set : rules::AllRuleSets()) {
    if (notice.regime() == absl::AsciiStrToLower(rules::Name(rule_set.regime)) &&
        notice.procurement_kind() == absl::AsciiStrToLower(rules::Name(rule_set.kind)) &&
        notice.method() == rule_set.method) {
      fitting.push_back(rule_set.id);
    }
  }
  return fitting.empty() ? words : fitting;
}

std::string FlagOf(absl::string_view field) {
  // Of a lot or a stage the option is named after the field in it.
  int at = 0;
  absl::string_view rest = field;
  const bool of_lot = absl::ConsumePrefix(&rest, "lots[");
  if (of_lot || absl::ConsumePrefix(&rest, "stages[")) {
    const size_t end = rest.find("].");
    if (end == absl::string_view::npos || !absl::SimpleAtoi(rest.substr(0, end), &at)) {
      return std::string(field);
    }
    const absl::string_view inner = rest.substr(end + 2);
    if (inner == "lot" || inner == "stage" || inner == "content") return std::string(inner);
    const std::string flag = FlagOf(inner);
    return of_lot && at > 0 ? absl::StrCat("--lot ", at + 1, " ", flag) : flag;
  }
  const std::string top(field.substr(0, field.find_first_of(".[")));
  if (top == "floor_rate_ppm") return "--floor-rate";
  if (top == "entered_prices_sha256" || top == "price_source") return "--prices";
  for (const char* own : {"kind", "version", "system", "signer", "agency_id", "notice_version",
                          "previous_notice_hash", "log_origin", "currency", "round", "lots",
                          "stages", "items", "attachments", "parameters", "contact"}) {
    if (top == own) return std::string(field);
  }
  if (top == "tender_id") return "tender";
  return absl::StrCat("--", absl::StrReplaceAll(top, {{"_", "-"}}));
}

}  // namespace jodal::cli
