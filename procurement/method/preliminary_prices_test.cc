#include "procurement/method/preliminary_prices.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "absl/strings/numbers.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

const rules::DrawRule& StateRule() { return (*rules::FindRuleSet("kr-state-works-2024"))->draw; }
const rules::DrawRule& LocalRule() { return (*rules::FindRuleSet("kr-local-works-2024"))->draw; }

uint64_t Seed() {
  uint64_t seed = 404'282'000;
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  std::cout << "seed " << seed << "\n";
  return seed;
}

// Whether every i-th lowest amount lies in [low_ppm + i * width_ppm / parts] * base, ends included.
void ExpectOnePerInterval(std::vector<int64_t> amounts, int64_t base, int64_t low_ppm,
                          int64_t width_ppm) {
  std::sort(amounts.begin(), amounts.end());
  const int64_t parts = static_cast<int64_t>(amounts.size());
  for (int64_t i = 0; i < parts; ++i) {
    const __int128 at = static_cast<__int128>(amounts[i]) * parts * 1'000'000;
    ASSERT_TRUE(at >= static_cast<__int128>(base) * (low_ppm * parts + width_ppm * i)) << i;
    ASSERT_TRUE(at <= static_cast<__int128>(base) * (low_ppm * parts + width_ppm * (i + 1))) << i;
  }
}

