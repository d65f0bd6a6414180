#include "clients/demo/schedule.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/method/method.h"

namespace jodal::demo {
namespace {

namespace rules = procurement::rules;

// Between the plan and the second officer's approval, from which the service counts.
constexpr absl::Duration kPublicationMargin = absl::Hours(1);

absl::Status Unknown(const char* field, const std::string& word) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FIXTURE_INVALID",
                   absl::StrCat("the opening's ", field, " \"", word, "\" is not known"),
                   {{"field", field}});
}

template <typename Enum>
absl::StatusOr<Enum> Word(const char* field, const std::string& word,
                          std::initializer_list<Enum> values) {
  for (Enum value : values) {
    if (word == absl::AsciiStrToLower(rules::Name(value))) return value;
  }
  return Unknown(field, word);
}

}  // namespace

absl::StatusOr<Schedule> PlanSchedule(const Fixture& fixture, absl::Time now) {
  using rules::Category, rules::Kind, rules::Regime;
  rules::RuleQuery query;
  ASSIGN_OR_RETURN(query.regime, Word("regime", fixture.regime, {Regime::kState, Regime::kLocal}));
  ASSIGN_OR_RETURN(query.kind, Word("kind", fixture.kind,
                                    {Kind::kWorks, Kind::kGeneralServices, Kind::kTechnicalServices,
                                     Kind::kGoods}));
  ASSIGN_OR_RETURN(query.category,
                   Word("category", fixture.category,
                        {Category::kGeneral, Category::kSpecialtyWorks, Category::kFacility,
                         Category::kReservedSoftwareOrTransport, Category::kInsurance}));
  const procurement::Method* method = procurement::FindMethod(fixture.method);
  if (method == nullptr) return Unknown("method", fixture.method);
  query.method = method->id;
  query.presumed_price_krw = fixture.presumed_price_krw;

  Schedule out;
  if (now <= fixture.published_at) {
    out.published = fixture.published_at;
    out.window_open = fixture.window_open_at;
    out.deadline = fixture.deadline_at;
    out.opening = fixture.opening_at;
    out.rule_set = fixture.rule_set;
    return out;
  }

  out.original = false;
  out.published = now;
  procurement::PeriodInput input;
  input.regime = query.regime;
  input.kind = query.kind;
  input.presumed_price_krw = fixture.presumed_price_krw;
  input.published_at = now + kPublicationMargin;
  const absl::Time earliest = input.published_at + procurement::NoticePeriodMin(input);
  const absl::TimeZone korea = procurement::KoreanTime();
  const absl::CivilSecond time_of_day = absl::ToCivilSecond(fixture.deadline_at, korea);
  absl::CivilDay day = procurement::KoreanDay(earliest);
  const auto deadline_on = [&](absl::CivilDay d) {
    return absl::FromCivil(absl::CivilSecond(d.year(), d.month(), d.day(), time_of_day.hour(),
                                             time_of_day.minute(), time_of_day.second()),
                           korea);
  };
  while (!procurement::IsWorkingDay(day, {}) || deadline_on(day) < earliest) ++day;
  out.deadline = deadline_on(day);
  // The shortest notice period is longer than the window that the rules ask for.
  out.window_open =
      std::max(out.deadline - (fixture.deadline_at - fixture.window_open_at), input.published_at);
  out.opening = out.deadline + (fixture.opening_at - fixture.deadline_at);
  query.notice_day = procurement::KoreanDay(now);
  ASSIGN_OR_RETURN(const rules::RuleSet* rule_set, rules::RuleSetFor(query));
  out.rule_set = rule_set->id;
  return out;
}

}  // namespace jodal::demo
