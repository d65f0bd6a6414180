#include "procurement/method/score.h"

#include <limits>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace jodal::procurement {
namespace {

using rules::Category;

const rules::Scoring& ScoringFor(absl::string_view id, Category category, int64_t presumed) {
  return *rules::FindBand(**rules::FindRuleSet(id), category, presumed)->scoring;
}

// 300 m - 1 bn construction, new rule: planned 800,000,000, A 40,000,000, full marks elsewhere 20.
TEST(Qualification, WorksExample) {
  const rules::Scoring& scoring =
      ScoringFor("kr-state-works-2026", Category::kGeneral, 700'000'000);
  struct Case {
    int64_t bid, x, score_micro, total_micro;
    bool passes;
  } cases[] = {
      {722'062'000, 8'975, 75'000'000, 95'000'000, true},
      {722'061'999, 8'974, 74'800'000, 94'800'000, false},
      {721'000'000, 8'961, 72'200'000, 92'200'000, false},
      {726'000'000, 9'026, 75'000'000, 95'000'000, true},
      {800'000'000, 10'000, 75'000'000, 95'000'000, true},
  };
  for (const Case& t : cases) {
    const int64_t x = *PriceRatioE4({t.bid, 800'000'000, 40'000'000});
    EXPECT_EQ(x, t.x) << t.bid;
    EXPECT_EQ(PriceScoreMicro(scoring, x), t.score_micro) << t.bid;
    const int64_t total = *TotalScoreMicro(t.score_micro, 20 * kMicroPerPoint);
    EXPECT_EQ(total, t.total_micro) << t.bid;
    EXPECT_EQ(Passes(scoring, total), t.passes) << t.bid;
  }
}

TEST(Qualification, ServicesExample) {
  const int64_t x = *PriceRatioE4({114'156'413, 128'226'825, 0});
  EXPECT_EQ(x, 8'903);
  EXPECT_EQ(PriceScoreMicro(
                ScoringFor("kr-state-general-services-2024", Category::kFacility, 100'000'000), x),
            60'150'000);
}

TEST(Qualification, PeakCapAndMinimum) {
  struct Case {
    const char* id;
    Category category;
    int64_t presumed, x, score_micro;
  } cases[] = {
      {"kr-state-works-2026", Category::kGeneral, 5'000'000'000, 9'000, 50'000'000},
      {"kr-state-works-2026", Category::kGeneral, 5'000'000'000, 9'249, 45'020'000},
      {"kr-state-works-2026", Category::kGeneral, 5'000'000'000, 9'250, 45'000'000},
      {"kr-state-works-2026", Category::kGeneral, 5'000'000'000, 9'251, 45'000'000},
      {"kr-state-works-2026", Category::kGeneral, 1'000'000'000, 9'125, 65'000'000},
      {"kr-state-works-2026", Category::kGeneral, 1'000'000'000, 9'999, 65'000'000},
      {"kr-state-works-2026", Category::kSpecialtyWorks, 300'000'000, 9'026, 65'000'000},
      {"kr-state-works-2026", Category::kGeneral, 299'999'999, 9'026, 85'000'000},
      {"kr-state-works-2024", Category::kGeneral, 299'999'999, 8'825, 85'000'000},
      // 90 - 20 * 4.4 = 2 is the minimum; one step further stays there.
      {"kr-state-works-2026", Category::kGeneral, 299'999'999, 8'560, 2'000'000},
      {"kr-state-works-2026", Category::kGeneral, 299'999'999, 8'561, 2'200'000},
      {"kr-state-works-2026", Category::kGeneral, 299'999'999, 8'559, 2'000'000},
      // No cap in the table from 10 bn: 30 - 1 * 10.
      {"kr-local-works-2025", Category::kGeneral, 10'000'000'000, 10'000, 20'000'000},
      // k = 0.375: 70 - 0.375 * 0.01.
      {"kr-state-general-services-2024", Category::kInsurance, 1, 8'801, 69'996'250},
      {"kr-state-general-services-2024", Category::kFacility, 1, 0, 0},
  };
  for (const Case& t : cases) {
    EXPECT_EQ(PriceScoreMicro(ScoringFor(t.id, t.category, t.presumed), t.x), t.score_micro)
        << t.id << " " << t.x;
  }
}

// floor % = R - (Pmax + N - T)/k - 0.005: the floor passes with full marks elsewhere, and the
// highest bid whose ratio rounds lower does not.
TEST(Qualification, EveryFloorRateIsTheLastThatPasses) {
  for (const rules::RuleSet& rule_set : rules::AllRuleSets()) {
    for (const rules::Band& band : rule_set.bands) {
      if (!band.scoring) continue;
      const rules::Scoring& scoring = *band.scoring;
      const auto total = [&](int64_t bid) {
        const int64_t x = *PriceRatioE4({bid, 1'000'000'000, 0});
        return *TotalScoreMicro(PriceScoreMicro(scoring, x),
                                scoring.other_points_max * kMicroPerPoint);
      };
      const int64_t floor = band.floor_rate.value * 1'000;
      EXPECT_TRUE(Passes(scoring, total(floor))) << rule_set.id;
      // Insurance loses less than half a hundredth of a point per step, which the total rounds up.
      if (scoring.k_milli >= 1'000) {
        EXPECT_FALSE(Passes(scoring, total(floor - 1))) << rule_set.id;
      }
    }
  }
}

TEST(Qualification, TotalsRoundUpAtTheThirdDecimal) {
  EXPECT_EQ(*TotalScoreMicro(94'990'000, 0), 94'990'000);
  EXPECT_EQ(*TotalScoreMicro(94'990'001, 0), 95'000'000);
  EXPECT_EQ(*TotalScoreMicro(74'800'000, 20'001'000), 94'810'000);
  EXPECT_EQ(ErrorReason(TotalScoreMicro(std::numeric_limits<int64_t>::max(), 1).status()),
            "AMOUNT_OVERFLOW");
}

TEST(Qualification, RatioRoundsHalfUpAndRefusesBadFigures) {
  EXPECT_EQ(*PriceRatioE4({12'345, 100'000, 0}), 1'235);  // 0.12345
  EXPECT_EQ(*PriceRatioE4({123'449, 1'000'000, 0}), 1'234);
  for (const PriceRatioInput& bad :
       {PriceRatioInput{0, 10, 0}, PriceRatioInput{1, 10, 10}, PriceRatioInput{1, 10, -1}}) {
    EXPECT_EQ(ErrorReason(PriceRatioE4(bad).status()), "FIGURES_INVALID");
  }
}

}  // namespace
}  // namespace jodal::procurement
