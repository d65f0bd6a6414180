#include "procurement/notice/notice_facts.h"

#include <initializer_list>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "procurement/limits.h"
#include "procurement/notice/errors.h"

namespace jodal::procurement {
namespace {

absl::Status FieldInvalid(absl::string_view field, absl::string_view value,
                          absl::string_view allowed = "one of the allowed values") {
  return MakeError(kNoticeErrors["NOTICE_FIELD_INVALID"],
                   absl::StrCat("the notice's ", field, " is not ", allowed),
                   {{"field", std::string(field)},
                    {"value", std::string(value)},
                    {"allowed", std::string(allowed)}});
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
    return FieldInvalid(field, text, "a time in UTC like 2026-03-12T01:00:00Z");
  }
  // Services keep times as int64 nanoseconds, in which Abseil saturates.
  const int64_t ns = absl::ToUnixNanos(time);
  if (ns <= 0 || ns == std::numeric_limits<int64_t>::max()) {
    return FieldInvalid(field, text, "within the years 1970 to 2261");
  }
  return time;
}

// Parts that are numbered 1, 2, ... in order, `max` at the most.
template <typename Parts, typename Number>
absl::Status CheckNumbered(absl::string_view field, const Parts& parts, int max, Number number) {
  if (parts.empty() || parts.size() > max) {
    return FieldInvalid(field, absl::StrCat(parts.size()), absl::StrCat("1 to ", max));
  }
  for (int i = 0; i < parts.size(); ++i) {
    if (number(parts[i]) != i + 1) {
      return FieldInvalid(field, absl::StrCat(number(parts[i])), "numbered 1, 2, ... in order");
    }
  }
  return absl::OkStatus();
}

NoticeFigures FiguresOf(const document::v1::Lot& lot, rules::Category category) {
  NoticeFigures out;
  out.category = category;
  out.presumed_price_krw = lot.presumed_price();
  out.base_krw = lot.base_amount();
  out.a_value_krw = lot.a_value();
  if (lot.net_cost() != 0) out.net_cost_krw = lot.net_cost();
  out.floor_rate = money::Ppm{lot.floor_rate_ppm()};
  return out;
}

absl::StatusOr<StageFacts> ParseStage(const document::v1::Stage& stage, int at) {
  const std::string path = absl::StrCat("stages[", at, "].");
  StageFacts out;
  out.content = stage.content();
  if (out.content != "price" && out.content != "technical") {
    return FieldInvalid(path + "content", stage.content(), "price or technical");
  }
  ASSIGN_OR_RETURN(out.bid_start, ParseUtc(path + "bid_start", stage.bid_start()));
  ASSIGN_OR_RETURN(out.deadline, ParseUtc(path + "deadline", stage.deadline()));
  ASSIGN_OR_RETURN(out.open_at, ParseUtc(path + "open_at", stage.open_at()));
  return out;
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
      const Category category,
      Parse<Category>("category", notice.category(),
                      {Category::kGeneral, Category::kSpecialtyWorks, Category::kFacility,
                       Category::kReservedSoftwareOrTransport, Category::kInsurance}));
  facts.urgent = notice.urgent();
  facts.round = notice.round();
  RETURN_IF_ERROR(
      CheckNumbered("lots", notice.lots(), kLotsMax, [](const auto& lot) { return lot.lot(); }));
  for (const document::v1::Lot& lot : notice.lots()) {
    facts.lots.push_back(FiguresOf(lot, category));
  }
  RETURN_IF_ERROR(CheckNumbered("stages", notice.stages(), kStagesMax,
                                [](const auto& stage) { return stage.stage(); }));
  for (int i = 0; i < notice.stages_size(); ++i) {
    ASSIGN_OR_RETURN(facts.stages.emplace_back(), ParseStage(notice.stages(i), i));
  }
  if (!notice.questions_until().empty()) {
    ASSIGN_OR_RETURN(facts.questions_until, ParseUtc("questions_until", notice.questions_until()));
  }
  facts.committee = CommitteeOf(notice);
  return facts;
}

}  // namespace jodal::procurement
