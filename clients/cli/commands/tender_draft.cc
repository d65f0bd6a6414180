// tender draft, amend, validate: a notice as a file, before anything is sent.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/notice_words.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "common/document/json.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "procurement/award/result.h"

namespace jodal::cli {
namespace {

namespace pb = tender::v1;
using Stub = pb::TenderService::Stub;
using document::v1::Notice;

const std::vector<std::string>& NoticeFields() {
  static const auto* fields = new std::vector<std::string>{
      "title",    "title_en",  "reference", "procurement_kind", "regime",
      "method",   "rule_set",  "urgent",    "presumed_price",   "base_amount",
      "a_value",  "net_cost",  "k",         "description",      "contract_method",
      "category", "bid_start", "deadline",  "open_at"};
  return *fields;
}

struct DraftOptions {
  std::unique_ptr<DocumentFlags> flags;
  std::string tender_id, floor_rate, prices, out = "notice.json";
  std::vector<std::string> committee;
};

void AddDraftOptions(CLI::App* verb, const std::shared_ptr<DraftOptions>& o) {
  verb->add_option("tender", o->tender_id, "Tender")->required();
  o->flags = std::make_unique<DocumentFlags>(verb, Notice::descriptor(), NoticeFields());
  verb->add_option("--floor-rate", o->floor_rate, "Floor rate in percent: 87.745");
  verb->add_option("--committee", o->committee, "Members of the opening committee, by person id")
      ->delimiter(',');
  verb->add_option("--prices", o->prices,
                   "Preliminary prices made elsewhere: a JSON file {\"prices\": [...]}, completed "
                   "with a secret salt; keep it for `tender evaluate --prices`");
  verb->add_option("--out", o->out, "File to write [notice.json]");
}

absl::Status NormaliseTime(const Cli& cli, std::string* text) {
  if (text->empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time time, cli.ParseTime(*text));
  *text = sdk::DocumentTime(time);
  return absl::OkStatus();
}

// What a draft's flags do not say but the services know.
absl::Status CompleteNotice(Cli& cli, const DraftOptions& o, Notice& notice) {
  RETURN_IF_ERROR(NormaliseTime(cli, notice.mutable_bid_start()));
  RETURN_IF_ERROR(NormaliseTime(cli, notice.mutable_deadline()));
  RETURN_IF_ERROR(NormaliseTime(cli, notice.mutable_open_at()));
  if (!o.floor_rate.empty()) {
    ASSIGN_OR_RETURN(const auto rate, money::ParsePercent(o.floor_rate));
    notice.set_floor_rate_ppm(rate.value);
  }
  ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
  ASSIGN_OR_RETURN(const auto context, cli.Context());
  sdk::CompleteNotice({identity->organization_id(), context.LogOrigin("bidding")}, &notice);
  if (!o.prices.empty()) {
    document::v1::EnteredPrices prices;
    ASSIGN_OR_RETURN(const std::string json, ReadFile(o.prices));
    RETURN_IF_ERROR(document::ParseStrictJson(json, &prices));
    if (prices.salt().empty()) {
      prices.set_salt(crypto::SystemRandom().Bytes(32));
      ASSIGN_OR_RETURN(const std::string salted, document::ToCanonicalJson(prices));
      RETURN_IF_ERROR(WriteFile(o.prices, salted, /*secret=*/true));
    }
    sdk::CommitToPrices(prices, &notice);
  }
  std::vector<document::v1::CommitteeMember> members;
  for (const std::string& person_id : o.committee) {
    registration::v1::GetPersonRequest ask;
    ask.set_person_id(person_id);
    ASSIGN_OR_RETURN(const auto answer,
                     Ask(cli, &sdk::Client::registration,
                         &registration::v1::RegistrationService::Stub::GetPerson, ask));
    ASSIGN_OR_RETURN(members.emplace_back(), sdk::CommitteeMemberFor(answer.person()));
  }
  if (!members.empty()) sdk::SeatCommittee(notice.k(), members, &notice);
  return absl::OkStatus();
}

absl::Status WriteDraft(Cli& cli, const Notice& notice, const std::string& out) {
  ASSIGN_OR_RETURN(const std::string json, document::ToCanonicalJson(notice));
  RETURN_IF_ERROR(WriteFile(out, json + "\n"));
  RETURN_IF_ERROR(cli.out().One(notice));
  cli.out().Note(cli.out().Say("text.written", "written to $0", out));
  cli.Next("draft-written", {{"file", out}});
  return absl::OkStatus();
}

// Violations by the option that fills the field, with the values that it may have.
absl::Status PrintViolations(Cli& cli, const Notice& notice,
                             const pb::ValidateNoticeResponse& answer) {
  if (cli.out().exact()) return cli.out().Many(Pointers(answer.violations()), {});
  Table table = {{"option", "code", "warning", "message", "allowed", "source"}, {}};
  for (const auto& violation : answer.violations()) {
    const std::string allowed = absl::StrJoin(FittingWords(notice, violation.field()), ", ");
    table.rows.push_back({FlagOf(violation.field()), violation.code(), violation.warning(),
                          violation.message(), allowed, violation.source()});
  }
  return cli.out().Rows(table);
}

}  // namespace

void AddDrafts(Cli& cli, CLI::App* noun) {
  auto o = std::make_shared<DraftOptions>();
  AddDraftOptions(
      cli.Verb(noun,
               {"draft", "Prepares a notice as a file; nothing is sent",
                "jodal tender draft R26BK00000001 --identity keys/kim --title \"의자 구매\" \\\n"
                "  --procurement-kind goods --rule-set kr-state-goods-2024 --presumed-price "
                "136,363,636 \\\n  --base-amount 150,000,000 --floor-rate 84.245 \\\n"
                "  --bid-start \"2026-03-09 09:00\" --deadline \"2026-03-12 10:00\" \\\n"
                "  --open-at \"2026-03-12 11:00\" --k 2 --committee A-1.3,A-1.4,U-1.2"},
               [&cli, o]() -> absl::Status {
                 Notice notice;
                 RETURN_IF_ERROR(o->flags->Fill(&notice));
                 RETURN_IF_ERROR(cli.token().status());
                 notice.set_tender_id(o->tender_id);
                 RETURN_IF_ERROR(CompleteNotice(cli, *o, notice));
                 return WriteDraft(cli, notice, o->out);
               }),
      o);
  auto a = std::make_shared<DraftOptions>();
  AddDraftOptions(
      cli.Verb(
          noun,
          {"amend", "Prepares the next version of a published notice; earlier bids become void",
           "jodal tender amend R26BK00000001 --identity keys/kim --deadline \"2026-03-20 "
           "10:00\" --out notice-2.json"},
          [&cli, a]() -> absl::Status {
            ASSIGN_OR_RETURN(auto published, FetchNotice(cli, a->tender_id));
            Notice changes;
            RETURN_IF_ERROR(a->flags->Fill(&changes));
            Notice notice = sdk::NextNotice(published, changes);
            RETURN_IF_ERROR(cli.token().status());
            RETURN_IF_ERROR(CompleteNotice(cli, *a, notice));
            return WriteDraft(cli, notice, a->out);
          }),
      a);
  auto file = std::make_shared<std::string>();
  cli.Verb(noun,
           {"validate", "Checks a draft against every rule and names all violations",
            "jodal tender validate notice.json --identity keys/kim"},
           [&cli, file]() -> absl::Status {
             pb::ValidateNoticeRequest request;
             Notice notice;
             ASSIGN_OR_RETURN(const std::string json, ReadFile(*file));
             RETURN_IF_ERROR(document::ParseStrictJson(json, &notice));
             RETURN_IF_ERROR(cli.token().status());
             ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
             ASSIGN_OR_RETURN(const auto context, cli.Context());
             notice.set_kind("notice");
             notice.set_version(1);
             notice.set_system(context.system);
             notice.set_signer(identity->person_id());
             ASSIGN_OR_RETURN(*request.mutable_content(), document::ToCanonicalJson(notice));
             ASSIGN_OR_RETURN(const auto answer,
                              Ask(cli, &sdk::Client::tender, &Stub::ValidateNotice, request));
             RETURN_IF_ERROR(PrintViolations(cli, notice, answer));
             for (const auto& violation : answer.violations()) {
               if (!violation.warning()) {
                 return MakeError(absl::StatusCode::kFailedPrecondition, "NOTICE_REFUSED",
                                  "the notice cannot be published like this");
               }
             }
             cli.Next("draft-valid", {{"file", *file}});
             return absl::OkStatus();
           })
      ->add_option("file", *file, "The draft")
      ->required();
}

}  // namespace jodal::cli
