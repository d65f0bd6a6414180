#include "procurement/notice/notice_facts.h"

#include <initializer_list>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "procurement/notice/errors.h"

namespace jodal::procurement {
namespace {

absl::Status FieldInvalid(absl::string_view field, absl::string_view value) {
  return MakeError(kNoticeErrors["NOTICE_FIELD_INVALID"],
                   absl::StrCat("the notice's ", field, " is none of the allowed values"),
                   {{"field", std::string(field)}, {"value", std::string(value)}});
}

template <typename Enum>
absl::StatusOr<Enum> Parse(absl::string_view field, absl::string_view word,
                           std::initializer_list<Enum> values) {
  for (Enum value : values) {
    if (word == absl::AsciiStrToLower(rules::Name(value))) return value;
  }
  return FieldInvalid(field, word);
}

absl::StatusOr<absl::Time> ParseUtc(absl::string_view field, const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) || text.empty() ||
      text.back() != 'Z') {
    return FieldInvalid(field, text);
  }
  // Services keep times as int64 nanoseconds, in which Abseil saturates.
  const int64_t ns = absl::ToUnixNanos(time);
  if (ns <= 0 || ns == std::numeric_limits<int64_t>::max()) return FieldInvalid(field, text);
  return time;
}

}  // namespace

absl::StatusOr<NoticeFacts> ParseNotice(const document::v1::Notice& notice) {
  using rules::Category, rules::Kind, rules::Regime;
  NoticeFacts facts;
  facts.rule_set_id = notice.rule_set();
  ASSIGN_OR_RETURN(facts.regime,
                   Parse<Regime>("regime", notice.regime(), {Regime::kState, Regime::kLocal}));
  ASSIGN_OR_RETURN(facts.kind, Parse<Kind>("procurement_kind", notice.procurement_kind(),
                                           {Kind::kWorks, Kind::kGeneralServices,
                                            Kind::kTechnicalServices, Kind::kGoods}));
  facts.method = FindMethod(notice.method());
  if (facts.method == nullptr) return FieldInvalid("method", notice.method());
  ASSIGN_OR_RETURN(
      facts.figures.category,
      Parse<Category>("category", notice.category(),
                      {Category::kGeneral, Category::kSpecialtyWorks, Category::kFacility,
                       Category::kReservedSoftwareOrTransport, Category::kInsurance}));
  facts.figures.presumed_price_krw = notice.presumed_price();
  facts.figures.base_krw = notice.base_amount();
  facts.figures.a_value_krw = notice.a_value();
  if (notice.net_cost() != 0) facts.figures.net_cost_krw = notice.net_cost();
  facts.figures.floor_rate = money::Ppm{notice.floor_rate_ppm()};
  facts.urgent = notice.urgent();
  ASSIGN_OR_RETURN(facts.bid_start, ParseUtc("bid_start", notice.bid_start()));
  ASSIGN_OR_RETURN(facts.deadline, ParseUtc("deadline", notice.deadline()));
  ASSIGN_OR_RETURN(facts.open_at, ParseUtc("open_at", notice.open_at()));
  facts.committee = CommitteeOf(notice);
  return facts;
}

}  // namespace jodal::procurement
