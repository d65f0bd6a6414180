#include "procurement/acts/dates.h"

#include "procurement/acts/contract.h"
#include "procurement/acts/contract_errors.h"

namespace jodal::procurement {

absl::StatusOr<absl::CivilDay> ParseDate(const DateField& field) {
  // The parser takes "2025-2-1" and more; only what it writes itself is the one spelling.
  absl::CivilDay day;
  if (!absl::ParseCivilTime(field.value, &day) || absl::FormatCivilTime(day) != field.value ||
      day.year() < 1900 || day.year() > 9999) {
    return DateInvalidError(field.name);
  }
  return day;
}

absl::Status CheckPeriod(const Period& period) {
  const absl::CivilDay last(period.start.year() + kContractYearsMax, period.start.month(),
                            period.start.day());
  if (period.end < period.start || period.end > last) return PeriodInvalidError();
  return absl::OkStatus();
}

}  // namespace jodal::procurement
