#include "procurement/notice/periods.h"

#include "absl/strings/str_cat.h"

namespace jodal::procurement {
namespace {

constexpr int64_t kBillion = 1'000'000'000;
// Bids, their deadline and opening in the electronic system, for every buyer.
constexpr char kElectronicBids[] = "전자조달법 시행규칙 제2조";

// Days, hours and the window of docs/rules-kr.md 6.
constexpr int kNoticeDays = 7;
constexpr int kUrgentDays = 5;
constexpr int kNegotiatedDays = 40;
constexpr int kNegotiatedUrgentDays = 10;
constexpr int kWorksMediumDays = 15;
constexpr int kWorksLargeDays = 40;
constexpr int kWindowHours = 48;
constexpr int kFirstDeadlineHour = 10;
constexpr int kLastDeadlineHour = 17;
constexpr int kOpeningAfterHours = 1;
constexpr int kCorrectionDays = 5;

std::string Show(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S%Ez", time, KoreanTime());
}

std::string Hours(absl::Duration duration) { return absl::FormatDuration(duration); }

}  // namespace

absl::TimeZone KoreanTime() { return absl::FixedTimeZone(9 * 60 * 60); }

bool IsWorkingDay(absl::CivilDay day, const Holidays& holidays) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday &&
         !holidays.contains(day);
}

absl::Duration NoticePeriodMin(const PeriodInput& input) {
  int days = kNoticeDays;
  if (input.negotiated) {
    days = input.urgent_or_renotice ? kNegotiatedUrgentDays : kNegotiatedDays;
  } else if (input.urgent_or_renotice) {
    days = kUrgentDays;
  } else if (input.kind == rules::Kind::kWorks && input.presumed_price_krw >= 5 * kBillion) {
    days = kWorksLargeDays;
  } else if (input.kind == rules::Kind::kWorks && input.presumed_price_krw >= kBillion) {
    days = kWorksMediumDays;
  }
  return absl::Hours(24) * days;
}

std::vector<Violation> CheckPeriods(const PeriodInput& input, const Holidays& holidays) {
  std::vector<Violation> out;
  const auto add = [&](const char* code, const char* field, std::string value, std::string rule,
                       const char* source = kElectronicBids) {
    out.push_back({code, field, std::move(value), std::move(rule), source, Severity::kError});
  };
  const bool state = input.regime == rules::Regime::kState;
  const char* period_law = state ? "국가계약법 시행령 제35조" : "지방계약법 시행령 제35조";
  const char* correction_law = state ? "국가계약법 시행령 제33조" : "지방계약법 시행령 제33조";

  const absl::Duration notice = input.deadline_at - input.published_at;
  const absl::Duration notice_min = NoticePeriodMin(input);
  if (notice < notice_min) {
    add("NOTICE_PERIOD_TOO_SHORT", "deadline", Hours(notice),
        absl::StrCat(">= ", notice_min / absl::Hours(24), " days from the notice"), period_law);
  }
  if (input.window_open_at < input.published_at) {
    add("WINDOW_BEFORE_NOTICE", "bid_start", Show(input.window_open_at), "not before the notice");
  }
  const absl::Duration window = input.deadline_at - input.window_open_at;
  if (window < absl::Hours(kWindowHours)) {
    add("WINDOW_TOO_SHORT", "bid_start", Hours(window),
        absl::StrCat(">= ", kWindowHours, " h before the deadline"));
  }
  const absl::CivilSecond deadline = absl::ToCivilSecond(input.deadline_at, KoreanTime());
  const absl::CivilDay day(deadline);
  if (!IsWorkingDay(day, holidays)) {
    add("DEADLINE_NOT_WORKING_DAY", "deadline", Show(input.deadline_at), "a working day in Korea");
  }
  const absl::Time midnight = absl::FromCivil(day, KoreanTime());
  if (input.deadline_at < midnight + absl::Hours(kFirstDeadlineHour) ||
      input.deadline_at > midnight + absl::Hours(kLastDeadlineHour)) {
    add("DEADLINE_OUTSIDE_HOURS", "deadline", Show(input.deadline_at), "10:00 to 17:00 KST");
  }
  if (input.opening_at < input.deadline_at + absl::Hours(kOpeningAfterHours)) {
    add("OPENING_TOO_EARLY", "open_at", Show(input.opening_at), ">= 1 h after the deadline");
  }
  if (input.correction) {
    const Correction& c = *input.correction;
    if (c.corrected_at >= c.previous_deadline) {
      add("CORRECTION_AFTER_DEADLINE", "deadline", Show(c.corrected_at),
          "before the deadline that it corrects", correction_law);
    }
    // Remaining time plus 5 days from the correction on is 5 days after the previous deadline.
    const absl::Time earliest = c.previous_deadline + absl::Hours(24) * kCorrectionDays;
    if (input.deadline_at < earliest) {
      add("CORRECTION_TOO_SHORT", "deadline", Show(input.deadline_at),
          absl::StrCat("remaining time plus 5 days: not before ", Show(earliest)), correction_law);
    }
  }
  return out;
}

}  // namespace jodal::procurement
