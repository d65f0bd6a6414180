// The methods of award: a row for each. Everybody who needs to know how a winner is found asks the
// row: the checks of notice and bid, the client that composes a bid, the evaluation, the auditor,
// and whoever shows a result. A method is one file beside this one and one line of its table.
// Thread-safe: constant data and pure functions.
#ifndef JODAL_PROCUREMENT_METHOD_METHOD_H_
#define JODAL_PROCUREMENT_METHOD_METHOD_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "procurement/method/evaluation.h"
#include "procurement/method/figures.h"
#include "procurement/rules/rule_sets.h"
#include "procurement/rules/violation.h"

namespace jodal::procurement {

// A figure of the result that people are shown, and how.
struct Column {
  enum class As { kAmount, kAmountOrNone, kRatePpm, kWord };
  const char* field;  // of jodal.tender.v1.EvaluationResult.Lot
  As as;
  const char* name_ko;
  const char* name_en;
};

struct Method;

// A figure of the notice that the method asks for beside those of the lots.
struct Parameter {
  const char* name;  // of MethodParameter: "technical_weight_ppm"
  int64_t min, max;
  bool required;
};

// What a notice says of a lot that a method may judge.
struct NoticeTerms {
  const Method* method = nullptr;  // required
  rules::Regime regime = rules::Regime::kState;
  rules::Kind kind = rules::Kind::kWorks;
  NoticeFigures figures;
  absl::CivilDay notice_day;
  const rules::RuleSet* rule_set = nullptr;  // null: the notice names none that there is
};

// What a bid offers for a lot.
struct Offer {
  int64_t amount_krw = 0;
  std::vector<int> picks;
};

// The stages that most methods have: one sealed price.
inline constexpr const char* kOnePrice[] = {"price"};

struct Method {
  const char* id;  // the word of the notice: "qualification"
  const char* name_ko;
  const char* name_en;
  const char* article_state;  // the law that it rests on
  const char* article_local;

  // What a bid must hold.
  bool needs_price;
  bool needs_picks;  // numbers of preliminary prices, as the rule set's draw says
  // The notice's price_source, the usual one first; "entered" are prices that the notice commits to
  // and the officer hands in at the opening.
  std::span<const char* const> price_sources;
  // Content of the notice's stages, in order.
  std::span<const char* const> stages = kOnePrice;
  std::span<const Parameter> parameters = {};

  std::span<const Column> columns;

  // Adds what is wrong with the figures of a lot, in a fixed order; fields are those of the lot.
  void (*check)(const NoticeTerms& notice, std::vector<Violation>& violations);
  // The ground on which an offer is void, UPPER_SNAKE; "" if it is none. The amount is above 0.
  const char* (*void_reason)(const Offer& offer, const rules::RuleSet& rule_set);
  // As Evaluate.
  absl::StatusOr<EvaluationResult> (*evaluate)(const EvaluationInput& input);

  const char* article(rules::Regime regime) const {
    return regime == rules::Regime::kState ? article_state : article_local;
  }
  bool takes_prices_from(absl::string_view price_source) const;
};

// Every method, the usual one first.
std::span<const Method* const> Methods();

// Null if there is none with this id.
const Method* FindMethod(absl::string_view id);

// The method of a rule set: every rule set has one.
const Method& MethodOf(const rules::RuleSet& rule_set);

// What a bid must hold, as a sentence's end: "a price above 0 and 2 different numbers from 1 to
// 15".
std::string WhatABidHolds(const rules::RuleSet& rule_set);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_METHOD_H_
