#include "procurement/notice/periods.h"

#include "absl/strings/str_cat.h"
#include "procurement/rules/facts.h"

namespace jodal::procurement {
namespace {

using rules::Fact;

std::string Show(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S%Ez", time, KoreanTime());
}

// Of a correction the first publication: its day is the notice's.
absl::CivilDay NoticeDay(const PeriodInput& input) { return KoreanDay(input.published_at); }

const rules::FactRow& FactOf(Fact fact, const PeriodInput& input) {
  return rules::FactAt(fact, input.regime, NoticeDay(input));
}

const rules::FactRow& NoticeDaysMin(const PeriodInput& input) {
  Fact fact = Fact::kNoticeDays;
  if (input.negotiated) {
    fact =
        input.urgent_or_renotice ? Fact::kNoticeDaysNegotiatedUrgent : Fact::kNoticeDaysNegotiated;
  } else if (input.urgent_or_renotice) {
    fact = Fact::kNoticeDaysUrgent;
  } else if (input.kind == rules::Kind::kWorks) {
    const int64_t presumed = input.presumed_price_krw;
    if (presumed >= FactOf(Fact::kLargeWorksFromKrw, input).value) {
      fact = Fact::kNoticeDaysLargeWorks;
    } else if (presumed >= FactOf(Fact::kMediumWorksFromKrw, input).value) {
      fact = Fact::kNoticeDaysMediumWorks;
    }
  }
  return FactOf(fact, input);
}

std::string Hours(absl::Duration duration) { return absl::FormatDuration(duration); }

}  // namespace

absl::TimeZone KoreanTime() { return absl::FixedTimeZone(9 * 60 * 60); }

absl::CivilDay KoreanDay(absl::Time time) { return absl::ToCivilDay(time, KoreanTime()); }

bool IsWorkingDay(absl::CivilDay day, const Holidays& holidays) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
         !holidays.contains(day);
}

absl::Duration NoticePeriodMin(const PeriodInput& input) {
  return absl::Hours(24) * NoticeDaysMin(input).value;
}

std::vector<Violation> CheckPeriods(const PeriodInput& input, const Holidays& holidays) {
  std::vector<Violation> out;
  const auto add = [&](ViolationCode code, const char* field, std::string value, std::string rule,
                       const rules::FactRow& law) {
    out.push_back({code, field, std::move(value), std::move(rule), law.article, Severity::kError});
  };

  const absl::Duration notice = input.deadline_at - input.published_at;
  const rules::FactRow& notice_days = NoticeDaysMin(input);
  if (notice < absl::Hours(24) * notice_days.value) {
    add("NOTICE_PERIOD_TOO_SHORT", "deadline", Hours(notice),
        absl::StrCat(">= ", notice_days.value, " days from the notice"), notice_days);
  }
  const rules::FactRow& window_hours = FactOf(Fact::kWindowHours, input);
  if (input.window_open_at < input.published_at) {
    add("WINDOW_BEFORE_NOTICE", "bid_start", Show(input.window_open_at), "not before the notice",
        window_hours);
  }
  const absl::Duration window = input.deadline_at - input.window_open_at;
  if (window < absl::Hours(window_hours.value)) {
    add("WINDOW_TOO_SHORT", "bid_start", Hours(window),
        absl::StrCat(">= ", window_hours.value, " h before the deadline"), window_hours);
  }
  const rules::FactRow& first = FactOf(Fact::kDeadlineFirstHour, input);
  const rules::FactRow& last = FactOf(Fact::kDeadlineLastHour, input);
  const absl::CivilDay day = KoreanDay(input.deadline_at);
  if (!IsWorkingDay(day, holidays)) {
    add("DEADLINE_NOT_WORKING_DAY", "deadline", Show(input.deadline_at), "a working day in Korea",
        first);
  }
  const absl::Time midnight = absl::FromCivil(day, KoreanTime());
  if (input.deadline_at < midnight + absl::Hours(first.value) ||
      input.deadline_at > midnight + absl::Hours(last.value)) {
    add("DEADLINE_OUTSIDE_HOURS", "deadline", Show(input.deadline_at),
        absl::StrCat(first.value, ":00 to ", last.value, ":00 KST"), first);
  }
  const rules::FactRow& opening_hours = FactOf(Fact::kOpeningHours, input);
  if (input.opening_at < input.deadline_at + absl::Hours(opening_hours.value)) {
    add("OPENING_TOO_EARLY", "open_at", Show(input.opening_at),
        absl::StrCat(">= ", opening_hours.value, " h after the deadline"), opening_hours);
  }
  if (input.correction) {
    const Correction& c = *input.correction;
    const rules::FactRow& added = FactOf(Fact::kCorrectionDays, input);
    if (c.corrected_at >= c.previous_deadline) {
      add("CORRECTION_AFTER_DEADLINE", "deadline", Show(c.corrected_at),
          "before the deadline that it corrects", added);
    }
    // The time left plus some days from the correction on is that many days after the previous
    // deadline.
    const absl::Time earliest = c.previous_deadline + absl::Hours(24) * added.value;
    if (input.deadline_at < earliest) {
      add("CORRECTION_TOO_SHORT", "deadline", Show(input.deadline_at),
          absl::StrCat("remaining time plus ", added.value, " days: not before ", Show(earliest)),
          added);
    }
  }
  return out;
}

}  // namespace jodal::procurement
