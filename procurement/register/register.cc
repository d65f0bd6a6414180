#include "procurement/register/register.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/status/macros.h"
#include "procurement/documents/same_fields.h"
#include "procurement/people/organization.h"
#include "procurement/register/errors.h"

namespace jodal::procurement {
namespace {

absl::Status PeriodInvalid(absl::string_view field, absl::string_view problem) {
  return MakeError(kFactErrors["FACT_PERIOD_INVALID"],
                   absl::StrCat("the period of the fact is refused: ", problem),
                   {{"field", std::string(field)}});
}

absl::Status CheckSubject(const FactType& type, absl::string_view subject) {
  const bool fits = type.subject == FactSubject::kCountry
                        ? subject == kCountry
                        : OrganizationId::Parse(subject).has_value();
  if (fits) return absl::OkStatus();
  return MakeError(
      kFactErrors["FACT_SUBJECT_INVALID"],
      absl::StrCat("a fact of this type is about ",
                   type.subject == FactSubject::kCountry ? kCountry : "an organisation"),
      {{"field", "subject"}});
}

absl::Status CheckText(absl::string_view field, absl::string_view text) {
  const absl::string_view problem = TextProblem(text, {kFactTextCharactersMax});
  if (problem.empty()) return absl::OkStatus();
  return MakeError(kFactErrors["FACT_TEXT_INVALID"],
                   absl::StrCat("the text of ", field, " is refused: ", problem),
                   {{"field", std::string(field)}, {"problem", std::string(problem)}});
}

absl::Status CheckValue(const FactType& type, absl::string_view value) {
  if (type.words.empty()) return CheckText("value", value);
  const bool known = std::any_of(type.words.begin(), type.words.end(),
                                 [&](const FactWord& word) { return word.id == value; });
  if (known) return absl::OkStatus();
  return MakeError(kFactErrors["FACT_VALUE_UNKNOWN"],
                   absl::StrCat("the value is one of ",
                                absl::StrJoin(type.words, ", ",
                                              [](std::string* out, const FactWord& word) {
                                                absl::StrAppend(out, word.id);
                                              })),
                   {{"field", "value"}});
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view field, const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) && absl::EndsWith(text, "Z") &&
      time > absl::UnixEpoch() && time < absl::FromCivil(absl::CivilYear(2200), KoreanTime())) {
    return time;
  }
  return PeriodInvalid(field, "it is no time like 2026-03-12T01:00:00Z");
}

bool IsMidnight(absl::Time time) {
  return absl::FromCivil(absl::ToCivilDay(time, KoreanTime()), KoreanTime()) == time;
}

absl::Status CheckPeriod(const FactType& type, const DatedFact& fact) {
  if (fact.to < fact.from || (fact.to == fact.from && fact.replaces.empty())) {
    return PeriodInvalid("validTo", "it ends before it begins");
  }
  if (type.whole_days &&
      (!IsMidnight(fact.from) || (fact.to != absl::InfiniteFuture() && !IsMidnight(fact.to)))) {
    return PeriodInvalid("validFrom", "it is made of whole days in Korea");
  }
  if (type.years_max == 0) return absl::OkStatus();
  const absl::CivilSecond from = absl::ToCivilSecond(fact.from, KoreanTime());
  const absl::Time last =
      absl::FromCivil(absl::CivilSecond(from.year() + type.years_max, from.month(), from.day(),
                                        from.hour(), from.minute(), from.second()),
                      KoreanTime());
  if (fact.to <= last) return absl::OkStatus();
  return PeriodInvalid("validTo", absl::StrCat("it ends within ", type.years_max, " years"));
}

}  // namespace

absl::StatusOr<const FactType*> ParseFactType(absl::string_view id) {
  if (const FactType* type = FindFactType(id)) return type;
  return MakeError(kFactErrors["FACT_TYPE_UNKNOWN"], "there is no fact of this type",
                   {{"field", "type"}});
}

