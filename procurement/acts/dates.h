// Days in documents. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_DATES_H_
#define JODAL_PROCUREMENT_ACTS_DATES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace jodal::procurement {

struct DateField {
  absl::string_view name;
  absl::string_view value;
};
// A day written "2025-02-01", nothing else. INVALID_ARGUMENT DATE_INVALID with metadata "field".
absl::StatusOr<absl::CivilDay> ParseDate(const DateField& field);

struct Period {
  absl::CivilDay start;
  absl::CivilDay end;  // inclusive
};
// INVALID_ARGUMENT PERIOD_INVALID: ends before it starts, or runs longer than kContractYearsMax.
absl::Status CheckPeriod(const Period& period);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_DATES_H_
