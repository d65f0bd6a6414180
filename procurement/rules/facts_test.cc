#include "procurement/rules/facts.h"

#include <map>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace jodal::procurement::rules {
namespace {

const absl::CivilDay kDay(2026, 3, 2);

TEST(Facts, AreTheFiguresOfTheDecrees) {
  const std::map<Fact, int64_t> figures = {
      {Fact::kNoticeDays, 7},
      {Fact::kNoticeDaysUrgent, 5},
      {Fact::kNoticeDaysNegotiated, 40},
      {Fact::kNoticeDaysNegotiatedUrgent, 10},
      {Fact::kNoticeDaysMediumWorks, 15},
      {Fact::kNoticeDaysLargeWorks, 40},
      {Fact::kMediumWorksFromKrw, 1'000'000'000},
      {Fact::kLargeWorksFromKrw, 5'000'000'000},
      {Fact::kCorrectionDays, 5},
      {Fact::kWindowHours, 48},
      {Fact::kDeadlineFirstHour, 10},
      {Fact::kDeadlineLastHour, 17},
      {Fact::kOpeningHours, 1},
      {Fact::kValidBidsMin, 2},
  };
  ASSERT_EQ(figures.size(), static_cast<size_t>(kFactCount));
  for (const auto& [fact, value] : figures) {
    for (const Regime regime : {Regime::kState, Regime::kLocal}) {
      for (const absl::CivilDay day : {absl::CivilDay(1990, 1, 1), kDay}) {
        const FactRow& row = FactAt(fact, regime, day);
        EXPECT_EQ(row.value, value) << static_cast<int>(fact);
        EXPECT_EQ(row.fact, fact);
        EXPECT_EQ(row.regime, regime);
      }
    }
  }
}

TEST(Facts, RowsAreInOrderAndNameAnArticle) {
  std::map<std::pair<Fact, Regime>, const FactRow*> last;
  for (const FactRow& row : AllFacts()) {
    const FactRow*& before = last[{row.fact, row.regime}];
    EXPECT_THAT(row.article, testing::HasSubstr("제")) << static_cast<int>(row.fact);
    EXPECT_EQ(before == nullptr, !row.from.has_value());
    if (before != nullptr && before->from.has_value()) {
      EXPECT_LT(*before->from, *row.from);
    }
    before = &row;
  }
}

TEST(Facts, TheDayDecidesWhichRowIsInForce) {
  const FactRow rows[] = {
      {Fact::kNoticeDays, Regime::kState, {}, 7, "제1조"},
      {Fact::kNoticeDays, Regime::kState, kDay, 8, "제2조"},
      {Fact::kNoticeDays, Regime::kState, kDay + 10, 9, "제2조"},
      {Fact::kNoticeDaysUrgent, Regime::kState, kDay, 5, "제3조"},
  };
  const auto value = [&](absl::CivilDay day) {
    return FindFact(rows, Fact::kNoticeDays, Regime::kState, day)->value;
  };
  EXPECT_EQ(value(kDay - 1), 7);
  EXPECT_EQ(value(kDay), 8);
  EXPECT_EQ(value(kDay + 9), 8);
  EXPECT_EQ(value(kDay + 10), 9);
  EXPECT_EQ(FindFact(rows, Fact::kNoticeDaysUrgent, Regime::kState, kDay - 1), nullptr);
  EXPECT_EQ(FindFact(rows, Fact::kNoticeDays, Regime::kLocal, kDay), nullptr);
}

// An award reads its facts for the first day of the rule set that the notice pins, so a change of
// such a fact needs new rule sets as well.
TEST(Facts, WhatAnAwardReadsDoesNotChangeWithinARuleSet) {
  for (const RuleSet& rule_set : AllRuleSets()) {
    for (const FactRow& row : AllFacts()) {
      if (row.fact != Fact::kValidBidsMin || row.regime != rule_set.regime || !row.from) continue;
      EXPECT_FALSE(*row.from > rule_set.effective_from &&
                   (!rule_set.effective_to || *row.from <= *rule_set.effective_to))
          << rule_set.id;
    }
  }
}

}  // namespace
}  // namespace jodal::procurement::rules