absl::StatusOr<DatedFact> ParseFact(const document::v1::FactRecord& document,
                                    absl::string_view sha256) {
  ASSIGN_OR_RETURN(const FactType* type, ParseFactType(document.type()));
  RETURN_IF_ERROR(CheckSubject(*type, document.subject()));
  RETURN_IF_ERROR(CheckValue(*type, document.value()));
  RETURN_IF_ERROR(CheckText("source", document.source()));
  DatedFact fact;
  fact.subject = document.subject();
  fact.type = document.type();
  fact.value = document.value();
  fact.replaces = document.replaces();
  fact.sha256 = std::string(sha256);
  ASSIGN_OR_RETURN(fact.from, ParseInstant("validFrom", document.valid_from()));
  fact.to = absl::InfiniteFuture();
  if (!document.valid_to().empty()) {
    ASSIGN_OR_RETURN(fact.to, ParseInstant("validTo", document.valid_to()));
  }
  RETURN_IF_ERROR(CheckPeriod(*type, fact));
  const std::string& evidence = document.evidence_sha256();
  if (evidence.empty() ? type->evidence : !IsLowerHex(evidence, 2 * crypto::kSha256Bytes)) {
    return MakeError(kFactErrors["FACT_EVIDENCE_INVALID"],
                     "the paper that the fact rests on is named by its SHA-256 in lower-case hex",
                     {{"field", "evidenceSha256"}});
  }
  return fact;
}

absl::Status CheckNextFact(absl::Span<const DatedFact> recorded, const DatedFact& next) {
  if (recorded.size() >= kFactsMax) {
    return MakeError(kFactErrors["FACTS_LIMIT"],
                     absl::StrCat("of one subject and type at most ", kFactsMax, " are recorded"));
  }
  if (next.replaces.empty()) return absl::OkStatus();
  const bool there = std::any_of(recorded.begin(), recorded.end(), [&](const DatedFact& fact) {
    return fact.sha256 == next.replaces;
  });
  if (!there) {
    return MakeError(kFactErrors["FACT_NOT_FOUND"],
                     "there is no such fact of this subject and type", {{"field", "replaces"}});
  }
  const DatedFact* by = ReplacedBy(recorded, next.replaces);
  if (by == nullptr) return absl::OkStatus();
  return MakeError(kFactErrors["FACT_REPLACED"], "another fact stands in its place already",
                   {{"fact", by->sha256}});
}

const DatedFact* ReplacedBy(absl::Span<const DatedFact> recorded, absl::string_view sha256) {
  const auto by = std::find_if(recorded.begin(), recorded.end(),
                               [&](const DatedFact& fact) { return fact.replaces == sha256; });
  return by == recorded.end() ? nullptr : &*by;
}

const DatedFact* FactAt(absl::Span<const DatedFact> recorded, absl::Time instant) {
  for (auto fact = recorded.rbegin(); fact != recorded.rend(); ++fact) {
    if (fact->from <= instant && instant < fact->to &&
        ReplacedBy(recorded, fact->sha256) == nullptr) {
      return &*fact;
    }
  }
  return nullptr;
}

Holidays HolidaysOf(absl::Span<const DatedFact> recorded) {
  Holidays out;
  for (const DatedFact& fact : recorded) {
    if (fact.type != kHolidayFact || ReplacedBy(recorded, fact.sha256) != nullptr) continue;
    const absl::CivilDay end = absl::ToCivilDay(fact.to, KoreanTime());
    for (absl::CivilDay day = absl::ToCivilDay(fact.from, KoreanTime()); day < end; ++day) {
      out.insert(day);
    }
  }
  return out;
}

document::v1::FactRecord RecordedFact(const event::v1::FactRecorded& event) {
  document::v1::FactRecord out;
  CopySameFields(event, &out);
  return out;
}

event::v1::FactRecorded FactEvent(const document::v1::FactRecord& document,
                                  absl::string_view sha256, int number) {
  event::v1::FactRecorded out;
  CopySameFields(document, &out);
  out.set_fact_sha256(std::string(sha256));
  out.set_number(number);
  return out;
}

}  // namespace jodal::procurement
