#include "services/tender/engine/notice_terms.h"

#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::tender {
namespace {

absl::Status FieldInvalid(absl::string_view field, absl::string_view value) {
  return MakeError(absl::StatusCode::kInvalidArgument, "NOTICE_FIELD_INVALID",
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
  return time;
}

}  // namespace

absl::StatusOr<NoticeTerms> ParseNoticeTerms(const document::v1::Notice& notice) {
  using rules::Category, rules::Kind, rules::Method, rules::Regime;
  NoticeTerms terms;
  ASSIGN_OR_RETURN(terms.regime,
                   Parse<Regime>("regime", notice.regime(), {Regime::kState, Regime::kLocal}));
  ASSIGN_OR_RETURN(terms.kind, Parse<Kind>("procurementKind", notice.procurement_kind(),
                                           {Kind::kWorks, Kind::kGeneralServices,
                                            Kind::kTechnicalServices, Kind::kGoods}));
  ASSIGN_OR_RETURN(terms.method, Parse<Method>("method", notice.method(),
                                               {Method::kQualification, Method::kSmallQuote}));
  ASSIGN_OR_RETURN(
      terms.figures.category,
      Parse<Category>("category", notice.category(),
                      {Category::kGeneral, Category::kSpecialtyWorks, Category::kFacility,
                       Category::kReservedSoftwareOrTransport, Category::kInsurance}));
  terms.figures.presumed_price_krw = notice.presumed_price();
  terms.figures.base_krw = notice.base_amount();
  terms.figures.a_value_krw = notice.a_value();
  if (notice.net_cost() != 0) terms.figures.net_cost_krw = notice.net_cost();
  terms.figures.floor_rate = money::Ppm{notice.floor_rate_ppm()};
  ASSIGN_OR_RETURN(terms.bid_start, ParseUtc("bidStart", notice.bid_start()));
  ASSIGN_OR_RETURN(terms.deadline, ParseUtc("deadline", notice.deadline()));
  ASSIGN_OR_RETURN(terms.open_at, ParseUtc("openAt", notice.open_at()));
  return terms;
}

}  // namespace jodal::tender
