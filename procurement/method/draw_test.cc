#include "procurement/method/draw.h"

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace jodal::procurement {
namespace {

using testing::ElementsAre;

const rules::DrawRule& kRule = rules::AllRuleSets().front().draw;

// Published opening R25BK00811340-000: 8:3, 12:2, and 4, 6, 10, 13, 15 once each.
TEST(Draw, PublishedServicesOpening) {
  const auto counts = CountPicks({{8, 12}, {12, 8}, {8, 4}, {6, 10}, {13, 15}}, kRule);
  ASSERT_TRUE(counts.ok());
  EXPECT_THAT(*counts, ElementsAre(0, 0, 0, 1, 0, 1, 0, 3, 0, 1, 0, 2, 1, 0, 1));
  const std::vector<int> chosen = TakeMostDrawn(*counts, 4);
  EXPECT_THAT(chosen, ElementsAre(8, 12, 4, 6));
  const std::vector<PreliminaryPrice> prices = {
      {4, 405'745'600}, {6, 402'782'200}, {8, 397'482'000}, {12, 410'625'200}};
  EXPECT_EQ(*PlannedPrice(prices, chosen), 404'158'750);
}

TEST(Draw, PublishedWorksOpening) {
  const std::vector<PreliminaryPrice> prices = {
      {4, 4'266'722'100}, {7, 4'308'139'800}, {13, 4'290'284'400}, {15, 4'297'807'000}};
  EXPECT_EQ(*PlannedPrice(prices, {4, 7, 13, 15}), 4'290'738'325);
}

TEST(Draw, TiesGoToTheLowerNumberAndUndrawnNumbersContinue) {
  EXPECT_THAT(TakeMostDrawn({0, 2, 1, 2, 1, 1}, 4), ElementsAre(2, 4, 3, 5));
  EXPECT_THAT(TakeMostDrawn({0, 0, 0, 0, 5}, 4), ElementsAre(5, 1, 2, 3));
  EXPECT_THAT(TakeMostDrawn({0, 0, 0, 0, 0}, 4), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(TakeMostDrawn({1, 1}, 2), ElementsAre(1, 2));
}

TEST(Draw, RefusesImpossiblePicks) {
  EXPECT_TRUE(CheckPicks({1, 15}, kRule).ok());
  for (const std::vector<int>& picks :
       {std::vector<int>{}, {1}, {1, 1}, {0, 1}, {1, 16}, {-1, 2}, {1, 2, 3}}) {
    EXPECT_EQ(ErrorReason(CheckPicks(picks, kRule)), "PICKS_INVALID");
    EXPECT_EQ(ErrorReason(CountPicks({{1, 2}, picks}, kRule).status()), "PICKS_INVALID");
  }
}

TEST(Draw, PlannedPriceIsTheFloorOfTheMean) {
  const std::vector<PreliminaryPrice> prices = {{1, 10}, {2, 11}, {3, 11}, {4, 11}};
  EXPECT_EQ(*PlannedPrice(prices, {1, 2, 3, 4}), 10);  // 43 / 4
  for (const std::vector<int>& chosen : {std::vector<int>{}, {5}, {1, 1}}) {
    EXPECT_EQ(ErrorReason(PlannedPrice(prices, chosen).status()), "CHOICE_INVALID");
  }
}

}  // namespace
}  // namespace jodal::procurement