TEST(PreliminaryPrices, EveryBaseGivesOnePricePerInterval) {
  std::mt19937_64 rng(Seed());
  const Uniform uniform = [&](uint64_t bound) { return rng() % bound; };
  bool seen_seven = false, seen_eight = false;
  for (int round = 0; round < 2000; ++round) {
    const bool local = round % 2 == 1;
    const rules::DrawRule& rule = local ? LocalRule() : StateRule();
    const int64_t base =
        std::min<int64_t>(rules::BaseMinKrw(rule) + (rng() >> (14 + rng() % 48)), kBaseMaxKrw);
    const auto prices = MakePreliminaryPrices(base, rule, uniform);
    ASSERT_TRUE(prices.ok()) << base << prices.status();
    ASSERT_TRUE(CheckPreliminaryPrices(*prices, rule).ok());
    std::vector<int64_t> above, rest;
    for (const PreliminaryPrice& p : *prices) {
      ASSERT_EQ(p.amount_krw % 100, 0);
      (local && p.amount_krw > base ? above : rest).push_back(p.amount_krw);
    }
    if (local) {
      ASSERT_TRUE(above.size() == 7 || above.size() == 8) << base;
      (above.size() == 7 ? seen_seven : seen_eight) = true;
      for (int64_t amount : rest) ASSERT_LT(amount, base);
      ExpectOnePerInterval(above, base, 1'000'000, 30'000);
      ExpectOnePerInterval(rest, base, 970'000, 30'000);
    } else {
      ExpectOnePerInterval(rest, base, 980'000, 40'000);
    }
  }
  EXPECT_TRUE(seen_seven && seen_eight);
}

TEST(PreliminaryPrices, LowestAndHighestDrawsReachTheEnds) {
  const Uniform lowest = [](uint64_t) { return uint64_t{0}; };
  const Uniform highest = [](uint64_t bound) { return bound - 1; };
  const auto extremes = [](const std::vector<PreliminaryPrice>& prices) {
    const auto by_amount = [](const auto& a, const auto& b) { return a.amount_krw < b.amount_krw; };
    const auto [lo, hi] = std::minmax_element(prices.begin(), prices.end(), by_amount);
    return std::pair(lo->amount_krw, hi->amount_krw);
  };
  // 1,000,000,000: the ends of the range are multiples of 100 and belong to it.
  EXPECT_EQ(extremes(*MakePreliminaryPrices(1'000'000'000, StateRule(), lowest)).first,
            980'000'000);
  EXPECT_EQ(extremes(*MakePreliminaryPrices(1'000'000'000, StateRule(), highest)).second,
            1'020'000'000);
  EXPECT_EQ(extremes(*MakePreliminaryPrices(1'000'000'000, LocalRule(), lowest)).first,
            970'000'000);
  EXPECT_EQ(extremes(*MakePreliminaryPrices(1'000'000'000, LocalRule(), highest)).second,
            1'030'000'000);
}

TEST(PreliminaryPrices, NumbersAreShuffled) {
  std::mt19937_64 rng(Seed());
  const Uniform uniform = [&](uint64_t bound) { return rng() % bound; };
  int lowest_at[16] = {};
  for (int i = 0; i < 3000; ++i) {
    const auto prices = *MakePreliminaryPrices(404'282'000, StateRule(), uniform);
    ++lowest_at[std::min_element(prices.begin(), prices.end(), [](const auto& a, const auto& b) {
                  return a.amount_krw < b.amount_krw;
                })->number];
  }
  for (int number = 1; number <= 15; ++number) EXPECT_NEAR(lowest_at[number], 200, 100) << number;
}

TEST(PreliminaryPrices, BaseAtTheLimitsAndOnePast) {
  const Uniform uniform = [](uint64_t) { return uint64_t{0}; };
  EXPECT_EQ(rules::BaseMinKrw(StateRule()), 37'500);
  EXPECT_EQ(rules::BaseMinKrw(LocalRule()), 26'667);
  for (const rules::DrawRule* rule : {&StateRule(), &LocalRule()}) {
    EXPECT_TRUE(MakePreliminaryPrices(rules::BaseMinKrw(*rule), *rule, uniform).ok());
    EXPECT_EQ(
        ErrorReason(MakePreliminaryPrices(rules::BaseMinKrw(*rule) - 1, *rule, uniform).status()),
        "BASE_TOO_SMALL");
    EXPECT_TRUE(MakePreliminaryPrices(kBaseMaxKrw, *rule, uniform).ok());
    for (int64_t base : {int64_t{0}, int64_t{-1}, kBaseMaxKrw + 1}) {
      EXPECT_EQ(ErrorReason(MakePreliminaryPrices(base, *rule, uniform).status()),
                "AMOUNT_OUT_OF_RANGE");
    }
  }
}

TEST(PreliminaryPrices, ChecksPricesMadeElsewhere) {
  std::vector<PreliminaryPrice> good;
  for (int i = 1; i <= 15; ++i) good.push_back({i, 1'000 + i});
  EXPECT_TRUE(CheckPreliminaryPrices(good, StateRule()).ok());
  auto refused = [&](auto change) {
    auto prices = good;
    change(prices);
    return ErrorReason(CheckPreliminaryPrices(prices, StateRule()));
  };
  EXPECT_EQ(refused([](auto& p) { p.pop_back(); }), "PRICES_INVALID");
  EXPECT_EQ(refused([](auto& p) { p[0].number = 2; }), "PRICES_INVALID");
  EXPECT_EQ(refused([](auto& p) { p[0].number = 0; }), "PRICES_INVALID");
  EXPECT_EQ(refused([](auto& p) { p[0].number = 16; }), "PRICES_INVALID");
  EXPECT_EQ(refused([](auto& p) { p[0].amount_krw = 0; }), "PRICES_INVALID");
  EXPECT_EQ(refused([](auto& p) { p[0].amount_krw = kAmountMaxKrw + 1; }), "PRICES_INVALID");
  rules::DrawRule rule = StateRule();
  rule.taken = rule.count + 1;
  EXPECT_EQ(ErrorReason(CheckDrawRule(rule)), "DRAW_RULE_INVALID");
  rule = StateRule();
  rule.count = kPriceCountMax;
  EXPECT_TRUE(CheckDrawRule(rule).ok());
  ++rule.count;
  EXPECT_EQ(ErrorReason(CheckDrawRule(rule)), "DRAW_RULE_INVALID");
}

}  // namespace
}  // namespace jodal::procurement
