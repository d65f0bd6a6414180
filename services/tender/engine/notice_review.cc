#include "services/tender/engine/notice_review.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/config/log_origin.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/tender/domain/limits.h"
#include "services/tender/domain/notice_check.h"
#include "services/tender/domain/periods.h"
#include "services/tender/engine/notice_terms.h"
#include "services/tender/limits.h"

namespace jodal::tender {
namespace {

constexpr char kLayers[] = "rules-kr 0";
constexpr char kDraw[] = "formats 4";
constexpr char kSealing[] = "formats 2";
constexpr char kFormat[] = "formats 1";

using Notice = document::v1::Notice;

class Reviewer {
 public:
  Reviewer(const Notice& notice, const NoticeReview& review, People& people)
      : notice_(notice), review_(review), people_(people) {}

  absl::StatusOr<std::vector<Violation>> Run() {
    Words();
    Fields();
    RETURN_IF_ERROR(Members());
    return std::move(out_);
  }

 private:
  void Add(const char* code, std::string field, std::string value, std::string rule,
           const char* source) {
    out_.push_back(
        {code, std::move(field), std::move(value), std::move(rule), source, Severity::kError});
  }

  // A word or time that means nothing is put right in a copy, so that the next one is found too.
  void Words() {
    Notice copy = notice_;
    absl::StatusOr<NoticeTerms> terms = ParseNoticeTerms(copy);
    if (terms.ok()) return Rules(*terms);
    while (!terms.ok()) {
      const auto metadata = ErrorMetadataOf(terms.status());
      const auto at = metadata.find("field");
      const auto value = metadata.find("value");
      const std::string field = at == metadata.end() ? "" : at->second;
      Add("NOTICE_FIELD_INVALID", field, value == metadata.end() ? "" : value->second,
          "one of the allowed values", kFormat);
      if (!Repair(field, copy)) return;
      terms = ParseNoticeTerms(copy);
    }
  }

  static bool Repair(const std::string& field, Notice& copy) {
    constexpr char kTime[] = "2000-01-01T00:00:00Z";
    if (field == "regime") return copy.set_regime("state"), true;
    if (field == "procurementKind") return copy.set_procurement_kind("goods"), true;
    if (field == "method") return copy.set_method("qualification"), true;
    if (field == "category") return copy.set_category("general"), true;
    if (field == "bidStart") return copy.set_bid_start(kTime), true;
    if (field == "deadline") return copy.set_deadline(kTime), true;
    if (field == "openAt") return copy.set_open_at(kTime), true;
    return false;
  }

  void Rules(const NoticeTerms& terms) {
    const absl::Time published =
        review_.in_force.has_value() ? review_.in_force->first_published : review_.now;
    NoticeInput shape;
    shape.rule_set_id = notice_.rule_set();
    shape.regime = terms.regime;
    shape.kind = terms.kind;
    shape.method = terms.method;
    shape.figures = terms.figures;
    shape.notice_day = absl::CivilDay(absl::ToCivilSecond(published, KoreanTime()));
    shape.committee.quorum = notice_.k();
    for (const auto& m : notice_.committee()) {
      shape.committee.members.push_back({m.i(), m.outside()});
    }
    shape.training = review_.training;
    Append(CheckNotice(shape));

    PeriodInput periods;
    periods.kind = terms.kind;
    periods.presumed_price_krw = notice_.presumed_price();
    periods.urgent_or_renotice = notice_.urgent();
    periods.published_at = published;
    periods.window_open_at = terms.bid_start;
    periods.deadline_at = terms.deadline;
    periods.opening_at = terms.open_at;
    if (review_.in_force.has_value()) {
      periods.correction = Correction{review_.now, review_.in_force->deadline};
    }
    Append(CheckPeriods(periods, {}));
  }

