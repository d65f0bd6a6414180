#include "common/money/money.h"

#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>

#include "absl/strings/numbers.h"
#include "common/status/error.h"
#include "gtest/gtest.h"

namespace jodal::money {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST(MulDiv, RoundsAsNamed) {
  struct Case {
    int64_t a, b, c, floor, ceil, half_up;
  } cases[] = {
      {7, 1, 2, 3, 4, 4},
      {-7, 1, 2, -4, -3, -3},
      {5, 1, 4, 1, 2, 1},
      {-5, 1, 4, -2, -1, -1},
      {3, 1, 4, 0, 1, 1},
      {-3, 1, 4, -1, 0, -1},
      {8, 1, 2, 4, 4, 4},
      {0, kMin, 3, 0, 0, 0},
      {kMax, kMax, kMax, kMax, kMax, kMax},
      {kMin, 1, 1, kMin, kMin, kMin},
      {4'035'220'746, 867'450, kPpmOne, 3'500'352'236, 3'500'352'237, 3'500'352'236},
  };
  for (const Case& t : cases) {
    EXPECT_EQ(*MulDivFloor(t.a, t.b, t.c), t.floor) << t.a << "*" << t.b << "/" << t.c;
    EXPECT_EQ(*MulDivCeil(t.a, t.b, t.c), t.ceil) << t.a << "*" << t.b << "/" << t.c;
    EXPECT_EQ(*MulDivHalfUp(t.a, t.b, t.c), t.half_up) << t.a << "*" << t.b << "/" << t.c;
  }
}

TEST(MulDiv, RefusesOverflowAndBadDivisors) {
  EXPECT_EQ(ErrorReason(MulDivFloor(kMax, 2, 1).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(ErrorReason(MulDivFloor(kMin, -1, 1).status()), "AMOUNT_OVERFLOW");
  EXPECT_TRUE(MulDivFloor(kMax, 2, 2).ok());
  EXPECT_EQ(ErrorReason(MulDivFloor(1, 1, 0).status()), "DIVISOR_NOT_POSITIVE");
  EXPECT_EQ(ErrorReason(MulDivFloor(1, 1, -1).status()), "DIVISOR_NOT_POSITIVE");
}

TEST(MulDiv, FloorAndCeilBracketTheQuotient) {
  uint64_t seed = 20241240614;
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 rng(seed);
  for (int i = 0; i < 100'000; ++i) {
    const int64_t a = static_cast<int64_t>(rng()) >> (rng() % 60);
    const int64_t b = static_cast<int64_t>(rng()) >> (rng() % 60);
    const int64_t c = static_cast<int64_t>((rng() >> 1) >> (rng() % 60)) | 1;
    const auto floor = MulDivFloor(a, b, c);
    const auto ceil = MulDivCeil(a, b, c);
    if (!floor.ok() || !ceil.ok()) continue;
    const __int128 p = static_cast<__int128>(a) * b;
    ASSERT_TRUE(static_cast<__int128>(*floor) * c <= p &&
                p - static_cast<__int128>(*floor) * c < c);
    ASSERT_TRUE(static_cast<__int128>(*ceil) * c >= p && *ceil - *floor == (p % c != 0 ? 1 : 0));
    const auto half = MulDivHalfUp(a, b, c);
    ASSERT_TRUE(half.ok() && (*half == *floor || *half == *ceil));
  }
}

TEST(Checked, AtTheLimitAndOnePast) {
  EXPECT_EQ(*CheckedAdd(kMax - 1, 1), kMax);
  EXPECT_EQ(ErrorReason(CheckedAdd(kMax, 1).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(*CheckedMul(kMax / 2, 2), kMax - 1);
  EXPECT_EQ(ErrorReason(CheckedMul(kMax / 2 + 1, 2).status()), "AMOUNT_OVERFLOW");
}

TEST(Amount, FormatsAndParsesBack) {
  struct Case {
    int64_t amount;
    const char* text;
  } cases[] = {
      {0, "0"},
      {999, "999"},
      {1000, "1,000"},
      {-1000, "-1,000"},
      {4'290'738'325, "4,290,738,325"},
      {kMax, "9,223,372,036,854,775,807"},
      {kMin, "-9,223,372,036,854,775,808"},
  };
  for (const Case& t : cases) {
    EXPECT_EQ(FormatAmount(t.amount), t.text);
    EXPECT_EQ(ParseAmount(t.text).value(), t.amount) << t.text;
  }
}

TEST(Amount, ParseRefusesOtherTexts) {
  EXPECT_EQ(*ParseAmount("1234567"), 1'234'567);
  EXPECT_EQ(*ParseAmount("1,234,567"), 1'234'567);
  EXPECT_EQ(*ParseAmount("-9223372036854775808"), kMin);
  for (const char* bad : {"", "-", "-0", "01", "1,23", "1234,567", ",123", "1,", "+1", " 1", "1 ",
                          "1.0", "1e3", "0x10", "--1", "0,123"}) {
    EXPECT_EQ(ErrorReason(ParseAmount(bad).status()), "AMOUNT_INVALID") << bad;
  }
  EXPECT_EQ(ErrorReason(ParseAmount("9223372036854775808").status()), "AMOUNT_OVERFLOW");
}

TEST(PpmTest, Percent) {
  struct Case {
    int64_t ppm;
    const char* text;
  } cases[] = {{867'450, "86.745"}, {980'000, "98.000"}, {1, "0.0001"}, {1'000'000, "100.000"}};
  for (const Case& t : cases) {
    EXPECT_EQ(FormatPercent(Ppm{t.ppm}), t.text);
    EXPECT_EQ(ParsePercent(t.text)->value, t.ppm);
  }
  EXPECT_EQ(ParsePercent("88")->value, 880'000);
  for (const char* bad : {"", "-1", "1.", ".5", "1.00001", "1.2.3", "88%", "1e2"}) {
    EXPECT_EQ(ErrorReason(ParsePercent(bad).status()), "RATE_INVALID") << bad;
  }
}

}  // namespace
}  // namespace jodal::money
