#include "clients/demo/schedule.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace jodal::demo {
namespace {

Fixture Load(absl::string_view name) {
  auto fixture = LoadFixture(absl::StrCat(JODAL_SOURCE_DIR, "/clients/demo/fixtures/", name));
  EXPECT_TRUE(fixture.ok()) << fixture.status();
  return fixture.ok() ? *fixture : Fixture();
}

constexpr const char* kFixtures[] = {"works-20241240614-001.json",
                                     "services-R25BK00811340-000.json", "draw-training.json"};

TEST(ScheduleTest, TheOriginalDatesUntilTheyHavePassed) {
  for (const char* name : kFixtures) {
    const Fixture fixture = Load(name);
    for (const absl::Time now : {fixture.published_at - absl::Hours(1000), fixture.published_at}) {
      const auto plan = PlanSchedule(fixture, now);
      ASSERT_TRUE(plan.ok()) << plan.status();
      EXPECT_TRUE(plan->original);
      EXPECT_EQ(plan->deadline, fixture.deadline_at);
      EXPECT_EQ(plan->rule_set, fixture.rule_set);
    }
  }
}

TEST(ScheduleTest, LaterDatesSatisfyEveryPeriod) {
  for (const char* name : kFixtures) {
    const Fixture fixture = Load(name);
    // Hour by hour through more than a week, so that every weekday and every hour occurs.
    for (int hour = 1; hour < 200; ++hour) {
      const absl::Time now = fixture.published_at + absl::Hours(hour);
      const auto plan = PlanSchedule(fixture, now);
      ASSERT_TRUE(plan.ok()) << plan.status();
      EXPECT_FALSE(plan->original);
      procurement::PeriodInput input;
      input.kind = fixture.kind == "works" ? procurement::rules::Kind::kWorks
                                           : procurement::rules::Kind::kGoods;
      input.presumed_price_krw = fixture.presumed_price_krw;
      input.published_at = now + absl::Minutes(30);  // when the second officer has signed
      input.window_open_at = plan->window_open;
      input.deadline_at = plan->deadline;
      input.opening_at = plan->opening;
      const auto violations = procurement::CheckPeriods(input, {});
      EXPECT_TRUE(violations.empty()) << name << " +" << hour << " h: " << violations[0].code;
    }
  }
}

TEST(ScheduleTest, TheRuleSetOfTheDay) {
  const Fixture fixture = Load("works-20241240614-001.json");
  absl::Time now;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2026-11-23T09:00:00+09:00", &now, nullptr));
  const auto plan = PlanSchedule(fixture, now);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->rule_set, "kr-state-works-2026");
}

TEST(ScheduleTest, UnknownWordsAreNamed) {
  Fixture fixture = Load("draw-training.json");
  fixture.kind = "houses";
  const auto plan = PlanSchedule(fixture, fixture.published_at);
  EXPECT_EQ(ErrorReason(plan.status()), "FIXTURE_INVALID");
  EXPECT_EQ(ErrorMetadataOf(plan.status())["field"], "kind");
}

}  // namespace
}  // namespace jodal::demo
