#include "common/base/transition.h"

#include <gtest/gtest.h>

namespace jodal {
namespace {

enum class Light { kRed, kGreen };
enum class Step { kGo, kStop };
constexpr Transition<Light, Step> kTable[] = {
    {Light::kRed, Step::kGo, Light::kGreen},
    {Light::kGreen, Step::kStop, Light::kRed},
};

TEST(Transition, OnlyTheRowsOfTheTable) {
  static_assert(FindTransition(kTable, Light::kRed, Step::kGo)->to == Light::kGreen);
  EXPECT_EQ(FindTransition(kTable, Light::kGreen, Step::kStop), &kTable[1]);
  EXPECT_EQ(FindTransition(kTable, Light::kRed, Step::kStop), nullptr);
  EXPECT_EQ(FindTransition(kTable, Light::kGreen, Step::kGo), nullptr);
}

// A table may say more of a step.
struct Guarded {
  Light from;
  Step event;
  Light to;
  bool quietly;
};
constexpr Guarded kGuarded[] = {{Light::kRed, Step::kGo, Light::kGreen, true}};

TEST(Transition, RowsMayHaveMore) {
  EXPECT_TRUE(FindTransition(kGuarded, Light::kRed, Step::kGo)->quietly);
}

}  // namespace
}  // namespace jodal
