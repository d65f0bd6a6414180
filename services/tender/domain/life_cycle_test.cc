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

TEST(LifeCycle, NamesAreDistinct) {
  std::set<std::string> states;
  for (int s = 0; s < kStateCount; ++s) states.insert(Name(static_cast<State>(s)));
  EXPECT_EQ(states.size(), static_cast<size_t>(kStateCount));
  std::set<std::string> events;
  for (int e = 0; e < kEventCount; ++e) events.insert(Name(static_cast<Event>(e)));
  EXPECT_EQ(events.size(), static_cast<size_t>(kEventCount));
}

}  // namespace
}  // namespace jodal::tender
