#include "services/tender/domain/life_cycle.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace jodal::tender {
namespace {

// What is allowed, written independently of the table.
const std::map<std::pair<std::string, std::string>, std::string>& Allowed() {
  static const auto* allowed = [] {
    auto* m = new std::map<std::pair<std::string, std::string>, std::string>{
        {{"DRAFT", "SUBMIT"}, "SUBMITTED"},
        {{"SUBMITTED", "RETURN"}, "DRAFT"},
        {{"SUBMITTED", "APPROVE"}, "PUBLISHING"},
        {{"PUBLISHING", "BOX_MADE"}, "PUBLISHED"},
        {{"PUBLISHED", "AMEND"}, "AMENDING"},
        {{"AMENDING", "AMENDED"}, "PUBLISHED"},
        {{"AMENDING", "AMEND_ABANDONED"}, "PUBLISHED"},
        {{"PUBLISHED", "CLOSE"}, "CLOSED"},
        {{"CLOSED", "OPEN"}, "OPENED"},
        {{"OPENED", "EVALUATE"}, "EVALUATED"},
        {{"EVALUATED", "AWARD"}, "AWARDED"},
        {{"CLOSED", "FAIL"}, "FAILED"},
        {{"OPENED", "FAIL"}, "FAILED"},
        {{"EVALUATED", "FAIL"}, "FAILED"},
    };
    for (const char* state : {"DRAFT", "SUBMITTED", "PUBLISHING", "PUBLISHED", "AMENDING", "CLOSED",
                              "OPENED", "EVALUATED"}) {
      (*m)[{state, "CANCEL"}] = "CANCELLED";
    }
    return m;
  }();
  return *allowed;
}

TEST(LifeCycle, EveryStateAndEvent) {
  for (int s = 0; s < kStateCount; ++s) {
    for (int e = 0; e < kEventCount; ++e) {
      const State state = static_cast<State>(s);
      const Event event = static_cast<Event>(e);
      const auto next = Next(state, event);
      const auto expected = Allowed().find({Name(state), Name(event)});
      if (expected != Allowed().end()) {
        ASSERT_TRUE(next.ok()) << Name(state) << " " << Name(event);
        EXPECT_EQ(Name(*next), expected->second);
        continue;
      }
      EXPECT_EQ(next.status().code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(ErrorReason(next.status()), "WRONG_STATE") << Name(state) << " " << Name(event);
      EXPECT_EQ(ErrorMetadataOf(next.status()).at("state"), Name(state));
      EXPECT_EQ(ErrorMetadataOf(next.status()).at("event"), Name(event));
    }
  }
  EXPECT_EQ(Transitions().size(), Allowed().size());
}

TEST(LifeCycle, NamesAreDistinctAndParse) {
  std::set<std::string> names;
  for (int s = 0; s < kStateCount; ++s) {
    const State state = static_cast<State>(s);
    EXPECT_TRUE(names.insert(Name(state)).second);
    EXPECT_EQ(ParseState(Name(state)), state);
    bool leaves = false;
    for (const Transition& t : Transitions()) leaves |= t.from == state;
    EXPECT_EQ(leaves, !IsFinal(state)) << Name(state);
  }
  EXPECT_EQ(ParseState("published"), std::nullopt);
}

TEST(LifeCycle, GuardsHoldAStepBack) {
  const GuardFacts none;
  GuardFacts late;
  late.deadline_passed = true;
  GuardFacts all{true, true, true, false, true, true, true};
  for (const Transition& t : Transitions()) {
    GuardFacts good = all;
    good.deadline_passed = t.guard == Guard::kDeadlinePassed;
    EXPECT_EQ(*Advance(t.from, t.event, good), t.to) << Name(t.from) << " " << Name(t.event);
    if (t.guard == Guard::kNone) {
      EXPECT_TRUE(Advance(t.from, t.event, none).ok());
      continue;
    }
    const auto refused = Advance(t.from, t.event, t.guard == Guard::kBeforeDeadline ? late : none);
    EXPECT_EQ(ErrorReason(refused.status()), "GUARD_REFUSED") << Name(t.from);
    EXPECT_EQ(ErrorMetadataOf(refused.status()).at("guard"), Name(t.guard));
  }
  EXPECT_EQ(ErrorReason(Advance(State::kAwarded, Event::kCancel, all).status()), "WRONG_STATE");
}

}  // namespace
}  // namespace jodal::tender
