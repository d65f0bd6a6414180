#include "procurement/notice/periods.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/notice_path.h"

namespace jodal::procurement {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

absl::Time Kst(absl::CivilSecond civil) { return absl::FromCivil(civil, KoreanTime()); }

// Wednesday 2025-01-15 10:00, opening 11:00; 40 days of notice.
PeriodInput Good() {
  PeriodInput in;
  in.kind = rules::Kind::kGoods;
  in.presumed_price_krw = 100'000'000;
  in.deadline_at = Kst(absl::CivilSecond(2025, 1, 15, 10, 0, 0));
  in.published_at = in.deadline_at - absl::Hours(24 * 40);
  in.window_open_at = in.deadline_at - absl::Hours(48);
  in.opening_at = in.deadline_at + absl::Hours(1);
  return in;
}

TEST(Periods, DayChangesAtKoreanMidnight) {
  const absl::Time midnight = absl::FromUnixSeconds(1735657200);  // 2024-12-31T15:00:00Z
  EXPECT_EQ(KoreanDay(midnight), absl::CivilDay(2025, 1, 1));
  EXPECT_EQ(KoreanDay(midnight - absl::Nanoseconds(1)), absl::CivilDay(2024, 12, 31));
}

std::vector<std::string> Codes(const PeriodInput& in, const Holidays& holidays = {}) {
  std::vector<std::string> codes;
  for (const Violation& v : CheckPeriods(in, holidays)) {
    EXPECT_TRUE(testing_support::ResolvesInNotice("stages[0]." + v.field))
        << v.code << " " << v.field;
    codes.push_back(v.code);
  }
  return codes;
}

TEST(Periods, NoticePeriodAtTheLimitAndOnePast) {
  struct Case {
    rules::Kind kind;
    int64_t presumed;
    bool negotiated, urgent;
    int days;
  } cases[] = {
      {rules::Kind::kGoods, 50'000'000'000, false, false, 7},
      {rules::Kind::kGeneralServices, 1, false, true, 5},
      {rules::Kind::kWorks, 999'999'999, false, false, 7},
      {rules::Kind::kWorks, 1'000'000'000, false, false, 15},
      {rules::Kind::kWorks, 4'999'999'999, false, false, 15},
      {rules::Kind::kWorks, 5'000'000'000, false, false, 40},
      {rules::Kind::kWorks, 5'000'000'000, false, true, 5},
      {rules::Kind::kGeneralServices, 1, true, false, 40},
      {rules::Kind::kGeneralServices, 1, true, true, 10},
  };
  for (const Case& t : cases) {
    PeriodInput in = Good();
    in.kind = t.kind;
    in.presumed_price_krw = t.presumed;
    in.negotiated = t.negotiated;
    in.urgent_or_renotice = t.urgent;
    in.published_at = in.deadline_at - absl::Hours(24 * t.days);
    EXPECT_THAT(Codes(in), IsEmpty()) << t.days;
    in.published_at += absl::Nanoseconds(1);
    EXPECT_THAT(Codes(in), ElementsAre("NOTICE_PERIOD_TOO_SHORT")) << t.days;
  }
}

TEST(Periods, WindowAndOpeningAtTheLimitAndOnePast) {
  PeriodInput in = Good();
  in.window_open_at += absl::Nanoseconds(1);
  EXPECT_THAT(Codes(in), ElementsAre("WINDOW_TOO_SHORT"));
  in = Good();
  in.opening_at -= absl::Nanoseconds(1);
  EXPECT_THAT(Codes(in), ElementsAre("OPENING_TOO_EARLY"));
  in = Good();
  in.window_open_at = in.published_at;
  EXPECT_THAT(Codes(in), IsEmpty());
  in.window_open_at -= absl::Nanoseconds(1);
  EXPECT_THAT(Codes(in), ElementsAre("WINDOW_BEFORE_NOTICE"));
}

TEST(Periods, DeadlineHoursAndWorkingDaysInKorea) {
  struct Case {
    absl::CivilSecond deadline;
    std::vector<std::string> codes;
  } cases[] = {
      {absl::CivilSecond(2025, 1, 15, 10, 0, 0), {}},
      {absl::CivilSecond(2025, 1, 15, 9, 59, 59), {"DEADLINE_OUTSIDE_HOURS"}},
      {absl::CivilSecond(2025, 1, 15, 17, 0, 0), {}},
      {absl::CivilSecond(2025, 1, 15, 17, 0, 1), {"DEADLINE_OUTSIDE_HOURS"}},
      {absl::CivilSecond(2025, 1, 17, 12, 0, 0), {}},                            // Friday
      {absl::CivilSecond(2025, 1, 18, 12, 0, 0), {"DEADLINE_NOT_WORKING_DAY"}},  // Saturday
      {absl::CivilSecond(2025, 1, 19, 12, 0, 0), {"DEADLINE_NOT_WORKING_DAY"}},  // Sunday
      {absl::CivilSecond(2025, 1, 29, 12, 0, 0), {"DEADLINE_NOT_WORKING_DAY"}},  // Lunar New Year
      {absl::CivilSecond(2025, 1, 29, 18, 0, 0),
       {"DEADLINE_NOT_WORKING_DAY", "DEADLINE_OUTSIDE_HOURS"}},
  };
  const Holidays holidays = {absl::CivilDay(2025, 1, 29)};
  for (const Case& t : cases) {
    PeriodInput in = Good();
    in.deadline_at = Kst(t.deadline);
    in.window_open_at = in.published_at;
    in.opening_at = in.deadline_at + absl::Hours(1);
    EXPECT_THAT(Codes(in, holidays), testing::ElementsAreArray(t.codes)) << t.deadline;
  }
}

TEST(Periods, CorrectionAddsFiveDays) {
  PeriodInput in = Good();
  const absl::Time previous = in.deadline_at - absl::Hours(24 * 5);
  in.correction = Correction{previous - absl::Hours(1), previous};
  EXPECT_THAT(Codes(in), IsEmpty());
  in.correction->previous_deadline += absl::Nanoseconds(1);
  EXPECT_THAT(Codes(in), ElementsAre("CORRECTION_TOO_SHORT"));
  in.correction = Correction{previous, previous};
  EXPECT_THAT(Codes(in), ElementsAre("CORRECTION_AFTER_DEADLINE"));
}

TEST(Periods, ReturnsAllViolationsWithTheirValues) {
  PeriodInput in = Good();
  in.published_at = in.window_open_at = in.deadline_at - absl::Hours(1);
  in.opening_at = in.deadline_at;
  const auto violations = CheckPeriods(in, {absl::CivilDay(2025, 1, 15)});
  ASSERT_EQ(violations.size(), 4u);
  EXPECT_EQ(violations[3].code, "OPENING_TOO_EARLY");
  EXPECT_EQ(violations[3].value, "2025-01-15T10:00:00+09:00");
  EXPECT_EQ(violations[0].rule, ">= 7 days from the notice");
  EXPECT_TRUE(HasErrors(violations));
  EXPECT_FALSE(HasErrors({}));
}

TEST(Periods, ViolationsNameTheLawOfTheRegime) {
  PeriodInput in = Good();
  in.published_at = in.deadline_at - absl::Hours(49);
  in.opening_at = in.deadline_at;
  in.correction = Correction{in.published_at, in.deadline_at};
  const auto sources = [&] {
    std::vector<std::string> out;
    for (const Violation& v : CheckPeriods(in, {})) out.push_back(v.source);
    return out;
  };
  EXPECT_THAT(sources(), ElementsAre("국가계약법 시행령 제35조", "전자조달법 시행규칙 제2조",
                                     "국가계약법 시행령 제33조"));
  in.regime = rules::Regime::kLocal;
  EXPECT_THAT(sources(), ElementsAre("지방계약법 시행령 제35조", "전자조달법 시행규칙 제2조",
                                     "지방계약법 시행령 제33조"));
}

}  // namespace
}  // namespace jodal::procurement
