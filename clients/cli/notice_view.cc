#include "clients/cli/notice_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/amount_words.h"
#include "clients/cli/notice_files.h"
#include "common/document/json.h"
#include "common/money/money.h"
#include "common/status/macros.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::cli {
namespace {

using document::v1::Notice;

// Facts that say who made the document and after which one, not what it is about.
bool IsEnvelope(absl::string_view field) {
  return field == "kind" || field == "version" || field == "system" || field == "signer" ||
         field == "previous_notice_hash";
}

std::string Won(Cli& cli, const Notice& notice, int64_t amount) {
  return absl::StrCat(money::FormatAmount(amount), " ", notice.currency(), " (",
                      WonInWords(amount, cli.out().language), ")");
}

// What the pinned rules make of the figures.
void AddRuleFacts(const Output& out, const Notice& notice, Pairs& facts) {
  const auto found = procurement::rules::FindRuleSet(notice.rule_set());
  if (!found.ok()) {
    facts.emplace_back("rule_set", out.Say("text.no_such_rule_set", "$0 (there is no such one)",
                                           notice.rule_set()));
    return;
  }
  const procurement::rules::RuleSet& rules = **found;
  facts.emplace_back("rule_set", absl::StrCat(rules.id, ": ", rules.source));
  const int64_t spread = rules.draw.spread.value;
  const auto part = [&](int64_t ppm) {
    return money::MulDivFloor(notice.base_amount(), ppm, money::kPpmOne).value_or(0);
  };
  facts.emplace_back(
      "planned_price_range",
      absl::StrCat(money::FormatAmount(part(money::kPpmOne - spread)), " - ",
                   money::FormatAmount(part(money::kPpmOne + spread)), " ", notice.currency()));
  facts.emplace_back("picks",
                     out.Say("text.picks", "$0 different numbers of 1 to $1 with every bid",
                             rules.draw.picks, rules.draw.count));
}

}  // namespace

absl::StatusOr<Notice> NoticeFrom(Cli& cli, const std::string& tender_id, const std::string& file,
                                  int version) {
  if (!file.empty()) {
    Notice notice;
    ASSIGN_OR_RETURN(const std::string json, ReadFile(file));
    RETURN_IF_ERROR(document::ParseStrictJson(json, &notice));
    return notice;
  }
  if (tender_id.empty()) return UsageError("name a tender, or a draft with --file");
  ASSIGN_OR_RETURN(const auto published, FetchNotice(cli, tender_id, version));
  return published.notice;
}

absl::Status Preview(Cli& cli, const Notice& notice) {
  const Output& out = cli.out();
  if (out.exact()) return out.One(notice);
  Pairs facts = {{"tender_id", notice.tender_id()}, {"notice_version", notice.notice_version()}};
  for (const char* field : {"title", "title_en", "reference", "agency_id", "procurement_kind",
                            "category", "method", "contract_method", "description"}) {
    Value value = FieldValue(notice, field);
    if (!value.Plain().empty()) facts.emplace_back(field, std::move(value));
  }
  facts.emplace_back("presumed_price", Won(cli, notice, notice.presumed_price()));
  facts.emplace_back("base_amount", Won(cli, notice, notice.base_amount()));
  if (notice.a_value() != 0) facts.emplace_back("a_value", Won(cli, notice, notice.a_value()));
  if (notice.net_cost() != 0) facts.emplace_back("net_cost", Won(cli, notice, notice.net_cost()));
  facts.emplace_back("floor_rate",
                     out.Say("text.floor", "$0 % of the planned price; a bid under it is excluded",
                             money::FormatPercent(money::Ppm{notice.floor_rate_ppm()})));
  AddRuleFacts(out, notice, facts);
  for (const char* field : {"bid_start", "deadline", "open_at"}) {
    facts.emplace_back(field, FieldValue(notice, field));
  }
  const auto outside =
      std::count_if(notice.committee().begin(), notice.committee().end(),
                    [](const document::v1::CommitteeMember& member) { return member.outside(); });
  std::vector<Value> members;
  for (const auto& member : notice.committee()) members.push_back(member.person_id());
  facts.emplace_back("quorum",
                     out.Say("text.quorum",
                             "$0 of $1 members open the bids, $2 of them from outside the "
                             "agency",
                             notice.k(), notice.committee_size(), outside));
  facts.emplace_back("committee", std::move(members));
  return cli.out().Facts(facts);
}

absl::Status Differences(Cli& cli, const Notice& before, const Notice& after) {
  Table table = {{"field", "before", "after"}, {}};
  const auto* descriptor = Notice::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const std::string& name = descriptor->field(i)->name();
    Value old_value = FieldValue(before, name), new_value = FieldValue(after, name);
    if (IsEnvelope(name) || old_value.Json() == new_value.Json()) continue;
    table.rows.push_back({name, std::move(old_value), std::move(new_value)});
  }
  return cli.out().Rows(table);
}

}  // namespace jodal::cli
