#include "procurement/acts/deadlines.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "procurement/acts/act.h"
#include "procurement/acts/contract.h"
#include "procurement/people/roles.h"

namespace jodal::procurement {
namespace {

absl::Time At(const std::string& korean) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", korean, KoreanTime(), &time, &error)) << error;
  return time;
}

TEST(Deadlines, RowsAreWhole) {
  std::set<absl::string_view> ids;
  for (const DeadlineRule& rule : DeadlineRules()) {
    SCOPED_TRACE(std::string(rule.id));
    EXPECT_TRUE(ids.insert(rule.id).second);
    EXPECT_EQ(&DeadlineRuleOf(rule.id), &rule);
    EXPECT_FALSE(rule.ko.empty() || rule.en.empty() || rule.opens.empty());
    EXPECT_TRUE(rule.role.empty() || IsRole(rule.role));
    EXPECT_EQ(rule.command.empty(), rule.id == kBoxClose) << "a person does it by a command";
    const bool timed = rule.period > absl::ZeroDuration() || rule.working_days > 0;
    EXPECT_EQ(rule.article.empty(), !timed) << "who sets the time is named";
  }
}

// What a row says of an act that has a row of its own, that row says too.
TEST(Deadlines, AgreeWithTheActs) {
  int acts = 0;
  for (const DeadlineRule& rule : DeadlineRules()) {
    for (const Act* act : Acts()) {
      const std::string command = absl::StrCat(rule.command, " ");
      if (command.find("jodal " + act->verb() + " ") != 0) continue;
      EXPECT_EQ(rule.role, act->role()) << rule.id;
      ++acts;
    }
  }
  EXPECT_EQ(acts, 12) << "all but notice, shares, evaluation, award; payments are approved twice";
}

TEST(Deadlines, WorkingDaysLeaveOutSaturdaysSundaysAndHolidays) {
  const DeadlineRule& pay = DeadlineRuleOf("payment.approve");
  const Holidays october = {absl::CivilDay(2026, 10, 5), absl::CivilDay(2026, 10, 9)};
  const Holidays chuseok = {absl::CivilDay(2026, 9, 24), absl::CivilDay(2026, 9, 25)};
  // Design notes, rules-kr-methods 8 and lifecycle 2.8.
  EXPECT_EQ(DueAt(pay, At("2026-09-21 10:00"), chuseok), At("2026-10-01 00:00"));
  EXPECT_EQ(DueAt(pay, At("2026-10-01 23:59"), october), At("2026-10-13 00:00"));
  EXPECT_EQ(DueAt(pay, At("2026-10-01 23:59"), {}), At("2026-10-09 00:00"));
  EXPECT_EQ(DueAt(pay, At("2026-10-03 00:00"), {}), At("2026-10-10 00:00")) << "a Saturday";
}

TEST(Deadlines, PeriodsAreElapsedTime) {
  const absl::Time since = At("2026-03-02 10:30");
  EXPECT_EQ(DueAt(DeadlineRuleOf("contract.consent"), since, {}), since + kSigningPeriod);
  EXPECT_EQ(DueAt(DeadlineRuleOf("delivery.inspect"), since, {}), since + kInspectionPeriod);
  EXPECT_EQ(DueAt(DeadlineRuleOf("award.decide"), since, {}), absl::InfiniteFuture());
}

}  // namespace
}  // namespace jodal::procurement
