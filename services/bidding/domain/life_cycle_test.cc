#include "services/bidding/domain/life_cycle.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "common/status/error.h"

namespace jodal::bidding {
namespace {

TEST(LifeCycle, EveryStateTimesEveryEvent) {
  const std::map<std::pair<State, Event>, State> allowed = {
      {{State::kOpen, Event::kSupersede}, State::kOpen},
      {{State::kOpen, Event::kSubmit}, State::kOpen},
      {{State::kOpen, Event::kWithdraw}, State::kOpen},
      {{State::kOpen, Event::kClose}, State::kClosed},
      {{State::kOpen, Event::kCancel}, State::kCancelled},
      {{State::kClosed, Event::kRelease}, State::kClosed},
      {{State::kClosed, Event::kQuorum}, State::kOpening},
      {{State::kClosed, Event::kCancel}, State::kCancelled},
      {{State::kOpening, Event::kRelease}, State::kOpening},
      {{State::kOpening, Event::kOpenBid}, State::kOpening},
      {{State::kOpening, Event::kComplete}, State::kOpened},
  };
  EXPECT_EQ(Transitions().size(), allowed.size());
  for (int s = 1; s <= kStateCount; ++s) {
    for (int e = 0; e < kEventCount; ++e) {
      const State state = static_cast<State>(s);
      const Event event = static_cast<Event>(e);
      const auto next = Next(state, event);
      const auto it = allowed.find({state, event});
      if (it != allowed.end()) {
        ASSERT_TRUE(next.ok()) << Name(state) << " " << Name(event);
        EXPECT_EQ(*next, it->second);
      } else {
        EXPECT_EQ(ErrorReason(next.status()), "WRONG_STATE") << Name(state) << " " << Name(event);
      }
    }
  }
}

TEST(LifeCycle, TheDeadlineCountsWithoutTheCloser) {
  EXPECT_EQ(StateAt(State::kOpen, {99, 100}), State::kOpen);
  EXPECT_EQ(StateAt(State::kOpen, {100, 100}), State::kClosed);
  EXPECT_EQ(StateAt(State::kCancelled, {100, 100}), State::kCancelled);
  EXPECT_EQ(StateAt(State::kOpened, {100, 100}), State::kOpened);
}

}  // namespace
}  // namespace jodal::bidding
