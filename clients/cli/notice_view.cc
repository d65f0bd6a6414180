#include "clients/cli/notice_view.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/amount_words.h"
#include "clients/cli/notice_files.h"
#include "common/money/money.h"
#include "common/status/macros.h"
#include "procurement/documents/read.h"
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

// What the pinned rules make of the figures of a lot.
void AddRange(const Notice& notice, const document::v1::Lot& lot, Pairs& facts) {
  const auto found = procurement::rules::FindRuleSet(notice.rule_set());
  if (!found.ok()) return;
  const int64_t spread = (*found)->draw.spread.value;
  const auto part = [&](int64_t ppm) {
    return money::MulDivFloor(lot.base_amount(), ppm, money::kPpmOne).value_or(0);
  };
  facts.emplace_back(
      "planned_price_range",
      absl::StrCat(money::FormatAmount(part(money::kPpmOne - spread)), " - ",
                   money::FormatAmount(part(money::kPpmOne + spread)), " ", notice.currency()));
}

void AddRules(const Output& out, const Notice& notice, Pairs& facts) {
  const auto found = procurement::rules::FindRuleSet(notice.rule_set());
  if (!found.ok()) {
    facts.emplace_back("rule_set", out.Say("text.no_such_rule_set", "$0 (there is no such one)",
                                           notice.rule_set()));
    return;
  }
  const procurement::rules::RuleSet& rules = **found;
  facts.emplace_back("rule_set", absl::StrCat(rules.id, ": ", rules.source));
  facts.emplace_back("picks",
                     out.Say("text.picks", "$0 different numbers of 1 to $1 with every bid",
                             rules.draw.picks, rules.draw.count));
}

void AddLot(Cli& cli, const Notice& notice, const document::v1::Lot& lot, Pairs& facts) {
  if (notice.lots_size() > 1) facts.emplace_back("lot", absl::StrCat(lot.lot(), " ", lot.title()));
  facts.emplace_back("presumed_price", Won(cli, notice, lot.presumed_price()));
  facts.emplace_back("base_amount", Won(cli, notice, lot.base_amount()));
  if (lot.a_value() != 0) facts.emplace_back("a_value", Won(cli, notice, lot.a_value()));
  if (lot.net_cost() != 0) facts.emplace_back("net_cost", Won(cli, notice, lot.net_cost()));
  facts.emplace_back(
      "floor_rate",
      cli.out().Say("text.floor", "$0 % of the planned price; a bid under it is excluded",
                    money::FormatPercent(money::Ppm{lot.floor_rate_ppm()})));
  AddRange(notice, lot, facts);
}

// The number of a part that its place says already.
bool IsNumber(absl::string_view path) {
  return absl::EndsWith(path, "].lot") || absl::EndsWith(path, "].stage") ||
         absl::EndsWith(path, "].member");
}

// A field of a notice, or of a part of it, and where it is.
using Leaves = std::map<std::string, Value>;

void AddLeaves(const google::protobuf::Message& message, const std::string& prefix,
               std::vector<std::string>& order, Leaves& leaves) {
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto& field = *message.GetDescriptor()->field(i);
    const std::string path = prefix + field.name();
    if (prefix.empty() && IsEnvelope(field.name())) continue;
    if (field.message_type() == nullptr) {
      order.push_back(path);
      leaves[path] = FieldValue(message, field.name());
    } else if (!field.is_repeated()) {
      AddLeaves(reflection->GetMessage(message, &field), path + ".", order, leaves);
    } else {
      for (int at = 0; at < reflection->FieldSize(message, &field); ++at) {
        AddLeaves(reflection->GetRepeatedMessage(message, &field, at),
                  absl::StrCat(path, "[", at, "]."), order, leaves);
      }
    }
  }
}

}  // namespace

absl::StatusOr<Notice> NoticeFrom(Cli& cli, const std::string& tender_id, const std::string& file,
                                  int version) {
  if (!file.empty()) {
    ASSIGN_OR_RETURN(const std::string json, ReadFile(file));
    return procurement::ReadDocument<Notice>(json);
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
  for (const document::v1::Lot& lot : notice.lots()) AddLot(cli, notice, lot, facts);
  AddRules(out, notice, facts);
  for (const document::v1::Stage& stage : notice.stages()) {
    if (notice.stages_size() > 1) facts.emplace_back("stage", stage.content());
    for (const char* field : {"bid_start", "deadline", "open_at"}) {
      facts.emplace_back(field, FieldValue(stage, field));
    }
  }
  for (const char* field : {"questions_until", "place"}) {
    Value value = FieldValue(notice, field);
    if (!value.Plain().empty()) facts.emplace_back(field, std::move(value));
  }
  std::vector<Value> files;
  for (const auto& file : notice.attachments()) files.push_back(file.name());
  if (!files.empty()) facts.emplace_back("attachments", std::move(files));
  const auto outside =
      std::count_if(notice.committee().begin(), notice.committee().end(),
                    [](const document::v1::CommitteeMember& member) { return member.outside(); });
  std::vector<Value> members;
  for (const auto& member : notice.committee()) members.push_back(member.person_id());
  facts.emplace_back("quorum",
                     out.Say("text.quorum",
                             "$0 of $1 members open the bids, $2 of them from outside the "
                             "agency",
                             notice.quorum(), notice.committee_size(), outside));
  facts.emplace_back("committee", std::move(members));
  return cli.out().Facts(facts);
}

absl::Status Differences(Cli& cli, const Notice& before, const Notice& after) {
  Table table = {{"field", "before", "after"}, {}};
  std::vector<std::string> order;
  Leaves old_leaves, new_leaves;
  AddLeaves(before, "", order, old_leaves);
  AddLeaves(after, "", order, new_leaves);
  std::set<std::string> done;
  for (const std::string& path : order) {
    if (!done.insert(path).second) continue;
    Value& old_value = old_leaves[path];
    Value& new_value = new_leaves[path];
    if (old_value.Json() == new_value.Json() || IsNumber(path)) continue;
    table.rows.push_back({path, std::move(old_value), std::move(new_value)});
  }
  return cli.out().Rows(table);
}

}  // namespace jodal::cli
