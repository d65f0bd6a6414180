// What waits for somebody, one row each: who has to act, by which command, and by when the law
// wants it done. The clock of a service works those that it does itself (services/kit/deadlines.h),
// an inbox shows the others (waiting.h). Constant data and pure functions.
#ifndef JODAL_PROCUREMENT_ACTS_DEADLINES_H_
#define JODAL_PROCUREMENT_ACTS_DEADLINES_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "procurement/notice/periods.h"

namespace jodal::procurement {

// Done by the bidding service itself.
inline constexpr char kBoxClose[] = "box.close";

struct DeadlineRule {
  absl::string_view id;
  absl::string_view ko;  // one line for people: what is to be done
  absl::string_view en;
  absl::string_view role;   // that whoever does it must have; "": anyone of the organisation
  absl::string_view opens;  // type of the log entry with which the waiting begins
  // How long it may take from there: elapsed time, or whole days without Saturdays and holidays.
  // Zero: no time is set, or the case sets it.
  absl::Duration period;
  int working_days;
  absl::string_view article;  // that sets the time
  // The words that do it. {case} stands for the case; other words in capitals for what the person
  // has to say.
  absl::string_view command;
};

absl::Span<const DeadlineRule> DeadlineRules();
// The row of this id, which there must be.
const DeadlineRule& DeadlineRuleOf(absl::string_view id);

// Until when what waits since `since` is to be done; InfiniteFuture if the rule sets no time. A
// period in working days begins the day after and ends with its last day, in Korea.
absl::Time DueAt(const DeadlineRule& rule, absl::Time since, const Holidays& holidays);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_DEADLINES_H_
