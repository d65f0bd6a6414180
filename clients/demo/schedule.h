// When a replayed tender takes place. Pure.
#ifndef JODAL_CLIENTS_DEMO_SCHEDULE_H_
#define JODAL_CLIENTS_DEMO_SCHEDULE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/demo/fixture.h"
#include "procurement/notice/periods.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::demo {

struct Schedule {
  bool original = true;  // the opening's own dates
  absl::Time published;  // when the notice is to be put in force
  absl::Time window_open;
  absl::Time deadline;
  absl::Time opening;
  std::string rule_set;  // in force on the day of the notice
};

// The opening's own dates unless `now` is past its notice; else the first dates from `now` that
// satisfy the periods of procurement/notice/periods.h, at the same times of day and with the
// same window, under the rule set of that day. INVALID_ARGUMENT FIXTURE_INVALID for words that the
// rules do not know, NOT_FOUND NO_RULE_SET_IN_FORCE.
absl::StatusOr<Schedule> PlanSchedule(const Fixture& fixture, absl::Time now);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_SCHEDULE_H_
