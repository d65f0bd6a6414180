#include "services/bidding/engine/arrival_gate.h"

#include <gtest/gtest.h>

namespace jodal::bidding {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(2);

TEST(ArrivalGate, WaitsForWhatArrivedInTimeButNotForEver) {
  const absl::Time deadline = absl::FromUnixSeconds(1000);
  ManualClock clock(deadline - absl::Nanoseconds(1));
  ArrivalGate gate(&clock);
  EXPECT_FALSE(gate.MayClose(deadline, kGrace)) << "before the deadline";
  auto in_time = gate.Enter();
  auto copy = in_time;
  clock.Set(deadline);
  EXPECT_FALSE(gate.MayClose(deadline, kGrace));
  in_time.reset();
  EXPECT_FALSE(gate.MayClose(deadline, kGrace)) << "a copy is under way";
  clock.Set(deadline + kGrace - absl::Nanoseconds(1));
  EXPECT_FALSE(gate.MayClose(deadline, kGrace));
  clock.Set(deadline + kGrace);
  EXPECT_TRUE(gate.MayClose(deadline, kGrace)) << "the grace is over";
  clock.Set(deadline);
  copy.reset();
  EXPECT_TRUE(gate.MayClose(deadline, kGrace));
}

TEST(ArrivalGate, LateArrivalsDoNotHinder) {
  const absl::Time deadline = absl::FromUnixSeconds(1000);
  ManualClock clock(deadline);
  auto gate = std::make_unique<ArrivalGate>(&clock);
  const auto late = gate->Enter();
  EXPECT_EQ(late->arrival(), deadline);
  EXPECT_TRUE(gate->MayClose(deadline, kGrace));
  EXPECT_FALSE(gate->MayClose(deadline + absl::Seconds(1), kGrace));
  gate.reset();  // a ticket may outlive its gate
}

}  // namespace
}  // namespace jodal::bidding