  void Append(std::vector<Violation> more) {
    out_.insert(out_.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
  }

  void Fields() {
    if (notice_.title().empty()) Add("TITLE_MISSING", "title", "", "not empty", kFormat);
    for (const auto& [field, title] :
         {std::pair("title", &notice_.title()), std::pair("title_en", &notice_.title_en())}) {
      if (title->size() > kTitleBytesMax) {
        Add("TITLE_TOO_LONG", field, absl::StrCat(title->size(), " bytes"),
            absl::StrCat("at most ", kTitleBytesMax, " bytes"), kFormat);
        continue;
      }
      const absl::string_view problem =
          TextProblem(*title, {.characters_max = kTitleBytesMax, .may_be_empty = true});
      if (!problem.empty()) {
        Add("TITLE_TEXT", field, std::string(problem),
            "no characters that are hidden, or look like others, from who searches for it",
            kFormat);
      }
    }
    if (notice_.currency() != "KRW") {
      Add("CURRENCY_NOT_SUPPORTED", "currency", notice_.currency(), "KRW", kLayers);
    }
    const std::string origin = config::LogOrigin(
        {.system = review_.system, .training = review_.training, .service = "bidding"});
    if (notice_.log_origin() != origin) {
      Add("LOG_ORIGIN_MISMATCH", "log_origin", notice_.log_origin(), origin, kSealing);
    }
    const bool entered = notice_.price_source() == "entered";
    if (!entered && notice_.price_source() != "verifiable") {
      Add("PRICE_SOURCE_INVALID", "price_source", notice_.price_source(), "verifiable or entered",
          kDraw);
      return;
    }
    const std::string& commitment = notice_.entered_prices_sha256();
    const auto digest = HexDecode(commitment);
    const bool is_digest = digest.ok() && digest->size() == 32 && HexEncode(*digest) == commitment;
    if (entered ? !is_digest : !commitment.empty()) {
      Add("ENTERED_PRICES_COMMITMENT", "entered_prices_sha256", commitment,
          entered ? "a SHA-256 in lower-case hex" : "empty: the prices are drawn", kDraw);
    }
  }

  absl::Status Members() {
    // A committee that is too large is a violation of its own; nobody looks people up by thousands.
    if (notice_.committee_size() > kCommitteeMax) return absl::OkStatus();
    std::set<std::string> seen_people;
    std::set<std::string> seen_keys;
    for (int at = 0; at < notice_.committee_size(); ++at) {
      const auto& member = notice_.committee(at);
      const std::string field = absl::StrCat("committee[", at, "]");
      const auto add = [&](const char* code, std::string value, std::string rule) {
        Add(code, field, std::move(value), std::move(rule), kSealing);
      };
      const bool new_person = seen_people.insert(member.person_id()).second;
      const bool new_key = seen_keys.insert(member.spki()).second;
      if (!new_person || !new_key) {
        add("COMMITTEE_MEMBER_REPEATED", member.person_id(),
            "different people with different keys");
      }
      ASSIGN_OR_RETURN(const auto person, people_.FindPerson(member.person_id()));
      if (!person.has_value()) {
        add("COMMITTEE_MEMBER_UNKNOWN", member.person_id(), "a registered person");
        continue;
      }
      if (!person->active) {
        add("COMMITTEE_MEMBER_NOT_ACTIVE", member.person_id(), "an approved person");
      }
      if (!person->committee_role) {
        add("COMMITTEE_MEMBER_ROLE", member.person_id(), "a person with role committee");
      }
      if (person->organization_id != member.organization_id()) {
        add("COMMITTEE_MEMBER_ORGANIZATION", member.organization_id(), "the person's own");
      }
      if (person->encryption_cert_sha256.empty() ||
          person->encryption_cert_sha256 != member.cert_sha256()) {
        add("COMMITTEE_MEMBER_CERTIFICATE", member.cert_sha256(),
            "the registered encryption certificate");
      }
      if (person->encryption_spki.empty() || person->encryption_spki != member.spki()) {
        add("COMMITTEE_MEMBER_KEY", member.person_id(), "the key of that certificate");
      }
      if (member.outside() != (person->organization_id != notice_.agency_id())) {
        add("COMMITTEE_OUTSIDE_FLAG", member.outside() ? "true" : "false",
            "true if and only if the person is not of the buying agency");
      }
    }
    return absl::OkStatus();
  }

  const Notice& notice_;
  const NoticeReview& review_;
  People& people_;
  std::vector<Violation> out_;
};

}  // namespace

absl::StatusOr<std::vector<Violation>> ReviewNotice(const Notice& notice,
                                                    const NoticeReview& review, People& people) {
  return Reviewer(notice, review, people).Run();
}

v1::Violation ToProto(const Violation& violation) {
  v1::Violation out;
  out.set_code(violation.code);
  out.set_field(violation.field);
  out.set_message(absl::StrCat("\"", violation.value, "\" must be ", violation.rule));
  out.set_source(violation.source);
  out.set_warning(violation.severity == Severity::kWarning);
  return out;
}

std::vector<std::string> ErrorCodes(const std::vector<Violation>& violations) {
  std::vector<std::string> out;
  for (const Violation& v : violations) {
    const bool known = std::find(out.begin(), out.end(), v.code) != out.end();
    if (v.severity == Severity::kError && !known) out.push_back(v.code);
  }
  return out;
}

}  // namespace jodal::tender
