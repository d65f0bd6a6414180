#include "procurement/rules/rule_sets.h"

#include <set>
#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace jodal::procurement::rules {
namespace {

constexpr int64_t kM = 1'000'000;
constexpr int64_t kBn = 1'000'000'000;

TEST(RuleSets, IdsAreUniqueAndFindable) {
  std::set<std::string> ids;
  for (const RuleSet& r : AllRuleSets()) {
    EXPECT_TRUE(ids.insert(r.id).second) << r.id;
    EXPECT_EQ(*FindRuleSet(r.id), &r);
    EXPECT_STRNE(r.source, "");
    EXPECT_FALSE(r.bands.empty()) << r.id;
  }
  EXPECT_EQ(ErrorReason(FindRuleSet("kr-state-works-1999").status()), "RULE_SET_UNKNOWN");
}

// floor % = R - (Pmax + N - T) / k - 0.005: the ratio at which full marks elsewhere just pass.
TEST(RuleSets, EveryScoredFloorFollowsFromItsPoints) {
  int scored = 0;
  for (const RuleSet& r : AllRuleSets()) {
    for (const Band& b : r.bands) {
      if (!b.scoring) continue;
      ++scored;
      const Scoring& s = *b.scoring;
      const int64_t lost = s.price_points_max + s.other_points_max - s.pass_mark;
      EXPECT_EQ(10'000'000 * lost % s.k_milli, 0) << r.id;
      const int64_t margin_ppm = 10'000'000 * lost / s.k_milli;
      EXPECT_EQ(b.floor_rate.value, s.reference_percent * 10'000 - margin_ppm - 50) << r.id;
      if (s.cap_ratio.value != 0) {
        EXPECT_EQ(s.cap_ratio.value, s.reference_percent * 10'000 + margin_ppm);
        EXPECT_EQ(s.cap_score, s.pass_mark - s.other_points_max);
        EXPECT_LT(s.cap_ratio.value, money::kPpmOne);
      }
    }
  }
  EXPECT_GT(scored, 50);
}

TEST(RuleSets, FamiliesFollowEachOtherWithoutGapOrOverlap) {
  for (const RuleSet& a : AllRuleSets()) {
    for (const RuleSet& b : AllRuleSets()) {
      if (&a == &b || a.regime != b.regime || a.kind != b.kind || a.method != b.method) continue;
      const bool before = a.effective_to && *a.effective_to < b.effective_from;
      const bool after = b.effective_to && *b.effective_to < a.effective_from;
      EXPECT_TRUE(before || after) << a.id << " " << b.id;
    }
    if (!a.effective_to) continue;
    const auto next = RuleSetFor({.regime = a.regime,
                                  .kind = a.kind,
                                  .method = a.method,
                                  .notice_day = *a.effective_to + 1});
    ASSERT_TRUE(next.ok()) << a.id;
    EXPECT_NE(*next, &a);
  }
}

TEST(RuleSets, WorksCapsOfTheTable) {
  struct Case {
    Category category;
    int64_t presumed;
    int64_t cap_ppm;
    int cap_score;
  } cases[] = {
      {Category::kGeneral, 5 * kBn, 925'000, 45},
      {Category::kGeneral, kBn, 912'500, 65},
      {Category::kSpecialtyWorks, 300 * kM, 902'500, 65},
      {Category::kGeneral, 300 * kM, 902'500, 75},
      {Category::kGeneral, 300 * kM - 1, 902'500, 85},
  };
  const RuleSet* rule_set = *FindRuleSet("kr-state-works-2026");
  for (const Case& t : cases) {
    const Band* band = FindBand(*rule_set, t.category, t.presumed);
    ASSERT_NE(band, nullptr);
    EXPECT_EQ(band->scoring->cap_ratio.value, t.cap_ppm);
    EXPECT_EQ(band->scoring->cap_score, t.cap_score);
  }
}

TEST(ProposeFloorRate, EveryRowOfTheTables) {
  using C = Category;
  using K = Kind;
  const absl::CivilDay d2024(2024, 12, 20), may25(2026, 5, 25), may26(2026, 5, 26),
      jul26(2026, 7, 26), jul27(2026, 7, 27);
  const Regime S = Regime::kState, L = Regime::kLocal;
  const absl::string_view Q = kQualificationMethod, P = kSmallQuoteMethod;
  struct Case {
    Regime regime;
    Kind kind;
    Category category;
    absl::string_view method;
    int64_t presumed;
    absl::CivilDay day;
    int64_t ppm;
  } cases[] = {
      // Works, state: the change is on 2026-01-30.
      {S, K::kWorks, C::kGeneral, Q, 10 * kBn - 1, absl::CivilDay(2026, 1, 29), 854'950},
      {S, K::kWorks, C::kGeneral, Q, 10 * kBn - 1, absl::CivilDay(2026, 1, 30), 874'950},
      {S, K::kWorks, C::kGeneral, Q, 5 * kBn, d2024, 854'950},
      {S, K::kWorks, C::kGeneral, Q, 5 * kBn - 1, d2024, 867'450},
      {S, K::kWorks, C::kGeneral, Q, 4'141'833'586, d2024, 867'450},
      {S, K::kWorks, C::kGeneral, Q, kBn, jul27, 887'450},
      {S, K::kWorks, C::kGeneral, Q, kBn - 1, d2024, 877'450},
      {S, K::kWorks, C::kGeneral, Q, kBn - 1, jul27, 897'450},
      {S, K::kWorks, C::kSpecialtyWorks, Q, 300 * kM, d2024, 877'450},
      {S, K::kWorks, C::kSpecialtyWorks, Q, 300 * kM, jul27, 897'450},
      {S, K::kWorks, C::kSpecialtyWorks, Q, 300 * kM - 1, d2024, 877'450},
      {S, K::kWorks, C::kGeneral, Q, 300 * kM - 1, jul27, 897'450},
      // Works, local: 2025-07-01; small quotes 2025-05-01; 10-30 bn too.
      {L, K::kWorks, C::kGeneral, Q, kBn, absl::CivilDay(2025, 6, 30), 867'450},
      {L, K::kWorks, C::kGeneral, Q, kBn, absl::CivilDay(2025, 7, 1), 887'450},
      {L, K::kWorks, C::kGeneral, Q, 10 * kBn, absl::CivilDay(2025, 6, 30), 799'950},
      {L, K::kWorks, C::kGeneral, Q, 30 * kBn - 1, absl::CivilDay(2025, 7, 1), 819'950},
      {L, K::kWorks, C::kGeneral, P, 100 * kM, absl::CivilDay(2025, 4, 30), 877'450},
      {L, K::kWorks, C::kGeneral, P, 100 * kM, absl::CivilDay(2025, 5, 1), 897'450},
      // General services.
      {S, K::kGeneralServices, C::kGeneral, Q, 230 * kM, may25, 804'950},
      {S, K::kGeneralServices, C::kGeneral, Q, 230 * kM - 1, may25, 842'450},
      {S, K::kGeneralServices, C::kGeneral, Q, 230 * kM, may26, 824'950},
      {S, K::kGeneralServices, C::kGeneral, Q, 230 * kM - 1, may26, 862'450},
      {S, K::kGeneralServices, C::kGeneral, Q, 230 * kM, jul27, 824'950},
      {S, K::kGeneralServices, C::kGeneral, Q, 230 * kM - 1, jul27, 862'450},
      {S, K::kGeneralServices, C::kGeneral, Q, 500 * kM, jul27, 824'950},
      {S, K::kGeneralServices, C::kFacility, Q, kM, may25, 879'950},
      {S, K::kGeneralServices, C::kFacility, Q, kM, may26, 899'950},
      {S, K::kGeneralServices, C::kFacility, Q, kM, jul27, 899'950},
      {S, K::kGeneralServices, C::kReservedSoftwareOrTransport, Q, kM, may25, 879'950},
      {S, K::kGeneralServices, C::kReservedSoftwareOrTransport, Q, kM, may26, 879'950},
      {S, K::kGeneralServices, C::kReservedSoftwareOrTransport, Q, kM, jul26, 879'950},
      {S, K::kGeneralServices, C::kReservedSoftwareOrTransport, Q, kM, jul27, 899'950},
      {S, K::kGeneralServices, C::kInsurance, Q, kM, may25, 479'950},
      {S, K::kGeneralServices, C::kInsurance, Q, kM, may26, 479'950},
      {L, K::kGeneralServices, C::kInsurance, Q, kBn, jul27, 479'950},
      // Goods.
      {S, K::kGoods, C::kGeneral, Q, 230 * kM, may25, 804'950},
      {S, K::kGoods, C::kGeneral, Q, 230 * kM - 1, may25, 842'450},
      {S, K::kGoods, C::kGeneral, Q, 230 * kM, may26, 824'950},
      {L, K::kGoods, C::kGeneral, Q, 230 * kM - 1, may26, 862'450},
      // Technical services.
      {S, K::kTechnicalServices, C::kGeneral, Q, kBn, may25, 799'950},
      {S, K::kTechnicalServices, C::kGeneral, Q, kBn, may26, 819'950},
      {S, K::kTechnicalServices, C::kGeneral, Q, kBn - 1, may25, 854'950},
      {S, K::kTechnicalServices, C::kGeneral, Q, 500 * kM, may26, 874'950},
      {S, K::kTechnicalServices, C::kGeneral, Q, 500 * kM - 1, may25, 867'450},
      {S, K::kTechnicalServices, C::kGeneral, Q, 230 * kM, may26, 887'450},
      {S, K::kTechnicalServices, C::kGeneral, Q, 230 * kM - 1, may25, 877'450},
      {L, K::kTechnicalServices, C::kGeneral, Q, kM, may26, 897'450},
      // Small quotes.
      {S, K::kGoods, C::kGeneral, P, kM, may25, 880'000},
      {L, K::kGeneralServices, C::kFacility, P, kM, jul27, 880'000},
      {S, K::kTechnicalServices, C::kGeneral, P, kM, jul27, 880'000},
  };
  for (const Case& t : cases) {
    const auto rate = ProposeFloorRate({t.regime, t.kind, t.category, t.method, t.presumed, t.day});
    ASSERT_TRUE(rate.ok()) << rate.status();
    EXPECT_EQ(rate->value, t.ppm) << Name(t.regime) << " " << Name(t.kind) << " "
                                  << Name(t.category) << " " << t.presumed << " " << t.day;
  }
}

TEST(ProposeFloorRate, RefusesWhatTheTablesDoNotCover) {
  RuleQuery query = {.presumed_price_krw = 10 * kBn, .notice_day = absl::CivilDay(2026, 2, 1)};
  EXPECT_EQ(ErrorReason(ProposeFloorRate(query).status()), "NO_BAND");
  query.regime = Regime::kLocal;
  EXPECT_TRUE(ProposeFloorRate(query).ok());
  query.presumed_price_krw = 30 * kBn;
  EXPECT_EQ(ErrorReason(ProposeFloorRate(query).status()), "NO_BAND");
  query.notice_day = absl::CivilDay(2023, 12, 31);
  EXPECT_EQ(ErrorReason(ProposeFloorRate(query).status()), "NO_RULE_SET_IN_FORCE");
}

}  // namespace
}  // namespace jodal::procurement::rules
