#include "procurement/method/ranking.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

using testing::ElementsAre;

TEST(RankBids, ClassifiesAtEachLimitAndOnePast) {
  struct Case {
    int64_t amount;
    Classification expected;
  } cases[] = {
      {1'000, Classification::kInRange},
      {1'001, Classification::kAbovePlanned},
      {900, Classification::kInRange},
      {899, Classification::kBelowNetCostLimit},
      {850, Classification::kBelowNetCostLimit},
      {849, Classification::kBelowFloor},
      {kAmountMaxKrw, Classification::kAbovePlanned},
      {1, Classification::kBelowFloor},
  };
  for (const Case& t : cases) {
    const auto ranked = RankBids({{"s", t.amount}}, {1'000, 850, 900});
    ASSERT_TRUE(ranked.ok());
    EXPECT_EQ((*ranked)[0].classification, t.expected) << t.amount;
    EXPECT_EQ((*ranked)[0].rank, t.expected == Classification::kInRange ? 1 : 0) << t.amount;
  }
  // Without the net-cost rule the floor is the only lower limit.
  EXPECT_EQ((*RankBids({{"s", 850}}, {1'000, 850, std::nullopt}))[0].classification,
            Classification::kInRange);
}

TEST(RankBids, EqualPricesShareARankAndTheNextIsSkipped) {
  const auto ranked =
      RankBids({{"e", 1'200}, {"d", 930}, {"c", 920}, {"b", 920}, {"a", 910}, {"g", 10}, {"f", 20}},
               {1'000, 900, std::nullopt});
  ASSERT_TRUE(ranked.ok());
  std::vector<std::string> order;
  std::vector<int> ranks;
  for (const RankedBid& bid : *ranked) {
    order.push_back(bid.submission_id);
    ranks.push_back(bid.rank);
  }
  EXPECT_THAT(order, ElementsAre("a", "b", "c", "d", "f", "g", "e"));
  EXPECT_THAT(ranks, ElementsAre(1, 2, 2, 4, 0, 0, 0));
}

TEST(RankBids, BidRateIsTruncated) {
  const auto ranked = RankBids({{"a", 2}, {"b", 3}}, {3, 1, std::nullopt});
  EXPECT_EQ((*ranked)[0].bid_rate_milli_percent, 66'666);  // 66.666...
  EXPECT_EQ((*ranked)[1].bid_rate_milli_percent, 100'000);
  EXPECT_EQ((*RankBids({{"a", 3'964'214'000}}, {4'290'738'325, 1, {}}))[0].bid_rate_milli_percent,
            92'390);
}

TEST(RankBids, Refuses) {
  const Limits limits{1'000, 850, std::nullopt};
  EXPECT_EQ(ErrorReason(RankBids({{"a", 0}}, limits).status()), "AMOUNT_OUT_OF_RANGE");
  EXPECT_EQ(ErrorReason(RankBids({{"a", kAmountMaxKrw + 1}}, limits).status()),
            "AMOUNT_OUT_OF_RANGE");
  EXPECT_EQ(ErrorReason(RankBids({{"a", 1}, {"b", 1}, {"a", 2}}, limits).status()),
            "DUPLICATE_SUBMISSION");
  EXPECT_EQ(ErrorReason(RankBids({}, {0, 0, {}}).status()), "FIGURES_INVALID");
  EXPECT_TRUE(RankBids({}, limits)->empty());
  EXPECT_TRUE(RankBids({{"a", kAmountMaxKrw}}, {1, 1, {}}).ok());
}

// Against the definition: rank = 1 + bids in range with a lower price, whatever the input order.
TEST(RankBids, RandomBidsMatchTheDefinition) {
  uint64_t seed = 577;
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 rng(seed);
  for (int round = 0; round < 300; ++round) {
    const Limits limits{1'000, 880, rng() % 2 ? std::optional<int64_t>(900) : std::nullopt};
    std::vector<PricedBid> bids;
    for (size_t i = 0, n = rng() % 60; i < n; ++i) {
      bids.push_back({absl::StrCat("s", i), static_cast<int64_t>(850 + rng() % 180)});
    }
    const int64_t low = std::max(limits.floor_krw, limits.net_cost_limit_krw.value_or(0));
    const auto ranked = *RankBids(bids, limits);
    std::shuffle(bids.begin(), bids.end(), rng);
    const auto again = *RankBids(bids, limits);
    ASSERT_EQ(ranked.size(), bids.size());
    for (size_t i = 0; i < ranked.size(); ++i) {
      ASSERT_EQ(ranked[i].submission_id, again[i].submission_id);
      const int64_t amount = ranked[i].amount_krw;
      const bool in_range = amount >= low && amount <= limits.planned_krw;
      const int64_t better = std::count_if(bids.begin(), bids.end(), [&](const PricedBid& b) {
        return b.amount_krw >= low && b.amount_krw < amount;
      });
      ASSERT_EQ(ranked[i].rank, in_range ? better + 1 : 0);
    }
  }
}

TEST(TieLotteryTest, DependsOnTheSetOnly) {
  std::vector<uint64_t> bounds;
  const Uniform second = [&](uint64_t bound) {
    bounds.push_back(bound);
    return uint64_t{1};
  };
  // b is drawn and d takes its place; then d, and c takes its place; then c.
  EXPECT_THAT(TieLottery({"c", "a", "d", "b"}, second), testing::ElementsAre("b", "d", "c", "a"));
  EXPECT_THAT(bounds, testing::ElementsAre(4, 3, 2));
  EXPECT_THAT(TieLottery({"b", "d", "c", "a"}, second), testing::ElementsAre("b", "d", "c", "a"));
  EXPECT_THAT(TieLottery({"a"}, nullptr), testing::ElementsAre("a"));
  EXPECT_THAT(TieLottery({}, nullptr), testing::IsEmpty());
}

}  // namespace
}  // namespace jodal::procurement
