#include "procurement/notice/review.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/bytes.h"
#include "common/status/error.h"
#include "procurement/limits.h"
#include "procurement/method/method.h"
#include "procurement/notice/committee.h"
#include "procurement/notice/notice_check.h"
#include "procurement/notice/notice_facts.h"
#include "procurement/notice/periods.h"
#include "procurement/notice/text_check.h"

namespace jodal::procurement {
namespace {

using Notice = document::v1::Notice;

class Reviewer {
 public:
  Reviewer(const Notice& notice, const NoticeReview& review) : notice_(notice), review_(review) {}

  std::vector<Violation> Run() {
    Words();
    Append(CheckTexts(notice_, notice_.regime() == "local" ? "지방계약법 시행령 제36조"
                                                           : "국가계약법 시행령 제36조"));
    Frame();
    for (int i = 0; i < notice_.lots_size() && i < kLotsMax; ++i) Lot(i);
    Attachments();
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
      const auto allowed = metadata.find("allowed");
      Add("NOTICE_FIELD_INVALID", field, value == metadata.end() ? "" : value->second,
          allowed == metadata.end() ? "" : allowed->second);
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
    if (field == "questions_until") return copy.clear_questions_until(), true;
    if (field == "lots") {
      if (copy.lots().empty()) copy.add_lots();
      while (copy.lots_size() > kLotsMax) copy.mutable_lots()->RemoveLast();
      for (int i = 0; i < copy.lots_size(); ++i) copy.mutable_lots(i)->set_lot(i + 1);
      return true;
    }
    if (field == "stages") {
      if (copy.stages().empty()) copy.add_stages();
      while (copy.stages_size() > kStagesMax) copy.mutable_stages()->RemoveLast();
      for (int i = 0; i < copy.stages_size(); ++i) copy.mutable_stages(i)->set_stage(i + 1);
      return true;
    }
    for (int i = 0; i < copy.stages_size(); ++i) {
      document::v1::Stage& stage = *copy.mutable_stages(i);
      const std::string path = absl::StrCat("stages[", i, "].");
      if (field == path + "content") return stage.set_content("price"), true;
      if (field == path + "bid_start") return stage.set_bid_start(kTime), true;
      if (field == path + "deadline") return stage.set_deadline(kTime), true;
      if (field == path + "open_at") return stage.set_open_at(kTime), true;
    }
    return false;
  }

  void Rules(const NoticeFacts& facts) {
    const absl::Time published =
        review_.in_force.has_value() ? review_.in_force->first_published : review_.now;
    Append(CheckFigures(facts, KoreanDay(published)));
    MethodTerms(*facts.method, facts.regime);
    PeriodInput periods;
    periods.regime = facts.regime;
    periods.kind = facts.kind;
    // The law's thresholds are about what is bought as a whole, however it is divided.
    for (const NoticeFigures& lot : facts.lots) {
      periods.presumed_price_krw += std::clamp<int64_t>(lot.presumed_price_krw, 0, kAmountMaxKrw);
    }
    periods.urgent_or_renotice = facts.urgent;
    periods.published_at = published;
    const StageFacts& first = facts.stages[0];
    periods.window_open_at = first.bid_start;
    periods.deadline_at = first.deadline;
    periods.opening_at = first.open_at;
    if (review_.in_force.has_value()) {
      periods.correction = Correction{review_.now, review_.in_force->deadline};
    }
    std::vector<Violation> wrong = CheckPeriods(periods, review_.holidays);
    for (Violation& v : wrong) v.field = absl::StrCat("stages[0].", v.field);
    Append(std::move(wrong));
    if (facts.questions_until.has_value() && *facts.questions_until > first.deadline) {
      Add("QUESTIONS_AFTER_DEADLINE", "questions_until", notice_.questions_until(),
          "not after the deadline");
    }
  }

  void MethodTerms(const Method& method, rules::Regime regime) {
    std::vector<std::string> contents;
    for (const document::v1::Stage& stage : notice_.stages()) contents.push_back(stage.content());
    if (contents != std::vector<std::string>(method.stages.begin(), method.stages.end())) {
      Add("STAGES_MISMATCH", "stages", absl::StrJoin(contents, ", "),
          absl::StrJoin(method.stages, ", then "), method.article(regime));
    }
    std::set<absl::string_view> given;
    for (int i = 0; i < notice_.parameters_size(); ++i) {
      const document::v1::MethodParameter& parameter = notice_.parameters(i);
      const auto known =
          std::find_if(method.parameters.begin(), method.parameters.end(),
                       [&](const Parameter& p) { return p.name == parameter.name(); });
      const std::string path = absl::StrCat("parameters[", i, "].");
      if (known == method.parameters.end()) {
        Add("PARAMETER_INVALID", path + "name", parameter.name(),
            absl::StrCat("one that ", method.id, " asks for"));
      } else if (!given.insert(parameter.name()).second) {
        Add("PARAMETER_INVALID", path + "name", parameter.name(), "given once");
      } else if (parameter.value() < known->min || parameter.value() > known->max) {
        Add("PARAMETER_INVALID", path + "value", absl::StrCat(parameter.value()),
            absl::StrCat(known->min, " to ", known->max));
      }
      if (i == kParametersMax) break;
    }
    for (const Parameter& parameter : method.parameters) {
      if (parameter.required && given.count(parameter.name) == 0) {
        Add("PARAMETER_INVALID", "parameters", "", absl::StrCat("with ", parameter.name));
      }
    }
  }

