// Periods and times of a notice (docs/rules-kr.md 6). Korean civil time is UTC+9 without daylight
// saving. Periods are measured as elapsed time, 24 hours a day. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_NOTICE_PERIODS_H_
#define JODAL_PROCUREMENT_NOTICE_PERIODS_H_

#include <optional>
#include <set>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "procurement/rules/rule_sets.h"
#include "procurement/rules/violation.h"

namespace jodal::procurement {

using Holidays = std::set<absl::CivilDay>;

absl::TimeZone KoreanTime();

// The day that it is in Korea at `time`.
absl::CivilDay KoreanDay(absl::Time time);

// Monday to Friday and not a holiday.
bool IsWorkingDay(absl::CivilDay day, const Holidays& holidays);

struct Correction {
  absl::Time corrected_at;
  absl::Time previous_deadline;
};

struct PeriodInput {
  rules::Regime regime = rules::Regime::kState;
  rules::Kind kind = rules::Kind::kWorks;
  int64_t presumed_price_krw = 0;
  bool negotiated = false;          // 협상에 의한 계약
  bool urgent_or_renotice = false;  // 긴급, 재공고
  absl::Time published_at;
  absl::Time window_open_at;  // first electronic submission
  absl::Time deadline_at;
  absl::Time opening_at;
  std::optional<Correction> correction;  // set when the notice corrects an earlier one
};

// The least notice period by kind, amount and urgency, as procurement/rules/facts.h has it for the
// regime and the day of publication.
absl::Duration NoticePeriodMin(const PeriodInput& input);

// Every violation, in a fixed order: NOTICE_PERIOD_TOO_SHORT, WINDOW_BEFORE_NOTICE,
// WINDOW_TOO_SHORT, DEADLINE_NOT_WORKING_DAY, DEADLINE_OUTSIDE_HOURS, OPENING_TOO_EARLY,
// CORRECTION_AFTER_DEADLINE, CORRECTION_TOO_SHORT; fields are those of the stage. For a correction
// the notice period is measured from the first publication.
std::vector<Violation> CheckPeriods(const PeriodInput& input, const Holidays& holidays);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_PERIODS_H_
