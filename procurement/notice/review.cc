#include "procurement/notice/review.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/status/error.h"
#include "procurement/limits.h"
#include "procurement/method/method.h"
#include "procurement/notice/committee.h"
#include "procurement/notice/notice_check.h"
#include "procurement/notice/notice_facts.h"
#include "procurement/notice/periods.h"

namespace jodal::procurement {
namespace {

using Notice = document::v1::Notice;

class Reviewer {
 public:
  Reviewer(const Notice& notice, const NoticeReview& review) : notice_(notice), review_(review) {}

  std::vector<Violation> Run() {
    Words();
    Fields();
    Append(CheckCommittee(CommitteeOf(notice_), review_.training));
    return std::move(out_);
  }

 private:
  // Without a source: a shape of Jodal's own (docs/rules-kr.md 7).
  void Add(ViolationCode code, std::string field, std::string value, std::string rule,
           const char* source = "") {
    out_.push_back(
        {code, std::move(field), std::move(value), std::move(rule), source, Severity::kError});
  }

  // A word or time that means nothing is put right in a copy, so that the next one is found too.
  void Words() {
    Notice copy = notice_;
    absl::StatusOr<NoticeFacts> facts = ParseNotice(copy);
    if (facts.ok()) return Rules(*facts);
    while (!facts.ok()) {
      const auto metadata = ErrorMetadataOf(facts.status());
      const auto at = metadata.find("field");
      const auto value = metadata.find("value");
      const std::string field = at == metadata.end() ? "" : at->second;
      Add("NOTICE_FIELD_INVALID", field, value == metadata.end() ? "" : value->second,
          "one of the allowed values");
      if (!Repair(field, copy)) return;
      facts = ParseNotice(copy);
    }
  }

  static bool Repair(const std::string& field, Notice& copy) {
    constexpr char kTime[] = "2000-01-01T00:00:00Z";
    if (field == "regime") return copy.set_regime("state"), true;
    if (field == "procurement_kind") return copy.set_procurement_kind("goods"), true;
    if (field == "method") return copy.set_method(Methods()[0]->id), true;
    if (field == "category") return copy.set_category("general"), true;
    if (field == "bid_start") return copy.set_bid_start(kTime), true;
    if (field == "deadline") return copy.set_deadline(kTime), true;
    if (field == "open_at") return copy.set_open_at(kTime), true;
    return false;
  }

  void Rules(const NoticeFacts& facts) {
    const absl::Time published =
        review_.in_force.has_value() ? review_.in_force->first_published : review_.now;
    Append(CheckFigures(facts, KoreanDay(published)));
    PeriodInput periods;
    periods.regime = facts.regime;
    periods.kind = facts.kind;
    periods.presumed_price_krw = facts.figures.presumed_price_krw;
    periods.urgent_or_renotice = facts.urgent;
    periods.published_at = published;
    periods.window_open_at = facts.bid_start;
    periods.deadline_at = facts.deadline;
    periods.opening_at = facts.open_at;
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
    if (notice_.title().empty()) {
      Add("TITLE_MISSING", "title", "", "not empty",
          notice_.regime() == "local" ? "지방계약법 시행령 제36조" : "국가계약법 시행령 제36조");
    }
    for (const auto& [field, title] :
         {std::pair("title", &notice_.title()), std::pair("title_en", &notice_.title_en())}) {
      if (title->size() > kTitleBytesMax) {
        Add("TITLE_TOO_LONG", field, absl::StrCat(title->size(), " bytes"),
            absl::StrCat("at most ", kTitleBytesMax, " bytes"));
        continue;
      }
      const absl::string_view problem =
          TextProblem(*title, {.characters_max = kTitleBytesMax, .may_be_empty = true});
      if (!problem.empty()) {
        Add("TITLE_TEXT", field, std::string(problem),
            "no hidden characters, and none that look like others: people must find it by search");
      }
    }
    if (notice_.currency() != "KRW") {
      Add("CURRENCY_NOT_SUPPORTED", "currency", notice_.currency(), "KRW");
    }
    if (notice_.log_origin() != review_.bid_log_origin) {
      Add("LOG_ORIGIN_MISMATCH", "log_origin", notice_.log_origin(), review_.bid_log_origin);
    }
    const Method* named = FindMethod(notice_.method());
    const Method& method = named != nullptr ? *named : *Methods()[0];
    if (!method.takes_prices_from(notice_.price_source())) {
      Add("PRICE_SOURCE_INVALID", "price_source", notice_.price_source(),
          absl::StrJoin(method.price_sources, " or "));
      return;
    }
    const bool entered = notice_.price_source() == "entered";
    const std::string& commitment = notice_.entered_prices_sha256();
    const bool is_digest = IsLowerHex(commitment, 64);
    if (entered ? !is_digest : !commitment.empty()) {
      Add("ENTERED_PRICES_COMMITMENT", "entered_prices_sha256", commitment,
          entered ? "a SHA-256 in lower-case hex" : "empty: no prices are entered");
    }
  }

  const Notice& notice_;
  const NoticeReview& review_;
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> ReviewNotice(const Notice& notice, const NoticeReview& review) {
  return Reviewer(notice, review).Run();
}

}  // namespace jodal::procurement
