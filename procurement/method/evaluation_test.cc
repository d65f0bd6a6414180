#include "procurement/method/evaluation.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "procurement/limits.h"
#include "procurement/method/draw.h"
#include "procurement/method/score.h"

namespace jodal::procurement {
namespace {

using nlohmann::json;
using testing::ElementsAre;

constexpr char kOpenings[] = JODAL_SOURCE_DIR "/../shared/data/openings/";
constexpr char kFixtures[] = JODAL_SOURCE_DIR "/clients/demo/fixtures/";

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

uint64_t Seed() {
  uint64_t seed = 20'250'701;
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  std::cout << "seed " << seed << "\n";
  return seed;
}

// One stream per label, as the service's DRBG gives.
UniformFor Seeded(uint64_t seed) {
  return [seed](absl::string_view label) -> Uniform {
    auto rng =
        std::make_shared<std::mt19937_64>(seed ^ std::hash<std::string>()(std::string(label)));
    return [rng](uint64_t bound) { return (*rng)() % bound; };
  };
}

const rules::RuleSet* Set(absl::string_view id) { return *rules::FindRuleSet(id); }

// Planned price exactly 1,000,000,000 with any choice.
OutsidePrices FlatPrices() {
  OutsidePrices out;
  for (int i = 1; i <= 15; ++i) out.prices.push_back({i, 1'000'000'000});
  return out;
}

EvaluationInput Small(std::vector<OpenedBid> bids) {
  EvaluationInput in;
  in.rule_set = Set("kr-state-works-2026");
  in.figures.presumed_price_krw = 900'000'000;
  in.figures.base_krw = 1'000'000'000;
  in.figures.floor_rate = money::Ppm{897'450};
  in.outside_prices = FlatPrices();
  in.bids = std::move(bids);
  in.uniform_for = Seeded(1);
  return in;
}

OpenedBid Bid(std::string id, int64_t amount_krw) {
  return {std::move(id), amount_krw, {1, 2}, "", {}};
}

const EvaluatedBid& Of(const EvaluationResult& result, absl::string_view id) {
  for (const EvaluatedBid& bid : result.bids) {
    if (bid.ranked.submission_id == id) return bid;
  }
  ADD_FAILURE() << "no bid " << id;
  return result.bids.front();
}

std::string First(const EvaluationResult& result) {
  return result.candidates.empty() ? "" : result.candidates[0];
}

TEST(Evaluate, PublishedWorksOpeningOf577Bids) {
  const std::string text = ReadAll(absl::StrCat(kOpenings, "20241240614-001.json"));
  if (text.empty()) GTEST_SKIP() << "no test data in " << kOpenings;
  const json opening = json::parse(text);
  EvaluationInput in;
  in.rule_set = Set("kr-state-works-2024");
  in.figures.presumed_price_krw = opening["estimated_price_presmpt"];
  in.figures.base_krw = opening["base_amount"];
  in.figures.a_value_krw = opening["a_value"];
  in.figures.net_cost_krw = opening["net_construction_cost_in_base"].get<int64_t>();
  in.figures.floor_rate =
      *money::ParsePercent(opening["floor_rate_pct"].get_ref<const std::string&>());
  in.outside_prices.emplace();
  for (const auto& [number, amount] : opening["preliminary_prices"].items()) {
    in.outside_prices->prices.push_back({std::stoi(number), amount});
  }
  in.outside_prices->chosen_numbers = opening["selected_numbers"].get<std::vector<int>>();
  in.uniform_for = Seeded(1);  // for ties behind the winner

  std::map<std::string, int> published;
  const std::string csv = ReadAll(absl::StrCat(kOpenings, "20241240614-001-bids.csv"));
  for (absl::string_view line : absl::StrSplit(csv, '\n', absl::SkipWhitespace())) {
    const std::vector<std::string> cells = absl::StrSplit(absl::StripAsciiWhitespace(line), ',');
    int64_t amount;
    int rank;
    if (!absl::SimpleAtoi(cells[1], &amount)) continue;  // header
    ASSERT_TRUE(absl::SimpleAtoi(cells[2], &rank));
    in.bids.push_back({cells[0], amount, {}, "", {}});
    published[cells[0]] = rank;
  }
  ASSERT_EQ(in.bids.size(), 577u);

  const auto result = Evaluate(in);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->prices_from_outside);
  EXPECT_TRUE(result->choice_from_outside);
  EXPECT_EQ(result->valid_bid_count, 577);
  EXPECT_EQ(result->planned_krw, 4'290'738'325);
  EXPECT_EQ(result->assessment_rate_ppm, 992'455);  // 99.2455 %, truncated
  EXPECT_EQ(result->floor_krw, 3'755'869'816);
  EXPECT_EQ(result->net_planned_krw, 4'045'056'129);
  EXPECT_EQ(result->net_cost_limit_krw, 3'964'155'007);
  EXPECT_EQ(result->binding, BindingLimit::kNetCostLimit);
  EXPECT_EQ(result->outcome, Outcome::kCandidate);
  EXPECT_EQ(Of(*result, First(*result)).ranked.amount_krw, 3'964'214'000);

  int ranked = 0, below_floor = 0, below_net = 0, at_338 = 0;
  int64_t highest_excluded = 0;
  for (size_t i = 0; i < result->bids.size(); ++i) {
    const RankedBid& bid = result->bids[i].ranked;
    const int expected = published.at(bid.submission_id);
    if (bid.classification == Classification::kInRange) {
      ++ranked;
      EXPECT_EQ(bid.rank, expected) << bid.submission_id;
      at_338 += bid.rank == 338;
      continue;
    }
    // The published list numbers the excluded bids from the highest down.
    EXPECT_EQ(expected, ranked - static_cast<int>(i) - 1) << bid.submission_id;
    below_floor += bid.classification == Classification::kBelowFloor;
    below_net += bid.classification == Classification::kBelowNetCostLimit;
    highest_excluded = std::max(highest_excluded, bid.amount_krw);
  }
  EXPECT_EQ(ranked, 505);
  EXPECT_EQ(below_net, 70);
  EXPECT_EQ(below_floor, 2);
  EXPECT_EQ(at_338, 2);
  EXPECT_EQ(highest_excluded, 3'963'963'225);
}

TEST(Evaluate, FixturesGiveWhatTheySayTheyGive) {
  const struct {
    const char* file;
    bool fixed;
  } files[] = {{"works-20241240614-001.json", true},
               {"services-R25BK00811340-000.json", true},
               {"draw-training.json", false}};
  for (const auto& [file, fixed] : files) {
    SCOPED_TRACE(file);
    const json f = json::parse(ReadAll(absl::StrCat(kFixtures, file)));
    EvaluationInput in;
    in.rule_set = Set(f["rule_set"].get_ref<const std::string&>());
    in.figures.presumed_price_krw = f["presumed_price_krw"];
    in.figures.base_krw = f["base_krw"];
    in.figures.a_value_krw = f["a_value_krw"];
    if (!f["net_cost_krw"].is_null()) in.figures.net_cost_krw = f["net_cost_krw"].get<int64_t>();
    in.figures.floor_rate = {f["floor_rate_ppm"].get<int64_t>()};
    if (!f["prices_krw"].is_null()) {
      in.outside_prices.emplace();
      for (size_t i = 0; i < f["prices_krw"].size(); ++i) {
        in.outside_prices->prices.push_back({static_cast<int>(i) + 1, f["prices_krw"][i]});
      }
    }
    for (size_t i = 0; i < f["bids"]["amounts_krw"].size(); ++i) {
      in.bids.push_back({absl::StrCat("s", 1000 + i),
                         f["bids"]["amounts_krw"][i],
                         f["bids"]["picks"][i].get<std::vector<int>>(),
                         "",
                         {}});
    }
    in.uniform_for = Seeded(Seed());
    const auto result = Evaluate(in);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->outcome, Outcome::kCandidate);
    EXPECT_EQ(result->prices_from_outside, fixed);
    if (!fixed) continue;
    std::vector<int> chosen = result->chosen_numbers;
    std::sort(chosen.begin(), chosen.end());
    EXPECT_EQ(chosen, f["chosen_numbers"].get<std::vector<int>>());
    EXPECT_EQ(result->planned_krw, f["expected"]["planned_krw"]);
    EXPECT_EQ(result->floor_krw, f["expected"]["floor_krw"]);
    if (f["expected"]["net_cost_limit_krw"].is_null()) {
      EXPECT_EQ(result->net_cost_limit_krw, std::nullopt);
    } else {
      EXPECT_EQ(result->net_cost_limit_krw, f["expected"]["net_cost_limit_krw"].get<int64_t>());
    }
    if (!f["draw_counts"].is_null()) {
      EXPECT_EQ(result->draw_counts, f["draw_counts"].get<std::vector<int>>());
    }
    int in_range = 0;
    for (const EvaluatedBid& bid : result->bids) {
      int index;
      ASSERT_TRUE(absl::SimpleAtoi(bid.ranked.submission_id.substr(1), &index));
      const int rank = f["bids"]["ranks"][index - 1000];
      EXPECT_EQ(bid.ranked.rank, std::max(rank, 0)) << index;
      in_range += bid.ranked.rank > 0;
    }
    EXPECT_EQ(in_range, f["expected"]["in_range"]);
    EXPECT_EQ(Of(*result, First(*result)).ranked.amount_krw, f["expected"]["first_amount_krw"]);
  }
}

TEST(Evaluate, TooFewValidBidsFailBeforePricesAreMade) {
  for (const std::vector<OpenedBid>& bids :
       {std::vector<OpenedBid>{},
        {Bid("a", 900'000'000)},
        {Bid("a", 900'000'000), OpenedBid{"b", 910'000'000, {1, 2}, "LATE", {}}}}) {
    const auto result = Evaluate(Small(bids));
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->outcome, Outcome::kFailedTooFewBids);
    EXPECT_EQ(result->planned_krw, 0);
    EXPECT_TRUE(result->prices.empty());
    EXPECT_THAT(result->candidates, testing::IsEmpty());
  }
  const auto two = Evaluate(Small({Bid("a", 900'000'000), Bid("b", 910'000'000)}));
  EXPECT_EQ(two->outcome, Outcome::kCandidate);
  EXPECT_EQ(First(*two), "a");
}

TEST(Evaluate, NobodyInRangeFails) {
  const auto result = Evaluate(Small({Bid("a", 897'449'999), Bid("b", 1'000'000'001)}));
  EXPECT_EQ(result->outcome, Outcome::kFailedNoneInRange);
  EXPECT_EQ(result->floor_krw, 897'450'000);
  EXPECT_EQ(result->valid_bid_count, 2);
}

TEST(Evaluate, WhatABidSaysNeverBreaksTheOpening) {
  const auto result = Evaluate(Small({
      Bid("a", 900'000'000),
      Bid("b", 910'000'000),
      Bid("zero", 0),
      Bid("minus", -1),
      Bid("huge", std::numeric_limits<int64_t>::max()),
      Bid("past", kAmountMaxKrw + 1),
      Bid("most", kAmountMaxKrw),
      OpenedBid{"same", 900'000'000, {3, 3}, "", {}},
      OpenedBid{"none", 900'000'000, {}, "", {}},
      OpenedBid{"sixteen", 900'000'000, {1, 16}, "", {}},
      OpenedBid{"sanction", 899'000'000, {5, 6}, "REPRESENTATIVE_SANCTIONED", {}},
  }));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(First(*result), "a");
  EXPECT_EQ(result->valid_bid_count, 3);
  EXPECT_EQ(result->bids.size(), 11u);
  for (const char* id : {"zero", "minus", "huge", "past"}) {
    EXPECT_EQ(Of(*result, id).void_reason, "AMOUNT_INVALID") << id;
  }
  for (const char* id : {"same", "none", "sixteen"}) {
    EXPECT_EQ(Of(*result, id).void_reason, "PICKS_INVALID") << id;
  }
  EXPECT_EQ(Of(*result, "sanction").void_reason, "REPRESENTATIVE_SANCTIONED");
  EXPECT_EQ(Of(*result, "most").ranked.classification, Classification::kAbovePlanned);
  // Void bids do not draw.
  EXPECT_THAT(result->draw_counts, ElementsAre(3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

TEST(Evaluate, TiesByScoreThenLottery) {
  std::vector<OpenedBid> bids = {Bid("b", 900'000'000), Bid("a", 900'000'000),
                                 Bid("c", 900'000'000), Bid("d", 950'000'000)};
  EvaluationInput in = Small(bids);
  in.uniform_for = [](absl::string_view label) -> Uniform {
    EXPECT_EQ(label, "lottery/1");
    return [](uint64_t bound) { return bound - 1; };
  };
  auto result = Evaluate(in);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->tie_resolution, TieResolution::kLottery);
  EXPECT_THAT(result->tied_candidates, ElementsAre("a", "b", "c"));
  EXPECT_THAT(result->candidates, ElementsAre("c", "b", "a", "d"));

  in.bids[0].other_score_micro = 19 * kMicroPerPoint;
  in.bids[1].other_score_micro = 18 * kMicroPerPoint;
  in.bids[2].other_score_micro = 18 * kMicroPerPoint;
  result = Evaluate(in);
  EXPECT_EQ(result->tie_resolution, TieResolution::kScore);
  EXPECT_THAT(result->candidates, ElementsAre("b", "c", "a", "d"));

  in.bids[1].other_score_micro = 19 * kMicroPerPoint;
  result = Evaluate(in);
  EXPECT_EQ(result->tie_resolution, TieResolution::kLottery);
  EXPECT_THAT(result->candidates, ElementsAre("b", "a", "c", "d"));  // the last of a, b first

  in.uniform_for = nullptr;
  EXPECT_EQ(ErrorReason(Evaluate(in).status()), "UNIFORM_MISSING");
}

TEST(Evaluate, ReviewedBidsThatFailArePassedOver) {
  // x = 0.9000 gives 80 of 80 points and 0.9026 the cap of 75; the mark is 95.
  EvaluationInput in = Small({Bid("a", 900'000'000), Bid("b", 902'600'000), Bid("c", 990'000'000)});
  auto result = Evaluate(in);
  EXPECT_EQ(First(*result), "a");
  EXPECT_EQ(Of(*result, "a").price_score_micro, 80 * kMicroPerPoint);
  EXPECT_EQ(Of(*result, "a").total_score_micro, std::nullopt);

  in.bids[0].other_score_micro = 14'989'999;
  result = Evaluate(in);
  EXPECT_EQ(Of(*result, "a").total_score_micro, 94'990'000);
  EXPECT_EQ(First(*result), "b");
  in.bids[0].other_score_micro = 14'990'001;  // the total rounds up to 95.00
  EXPECT_EQ(First(*Evaluate(in)), "a");

  in.bids[0].other_score_micro = 0;
  in.bids[1].other_score_micro = 0;
  EXPECT_EQ(First(*Evaluate(in)), "c");
  in.bids[2].other_score_micro = 0;
  result = Evaluate(in);
  EXPECT_EQ(result->outcome, Outcome::kFailedNonePassed);
  EXPECT_THAT(result->candidates, testing::IsEmpty());

  // Small quotes are not reviewed.
  in.rule_set = Set("kr-state-works-quote-2026");
  EXPECT_EQ(First(*Evaluate(in)), "a");
  EXPECT_EQ(Of(*Evaluate(in), "a").price_score_micro, std::nullopt);
}

TEST(Evaluate, NetCostRuleEndsAtTenBillion) {
  for (const int64_t price : {9'999'999'999, 10'000'000'000}) {
    EvaluationInput in = Small({Bid("a", 9'600'000'000), Bid("b", 9'900'000'000)});
    in.figures.presumed_price_krw = 9'000'000'000;
    in.figures.base_krw = price;
    in.figures.net_cost_krw = price - 1;
    for (PreliminaryPrice& p : in.outside_prices->prices) p.amount_krw = price;
    const auto result = Evaluate(in);
    ASSERT_TRUE(result.ok()) << result.status();
    const bool applies = price < 10'000'000'000;
    EXPECT_EQ(result->net_cost_limit_krw.has_value(), applies);
    EXPECT_EQ(First(*result), applies ? "b" : "a");
  }
}

TEST(Evaluate, RefusesContradictions) {
  const auto reason = [](auto change) {
    EvaluationInput in = Small({Bid("a", 900'000'000), Bid("b", 910'000'000)});
    change(in);
    return ErrorReason(Evaluate(in).status());
  };
  EXPECT_EQ(reason([](auto& in) { in.rule_set = nullptr; }), "FIGURES_INVALID");
  EXPECT_EQ(reason([](auto& in) { in.figures.base_krw = 0; }), "FIGURES_INVALID");
  EXPECT_EQ(reason([](auto& in) { in.figures.a_value_krw = in.figures.base_krw; }),
            "FIGURES_INVALID");
  EXPECT_EQ(reason([](auto& in) { in.figures.net_cost_krw = in.figures.base_krw; }),
            "FIGURES_INVALID");
  EXPECT_EQ(reason([](auto& in) { in.figures.floor_rate = {1'000'001}; }), "FIGURES_INVALID");
  EXPECT_EQ(reason([](auto& in) { in.bids[1].submission_id = "a"; }), "DUPLICATE_SUBMISSION");
  EXPECT_EQ(reason([](auto& in) { in.outside_prices->prices.pop_back(); }), "PRICES_INVALID");
  EXPECT_EQ(reason([](auto& in) {
              in.outside_prices->chosen_numbers = {1, 2, 3};
            }),
            "CHOICE_INVALID");
  EXPECT_EQ(reason([](auto& in) {
              in.outside_prices->chosen_numbers = {1, 2, 3, 3};
            }),
            "CHOICE_INVALID");
  EXPECT_EQ(reason([](auto& in) {
              in.outside_prices.reset();
              in.uniform_for = nullptr;
            }),
            "UNIFORM_MISSING");
  EXPECT_EQ(reason([](auto& in) {
              in.outside_prices.reset();
              in.figures.base_krw = 37'499;
            }),
            "BASE_TOO_SMALL");
}

// Equal input, equal result, whatever the order of the bids; and each number satisfies its rule.
TEST(Evaluate, RandomOpeningsAreDeterministicAndConsistent) {
  std::mt19937_64 rng(Seed());
  int candidates = 0, lotteries = 0, failed = 0, later_ties = 0;
  for (int round = 0; round < 400; ++round) {
    EvaluationInput in;
    in.rule_set = Set(round % 2 ? "kr-local-works-2025" : "kr-state-goods-2024");
    in.figures.base_krw = 100'000'000 + static_cast<int64_t>(rng() % 900'000'000);
    in.figures.presumed_price_krw = in.figures.base_krw * 10 / 11;
    in.figures.a_value_krw = round % 2 ? in.figures.base_krw / 20 : 0;
    if (round % 3 == 0) in.figures.net_cost_krw = in.figures.base_krw * 9 / 10;
    in.figures.floor_rate = {877'450};
    in.uniform_for = Seeded(rng());
    for (size_t i = 0, n = rng() % 12; i < n; ++i) {
      const int first = 1 + static_cast<int>(rng() % 15);
      const int second = 1 + (first + static_cast<int>(rng() % 14)) % 15;
      const int64_t step = in.figures.base_krw / 100;
      in.bids.push_back({absl::StrCat("s", i),
                         step * static_cast<int64_t>(86 + rng() % 20),
                         {first, second},
                         rng() % 9 ? "" : "LATE",
                         {}});
    }
    const auto result = Evaluate(in);
    ASSERT_TRUE(result.ok()) << result.status();
    std::shuffle(in.bids.begin(), in.bids.end(), rng);
    const auto again = Evaluate(in);
    ASSERT_EQ(again->candidates, result->candidates);
    ASSERT_EQ(again->prices, result->prices);
    ASSERT_EQ(again->planned_krw, result->planned_krw);
    ASSERT_EQ(result->bids.size(), result->outcome == Outcome::kFailedTooFewBids
                                       ? in.bids.size() - result->valid_bid_count
                                       : in.bids.size());
    if (result->outcome != Outcome::kCandidate) {
      ++failed;
      continue;
    }
    ++candidates;
    lotteries += result->tie_resolution == TieResolution::kLottery;
    // Every bid in range has its place, and no place is before one of a lower price.
    int in_range = 0;
    for (const EvaluatedBid& bid : result->bids) in_range += bid.ranked.rank > 0;
    ASSERT_EQ(result->candidates.size(), static_cast<size_t>(in_range));
    for (size_t i = 1; i < result->candidates.size(); ++i) {
      ASSERT_LE(Of(*result, result->candidates[i - 1]).ranked.rank,
                Of(*result, result->candidates[i]).ranked.rank);
      later_ties += i > 1 && Of(*result, result->candidates[i - 1]).ranked.rank ==
                                 Of(*result, result->candidates[i]).ranked.rank;
    }
    const RankedBid& winner = Of(*result, First(*result)).ranked;
    ASSERT_EQ(winner.rank, 1);
    ASSERT_LE(winner.amount_krw, result->planned_krw);
    ASSERT_GE(winner.amount_krw,
              std::max(result->floor_krw, result->net_cost_limit_krw.value_or(0)));
    ASSERT_EQ(result->planned_krw % 25, 0);
    ASSERT_EQ(result->chosen_numbers, TakeMostDrawn(result->draw_counts, 4));
  }
  EXPECT_GT(candidates, 0);
  EXPECT_GT(lotteries, 0);
  EXPECT_GT(later_ties, 0);
  EXPECT_GT(failed, 0);
}

}  // namespace
}  // namespace jodal::procurement
