#include "procurement/method/floor.h"

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace jodal::procurement {
namespace {

TEST(FloorTest, WorkedExamples) {
  struct Case {
    int64_t planned, a, ppm, floor;
  } cases[] = {
      {4'290'738'325, 255'517'579, 867'450, 3'755'869'816},
      {542'603'425, 34'250'535, 897'450, 490'471'837},
      {800'000'000, 40'000'000, 897'450, 722'062'000},
      {1'000'000, 0, 877'450, 877'450},  // exact: not rounded further up
      {1'000'001, 0, 877'450, 877'451},
      {100, 0, 1'000'000, 100},
      {100, 40, 0, 40},
  };
  for (const Case& t : cases) {
    EXPECT_EQ(*Floor({t.planned, t.a, money::Ppm{t.ppm}}), t.floor) << t.planned;
  }
}

TEST(FloorTest, RefusesFiguresOutsideTheirLimits) {
  EXPECT_TRUE(Floor({100, 99, money::Ppm{1}}).ok());
  for (const FloorInput& bad :
       {FloorInput{100, 100, money::Ppm{1}}, FloorInput{100, -1, money::Ppm{1}},
        FloorInput{100, 0, money::Ppm{-1}}, FloorInput{100, 0, money::Ppm{1'000'001}},
        FloorInput{0, 0, money::Ppm{1}}}) {
    EXPECT_EQ(ErrorReason(Floor(bad).status()), "FIGURES_INVALID");
  }
}

TEST(NetCost, PublishedWorksOpening) {
  const auto net =
      ComputeNetCostLimit({4'075'808'043, 4'290'738'325, 4'323'358'000, money::Ppm{980'000}});
  ASSERT_TRUE(net.ok());
  EXPECT_EQ(net->net_planned_krw, 4'045'056'129);
  EXPECT_EQ(net->limit_krw, 3'964'155'007);
  EXPECT_EQ(ErrorReason(ComputeNetCostLimit({0, 1, 1, money::Ppm{980'000}}).status()),
            "FIGURES_INVALID");
}

TEST(NetCost, AppliesToWorksUnderTenBillionThatStateIt) {
  const rules::RuleSet& works = **rules::FindRuleSet("kr-state-works-2024");
  const rules::RuleSet& services = **rules::FindRuleSet("kr-state-general-services-2024");
  EXPECT_TRUE(NetCostRuleApplies(works, 9'999'999'999, true));
  EXPECT_FALSE(NetCostRuleApplies(works, 10'000'000'000, true));
  EXPECT_FALSE(NetCostRuleApplies(works, 1'000'000, false));
  EXPECT_FALSE(NetCostRuleApplies(services, 1'000'000, true));
}

}  // namespace
}  // namespace jodal::procurement
