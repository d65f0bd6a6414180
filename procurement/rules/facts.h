// Dated facts of the law: figures that a decree may change from one day to the next, each with the
// buyers it binds, its first day and the article that it stands in. A figure is read for the day of
// the notice; a row is never changed or removed, a change of the law is a new row.
// Thread-safe: constant data and pure functions.
#ifndef JODAL_PROCUREMENT_RULES_FACTS_H_
#define JODAL_PROCUREMENT_RULES_FACTS_H_

#include <cstdint>
#include <optional>
#include <span>

#include "absl/time/civil_time.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement::rules {

enum class Fact {
  // Least days from the notice to the deadline.
  kNoticeDays,
  kNoticeDaysUrgent,            // 긴급, 재공고
  kNoticeDaysNegotiated,        // 협상에 의한 계약
  kNoticeDaysNegotiatedUrgent,  // the same, urgent or noticed again
  kNoticeDaysMediumWorks,
  kNoticeDaysLargeWorks,
  kMediumWorksFromKrw,  // presumed price from which works are medium, or large
  kLargeWorksFromKrw,
  kCorrectionDays,  // that a correction adds to the time left

  kWindowHours,        // least time in which bids are taken
  kDeadlineFirstHour,  // Korean hours between which a deadline may lie, both included
  kDeadlineLastHour,
  kOpeningHours,  // least time from the deadline to the opening

  kValidBidsMin,  // fewer fail the competition 유찰
};
inline constexpr int kFactCount = static_cast<int>(Fact::kValidBidsMin) + 1;

struct FactRow {
  Fact fact;
  Regime regime;
  // First day; unset: before the records of this project begin.
  std::optional<absl::CivilDay> from;
  int64_t value;
  const char* article;
};

// Every row: of each fact and regime in order of its first day, the first one without.
std::span<const FactRow> AllFacts();

// The last of `rows`, which are in order, that is in force on `day`; null if there is none.
constexpr const FactRow* FindFact(std::span<const FactRow> rows, Fact fact, Regime regime,
                                  absl::CivilDay day) {
  const FactRow* found = nullptr;
  for (const FactRow& row : rows) {
    const bool begun = !row.from.has_value() || *row.from <= day;
    if (row.fact == fact && row.regime == regime && begun) found = &row;
  }
  return found;
}

// The same of AllFacts(). There is one for each fact, regime and day.
const FactRow& FactAt(Fact fact, Regime regime, absl::CivilDay day);

}  // namespace jodal::procurement::rules

#endif  // JODAL_PROCUREMENT_RULES_FACTS_H_
