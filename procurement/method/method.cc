#include "procurement/method/method.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/method/errors.h"

namespace jodal::procurement {

extern const Method kQualification;
extern const Method kSmallQuote;

namespace {

constexpr const Method* kMethods[] = {
    &kQualification,
    &kSmallQuote,
};

}  // namespace

bool Method::takes_prices_from(absl::string_view price_source) const {
  return std::find(price_sources.begin(), price_sources.end(), price_source) != price_sources.end();
}

std::span<const Method* const> Methods() { return kMethods; }

const Method* FindMethod(absl::string_view id) {
  for (const Method* method : kMethods) {
    if (id == method->id) return method;
  }
  return nullptr;
}

const Method& MethodOf(const rules::RuleSet& rule_set) { return *FindMethod(rule_set.method); }

std::string WhatABidHolds(const rules::RuleSet& rule_set) {
  const Method& method = MethodOf(rule_set);
  std::vector<std::string> things;
  if (method.needs_price) things.push_back("a price above 0");
  if (method.needs_picks) {
    things.push_back(
        absl::StrCat(rule_set.draw.picks, " different numbers from 1 to ", rule_set.draw.count));
  }
  return absl::StrJoin(things, " and ");
}

absl::StatusOr<EvaluationResult> Evaluate(const EvaluationInput& input) {
  if (input.rule_set == nullptr) {
    return MakeError(kMethodErrors["FIGURES_INVALID"], "a rule set is required");
  }
  return MethodOf(*input.rule_set).evaluate(input);
}

}  // namespace jodal::procurement
