// tender draft, amend, validate: a notice as a file, before anything is sent.
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/notice_words.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "jodal/document/v1/field.pb.h"
#include "procurement/award/result.h"
#include "procurement/limits.h"

namespace jodal::cli {
namespace {

namespace pb = tender::v1;
using Stub = pb::TenderService::Stub;
using document::v1::Notice;

// Every field of a notice that a person is asked for (option `field`), and those of a lot and of a
// stage: "title", "lots.base_amount".
std::vector<std::string> AskedFields(const google::protobuf::Descriptor& schema,
                                     const std::string& prefix = "") {
  std::vector<std::string> out;
  for (int i = 0; i < schema.field_count(); ++i) {
    const auto& field = *schema.field(i);
    const std::string path = prefix + field.name();
    if (!field.options().GetExtension(document::v1::field).help().empty()) out.push_back(path);
    if (field.message_type() == nullptr) continue;
    for (std::string& inner : AskedFields(*field.message_type(), path + ".")) {
      out.push_back(std::move(inner));
    }
  }
  return out;
}

struct DraftOptions {
  std::unique_ptr<DocumentFlags> flags;
  std::string tender_id, floor_rate, prices, out = "notice.json";
  std::vector<std::string> committee;
  int lot = 1;

  DocumentFlags::Elements elements() const { return {{"lots", lot - 1}}; }
};

void AddDraftOptions(CLI::App* verb, const std::shared_ptr<DraftOptions>& o) {
  verb->add_option("tender", o->tender_id, "Tender")->required();
  o->flags = std::make_unique<DocumentFlags>(verb, Notice::descriptor(),
                                             AskedFields(*Notice::descriptor()));
  verb->add_option("--lot", o->lot, "Which lot the figures are of [1]")
      ->check(CLI::Range(1, procurement::kLotsMax));
  verb->add_option("--floor-rate", o->floor_rate, "Floor rate in percent: 87.745");
  verb->add_option("--committee", o->committee, "Members of the opening committee, by person id")
      ->delimiter(',');
  verb->add_option("--prices", o->prices,
                   "Preliminary prices made elsewhere: a JSON file {\"lots\": [{\"lot\": 1, "
                   "\"prices\": [...]}]}, completed with secret salts; keep it for `tender "
                   "evaluate --prices`");
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
  for (document::v1::Stage& stage : *notice.mutable_stages()) {
    RETURN_IF_ERROR(NormaliseTime(cli, stage.mutable_bid_start()));
    RETURN_IF_ERROR(NormaliseTime(cli, stage.mutable_deadline()));
    RETURN_IF_ERROR(NormaliseTime(cli, stage.mutable_open_at()));
  }
  RETURN_IF_ERROR(NormaliseTime(cli, notice.mutable_questions_until()));
  if (!o.floor_rate.empty()) {
    ASSIGN_OR_RETURN(const auto rate, money::ParsePercent(o.floor_rate));
    while (notice.lots_size() < o.lot) notice.add_lots();
    notice.mutable_lots(o.lot - 1)->set_floor_rate_ppm(rate.value);
  }
  ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
  ASSIGN_OR_RETURN(const auto context, cli.Context());
  sdk::CompleteNotice({identity->organization_id(), context.LogOrigin("bidding")}, &notice);
  if (!o.prices.empty()) {
    document::v1::EnteredPrices prices;
    ASSIGN_OR_RETURN(const std::string json, ReadFile(o.prices));
    RETURN_IF_ERROR(document::ParseStrictJson(json, &prices));
    bool salted_now = false;
    for (document::v1::EnteredPrices::Lot& lot : *prices.mutable_lots()) {
      if (lot.lot() < 1 || lot.lot() > procurement::kLotsMax) {
        return UsageError(absl::StrCat(o.prices, ": name the lot of each list of prices"));
      }
      if (!lot.salt().empty()) continue;
      lot.set_salt(crypto::SystemRandom().Bytes(32));
      salted_now = true;
    }
    if (salted_now) {
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
  if (!members.empty()) sdk::SeatCommittee(notice.quorum(), members, &notice);
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
                "  --open-at \"2026-03-12 11:00\" --quorum 2 --committee A-1.3,A-1.4,U-1.2"},
               [&cli, o]() -> absl::Status {
                 Notice notice;
                 RETURN_IF_ERROR(o->flags->Fill(&notice, o->elements()));
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
            RETURN_IF_ERROR(a->flags->Fill(&changes, a->elements()));
            sdk::NumberParts(&changes);
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
             notice.set_version(document::SchemaVersion(*Notice::descriptor()));
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
