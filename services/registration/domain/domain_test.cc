#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/registration/domain/email.h"
#include "services/registration/domain/life_cycle.h"

namespace jodal::registration {
namespace {

TEST(LifeCycle, OnlyTheListedMovesExist) {
  struct Walk {
    const char* name;
    std::set<std::string> allowed;
    std::optional<State> (*next)(State, Event);
  };
  const Walk walks[] = {
      {"organization",
       {"NONE register PENDING", "PENDING lapse NONE", "PENDING approve ACTIVE",
        "ACTIVE suspend SUSPENDED", "SUSPENDED lift ACTIVE"},
       [](State s, Event e) { return Next(kOrganizationMoves, s, e); }},
      {"person",
       {"NONE register PENDING", "PENDING lapse NONE", "PENDING approve ACTIVE"},
       [](State s, Event e) { return Next(kPersonMoves, s, e); }},
  };
  for (const Walk& walk : walks) {
    std::set<std::string> seen;
    for (State state : kStates) {
      for (Event event : kEvents) {
        auto next = walk.next(state, event);
        if (next.has_value()) {
          seen.insert(absl::StrCat(StateName(state), " ", EventName(event), " ", StateName(*next)));
        }
      }
    }
    EXPECT_EQ(seen, walk.allowed) << walk.name;
  }
}

TEST(Text, EmailAddresses) {
  for (const char* good : {"a@b.kr", "kim.officer+x@gov.example.kr"}) {
    EXPECT_TRUE(IsEmailAddress(good)) << good;
  }
  for (const char* bad : {"", "a", "@b.kr", "a@", "a@b", "a@.kr", "a@b.", "a@b@c.kr", "a b@c.kr",
                          "a@b.kr\n", "가@b.kr"}) {
    EXPECT_FALSE(IsEmailAddress(bad)) << bad;
  }
  EXPECT_TRUE(IsEmailAddress(absl::StrCat(std::string(249, 'a'), "@b.kr")));
  EXPECT_FALSE(IsEmailAddress(absl::StrCat(std::string(250, 'a'), "@b.kr")));
}

}  // namespace
}  // namespace jodal::registration