  void Append(std::vector<Violation> more) {
    out_.insert(out_.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
  }

  void Frame() {
    if (notice_.currency() != "KRW") {
      Add("CURRENCY_NOT_SUPPORTED", "currency", notice_.currency(), "KRW");
    }
    if (notice_.log_origin() != review_.bid_log_origin) {
      Add("LOG_ORIGIN_MISMATCH", "log_origin", notice_.log_origin(), review_.bid_log_origin);
    }
    if (notice_.round() != 1) {
      Add("ROUND_INVALID", "round", absl::StrCat(notice_.round()), "1: there are no re-bids yet");
    }
  }

  void Lot(int at) {
    const document::v1::Lot& lot = notice_.lots(at);
    const std::string path = absl::StrCat("lots[", at, "].");
    if (lot.title().empty() && notice_.lots_size() > 1) {
      Add("FIELD_MISSING", path + "title", "", "not empty: there are several lots");
    }
    if (lot.items_size() > kItemsMax) {
      Add("ITEM_INVALID", path + "items", absl::StrCat(lot.items_size()),
          absl::StrCat("at most ", kItemsMax));
    }
    for (int i = 0; i < lot.items_size() && i < kItemsMax; ++i) {
      if (lot.items(i).quantity() < 1 || lot.items(i).quantity() > kAmountMaxKrw) {
        Add("ITEM_INVALID", absl::StrCat(path, "items[", i, "].quantity"),
            absl::StrCat(lot.items(i).quantity()), "above 0");
      }
    }
    const Method* named = FindMethod(notice_.method());
    const Method& method = named != nullptr ? *named : *Methods()[0];
    if (!method.takes_prices_from(lot.price_source())) {
      Add("PRICE_SOURCE_INVALID", path + "price_source", lot.price_source(),
          absl::StrJoin(method.price_sources, " or "));
      return;
    }
    const bool entered = lot.price_source() == "entered";
    const std::string& commitment = lot.entered_prices_sha256();
    if (entered ? !IsDigest(commitment) : !commitment.empty()) {
      Add("ENTERED_PRICES_COMMITMENT", path + "entered_prices_sha256", commitment,
          entered ? "a SHA-256 in lower-case hex" : "empty: no prices are entered");
    }
  }

  void Attachments() {
    if (notice_.attachments_size() > kAttachmentsMax) {
      Add("ATTACHMENT_INVALID", "attachments", absl::StrCat(notice_.attachments_size()),
          absl::StrCat("at most ", kAttachmentsMax));
    }
    std::set<absl::string_view> names;
    for (int i = 0; i < notice_.attachments_size() && i < kAttachmentsMax; ++i) {
      const document::v1::Attachment& file = notice_.attachments(i);
      const std::string path = absl::StrCat("attachments[", i, "].");
      if (!names.insert(file.name()).second) {
        Add("ATTACHMENT_INVALID", path + "name", file.name(), "the name of one file");
      }
      if (file.name().find_first_of("/\\") != std::string::npos) {
        Add("ATTACHMENT_INVALID", path + "name", file.name(), "a name without a folder");
      }
      if (file.size() < 1 || file.size() > kAttachmentBytesMax) {
        Add("ATTACHMENT_INVALID", path + "size", absl::StrCat(file.size()),
            absl::StrCat("1 to ", kAttachmentBytesMax, " bytes"));
      }
      if (!IsDigest(file.sha256())) {
        Add("ATTACHMENT_INVALID", path + "sha256", file.sha256(), "a SHA-256 in lower-case hex");
      }
    }
  }

  static bool IsDigest(absl::string_view text) { return IsLowerHex(text, 64); }

  const Notice& notice_;
  const NoticeReview& review_;
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> ReviewNotice(const Notice& notice, const NoticeReview& review) {
  return Reviewer(notice, review).Run();
}

}  // namespace jodal::procurement
