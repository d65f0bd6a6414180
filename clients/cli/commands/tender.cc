// tender: from the number to the result; what makes drafts is in tender_draft.cc.
#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/notice_view.h"
#include "clients/cli/notice_words.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "procurement/award/result.h"
#include "procurement/method/method.h"

namespace jodal::cli {
namespace {

namespace pb = tender::v1;
using Stub = pb::TenderService::Stub;

// Of all lots together.
int64_t BaseAmount(const document::v1::Notice& notice) {
  int64_t sum = 0;
  for (const document::v1::Lot& lot : notice.lots()) {
    sum = money::CheckedAdd(sum, lot.base_amount()).value_or(sum);
  }
  return sum;
}
using document::v1::Notice;

void AddDecisions(Cli& cli, CLI::App* noun) {
  cli.Verb(noun,
           {"new", "Allocates the number of a tender", "jodal tender new --identity keys/kim"},
           [&cli]() -> absl::Status {
             RETURN_IF_ERROR(cli.token().status());
             ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
             pb::CreateTenderRequest request;
             request.set_request_id(client->RequestId());
             ASSIGN_OR_RETURN(const auto answer,
                              Ask(cli, &sdk::Client::tender, &Stub::CreateTender, request));
             RETURN_IF_ERROR(PrintAnswer(cli, answer));
             RETURN_IF_ERROR(cli.CheckReceipt(answer.receipt(), ""));
             cli.Next("tender-made");
             return absl::OkStatus();
           });

  SignedVerb<Notice> submit;
  submit.text = {"submit", "Signs a draft and submits it for the second officer",
                 "jodal tender submit --from notice.json --identity keys/kim"};
  submit.kind = "notice";
  submit.done = [](Cli& cli, const google::protobuf::Message& answer) {
    const auto& tender = static_cast<const pb::SubmitNoticeResponse&>(answer).tender();
    cli.Next("notice-submitted", {{"tender", tender.tender_id()}});
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::tender, &Stub::SubmitNotice, submit);

  SignedVerb<document::v1::NoticeApproval> approve;
  approve.text = {"approve", "Signs the same notice as second officer and publishes it",
                  "jodal tender approve R26BK00000001 --identity keys/park"};
  approve.kind = "notice.approval";
  approve.fields = {"@tender_id", "notice_hash"};
  approve.complete = [](Cli& cli, document::v1::NoticeApproval& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto tender, FetchTender(cli, document.tender_id()));
    // The approver reads what is approved, not what somebody says about it.
    ASSIGN_OR_RETURN(const auto notice,
                     FetchNotice(cli, document.tender_id(), tender.pending_version()));
    const std::string expected = document.notice_hash();
    ASSIGN_OR_RETURN(document, sdk::NoticeApprovalFor(tender, notice));
    if (!expected.empty() && expected != document.notice_hash()) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "NOTICE_HASH_MISMATCH",
                       "the notice that waits is another one", {{"waits", notice.hash_hex()}});
    }
    if (cli.out().error_terminal) {
      cli.out().Note(cli.out().Say("text.notice_to_approve",
                                   "notice $0: $1\n  base amount $2 $3, deadline $4, $5 of $6 open",
                                   notice.notice.notice_version(), Visible(notice.notice.title()),
                                   money::FormatAmount(BaseAmount(notice.notice)),
                                   notice.notice.currency(),
                                   cli.out().zone.Rewrite(notice.notice.stages(0).deadline()),
                                   notice.notice.quorum(), notice.notice.committee_size()));
    }
    return absl::OkStatus();
  };
  approve.done = [](Cli& cli, const google::protobuf::Message&) -> absl::Status {
    cli.Next("notice-published");
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::tender, &Stub::ApproveNotice, approve);

  SignedVerb<document::v1::TenderCancellation> cancel;
  cancel.text = {"cancel", "Cancels a tender before its award",
                 "jodal tender cancel R26BK00000001 --reason \"no budget\" --identity keys/kim"};
  cancel.kind = "tender.cancellation";
  cancel.fields = {"@tender_id", "reason"};
  cancel.complete = [](Cli& cli, document::v1::TenderCancellation& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto tender, FetchTender(cli, document.tender_id()));
    ASSIGN_OR_RETURN(document, sdk::CancellationFor(tender, document.reason()));
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::tender, &Stub::CancelTender, cancel);
}

std::string ColumnText(const pb::EvaluationResult::Lot& result, const procurement::Column& column) {
  using As = procurement::Column::As;
  const auto* field = result.GetDescriptor()->FindFieldByName(column.field);
  if (field == nullptr || column.as == As::kWord) return FieldText(result, column.field);
  const int64_t value = result.GetReflection()->GetInt64(result, field);
  if (column.as == As::kRatePpm) return absl::StrCat(money::FormatPercent({value}), " %");
  if (column.as == As::kAmountOrNone && value == 0) return "none";
  return money::FormatAmount(value);
}

absl::Status PrintResult(Cli& cli, const std::string& tender_id) {
  pb::GetResultRequest request;
  request.set_tender_id(tender_id);
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::tender, &Stub::GetResult, request));
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ASSIGN_OR_RETURN(auto pages, client->ResultPages(tender_id));
  ASSIGN_OR_RETURN(const pb::EvaluationResult result,
                   procurement::FromDocuments({answer.result(), std::move(pages)}));
  Output& out = cli.out();
  if (out.format != Format::kTable && out.format != Format::kCsv) return out.One(result);
  if (out.format == Format::kCsv) {
    std::vector<const google::protobuf::Message*> rows;
    for (const auto& lot : result.lots()) {
      for (const auto& row : lot.rows()) rows.push_back(&row);
    }
    return out.Many(rows, {"rank", "place", "supplier_id", "amount", "remark", "submission_id"});
  }
  ASSIGN_OR_RETURN(const procurement::rules::RuleSet* rule_set,
                   procurement::rules::FindRuleSet(result.rule_set()));
  const procurement::Method& method = procurement::MethodOf(*rule_set);
  for (const auto& lot : result.lots()) {
    Pairs facts = {{"method", method.name_en}};
    if (result.lots_size() > 1) facts.emplace_back("lot", lot.lot());
    for (const procurement::Column& column : method.columns) {
      facts.emplace_back(column.name_en, ColumnText(lot, column));
    }
    const bool candidate = !lot.candidates().empty();
    for (auto& fact : Pairs{
             {"ranked", absl::StrCat(lot.ranked())},
             {"excluded", absl::StrCat(lot.excluded())},
             {"outcome", lot.outcome_detail()},
             {"candidate", candidate ? lot.candidates(0).submission_id() : ""},
             {"candidate amount", candidate ? money::FormatAmount(lot.candidates(0).amount()) : ""},
             {"price source", lot.price_source()},
             {"result", HexEncode(crypto::Sha256(answer.result()))}}) {
      facts.push_back(std::move(fact));
    }
    RETURN_IF_ERROR(out.Facts(facts));
    if (!lot.prices().empty()) {
      RETURN_IF_ERROR(out.Many(Pointers(lot.prices()), {"number", "amount", "drawn", "chosen"}));
    }
    RETURN_IF_ERROR(
        out.Many(Pointers(lot.rows()), {"rank", "place", "supplier_id", "amount", "remark"}));
  }
  return absl::OkStatus();
}

struct ListOptions {
  std::string state, agency, kind, from, until, text, order = "published";
  int limit = 100;
};

absl::StatusOr<std::string> FilterTime(Cli& cli, const std::string& text) {
  if (text.empty()) return text;
  ASSIGN_OR_RETURN(const absl::Time time, cli.ParseTime(text));
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

absl::Status List(Cli& cli, const ListOptions& o) {
  static const auto* orders = new std::map<std::string, pb::ListTendersRequest::Order>{
      {"published", pb::ListTendersRequest::PUBLISHED_LAST_FIRST},
      {"deadline", pb::ListTendersRequest::DEADLINE_LAST_FIRST},
      {"soonest", pb::ListTendersRequest::DEADLINE_SOONEST_FIRST}};
  pb::ListTendersRequest request;
  pb::Tender::State state = pb::Tender::STATE_UNSPECIFIED;
  if (!o.state.empty() && !pb::Tender::State_Parse(absl::AsciiStrToUpper(o.state), &state)) {
    return UsageError(absl::StrCat("there is no state ", o.state));
  }
  request.set_state(state);
  request.set_agency_id(o.agency);
  request.set_procurement_kind(o.kind);
  ASSIGN_OR_RETURN(*request.mutable_deadline_from(), FilterTime(cli, o.from));
  ASSIGN_OR_RETURN(*request.mutable_deadline_until(), FilterTime(cli, o.until));
  request.set_text(o.text);
  request.set_order(orders->at(o.order));
  pb::ListTendersResponse all;
  do {
    request.set_page_size(std::min(100, o.limit - all.tenders_size()));
    ASSIGN_OR_RETURN(const auto page, Ask(cli, &sdk::Client::tender, &Stub::ListTenders, request));
    all.mutable_tenders()->MergeFrom(page.tenders());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && all.tenders_size() < o.limit);
  RETURN_IF_ERROR(cli.out().Many(Pointers(all.tenders()),
                                 {"tender_id", "state", "agency_id", "deadline", "bids", "title"}));
  if (!request.page_token().empty()) {
    cli.out().Note(cli.out().Say("text.more_than_filters",
                                 "there are more than $0: see --limit and the filters", o.limit));
  }
  return absl::OkStatus();
}

void AddList(Cli& cli, CLI::App* noun) {
  auto o = std::make_shared<ListOptions>();
  CLI::App* verb =
      cli.Verb(noun,
               {"list", "Lists tenders, the last published first",
                "jodal tender list --state PUBLISHED --order soonest\n"
                "jodal tender list --text 의자 --kind goods --deadline-from 2026-03-01\n"
                "jodal tender list --state DRAFT --identity keys/kim"},
               [&cli, o] { return List(cli, *o); });
  verb->add_option(
      "--state", o->state,
      "DRAFT and SUBMITTED (of the own agency), PUBLISHING, PUBLISHED, CLOSED, OPENED, "
      "EVALUATED, AWARDED, FAILED or CANCELLED");
  verb->add_option("--agency", o->agency, "Of this agency; of the own one also what is not public");
  verb->add_option("--kind", o->kind, "works, general_services, technical_services or goods");
  verb->add_option("--deadline-from", o->from, "With a deadline at this time or later");
  verb->add_option("--deadline-until", o->until, "With a deadline before this time");
  verb->add_option("--text", o->text,
                   "Part of the title, Korean or English; spaces and capitals do not count");
  verb->add_option("--order", o->order,
                   "published or deadline: the last first; soonest: the first deadline first "
                   "[published]")
      ->check(CLI::IsMember({"published", "deadline", "soonest"}));
  verb->add_option("--limit", o->limit, "How many at the most [100]")->check(CLI::Range(1, 100000));
}

void AddReading(Cli& cli, CLI::App* noun) {
  struct Options {
    std::string tender_id, out, state, prices, file;
    int version = 0, from = 0;
    uint64_t after = 0;
  };
  auto o = std::make_shared<Options>();
  const auto tender_verb = [&](const VerbText& text, std::function<absl::Status()> run) {
    CLI::App* verb = cli.Verb(noun, text, std::move(run));
    verb->add_option("tender", o->tender_id, "Tender")->required();
    return verb;
  };
  tender_verb({"show", "Shows a tender", "jodal tender show R26BK00000001"},
              [&cli, o]() -> absl::Status {
                ASSIGN_OR_RETURN(const auto tender, FetchTender(cli, o->tender_id));
                return cli.out().One(tender);
              });
  CLI::App* notice =
      tender_verb({"notice", "Shows a notice and keeps it with --out, signature verified",
                   "jodal tender notice R26BK00000001 --out tender"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const auto notice, FetchNotice(cli, o->tender_id, o->version));
                    if (!o->out.empty())
                      RETURN_IF_ERROR(WriteSigned(o->out + "/notice", notice.document));
                    return cli.out().One(notice.notice);
                  });
  notice->add_option("--version", o->version, "Version of the notice [the one in force]");
  notice->add_option("--out", o->out, "Folder for notice.json and notice.p7s");

  CLI::App* wait =
      tender_verb({"wait", "Waits until a tender has reached a state",
                   "jodal tender wait R26BK00000001 --for OPENED --timeout 60"},
                  [&cli, o]() -> absl::Status {
                    pb::Tender tender;
                    RETURN_IF_ERROR(WaitForState(cli, o->state, &tender, [&]() -> absl::Status {
                      ASSIGN_OR_RETURN(tender, FetchTender(cli, o->tender_id));
                      return absl::OkStatus();
                    }));
                    return cli.out().One(tender);
                  });
  wait->add_option("--for", o->state, StateHelp(*pb::Tender::State_descriptor()))->required();

  CLI::App* timeline = tender_verb(
      {"timeline", "Everything that happened, from the logs of all services",
       "jodal tender timeline R26BK00000001"},
      [&cli, o]() -> absl::Status {
        tracking::v1::ListTimelineRequest request;
        request.set_tender_id(o->tender_id);
        request.set_after(o->after);
        request.set_limit(1000);
        tracking::v1::ListTimelineResponse all;
        while (true) {
          ASSIGN_OR_RETURN(const auto page,
                           Ask(cli, &sdk::Client::tracking,
                               &tracking::v1::TrackingService::Stub::ListTimeline, request));
          if (page.items().empty()) break;
          all.mutable_items()->MergeFrom(page.items());
          request.set_after(page.items().rbegin()->sequence());
        }
        return cli.out().Many(Pointers(all.items()),
                              {"sequence", "commit_time_ns", "service", "type", "summary"});
      });
  timeline->add_option("--after", o->after, "Only what came after this sequence number");

  CLI::App* evaluate = tender_verb(
      {"evaluate", "Computes prices, draw, limits and ranking from the opened bids",
       "jodal tender evaluate R26BK00000001 --identity keys/kim"},
      [&cli, o]() -> absl::Status {
        RETURN_IF_ERROR(cli.token().status());
        ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
        pb::EvaluateTenderRequest request;
        request.set_tender_id(o->tender_id);
        if (!o->prices.empty()) {
          document::v1::EnteredPrices prices;
          ASSIGN_OR_RETURN(const std::string json, ReadFile(o->prices));
          RETURN_IF_ERROR(document::ParseStrictJson(json, &prices));
          ASSIGN_OR_RETURN(const auto notice, FetchNotice(cli, o->tender_id));
          ASSIGN_OR_RETURN(prices, sdk::EnteredPricesFor(notice, std::move(prices)));
          ASSIGN_OR_RETURN(*request.mutable_entered_prices(),
                           cli.Sign("entered-prices", &prices, ""));
        }
        if (cli.dry_run()) {
          cli.NothingSent();
          return cli.out().One(request);
        }
        request.set_request_id(client->RequestId());
        ASSIGN_OR_RETURN(const auto answer,
                         Ask(cli, &sdk::Client::tender, &Stub::EvaluateTender, request));
        RETURN_IF_ERROR(cli.CheckReceipt(answer.receipt(), ""));
        RETURN_IF_ERROR(PrintResult(cli, o->tender_id));
        cli.Next("evaluated");
        return absl::OkStatus();
      });
  evaluate->add_option("--prices", o->prices, "The prices that the notice committed to");

  CLI::App* preview = cli.Verb(
      noun,
      {"preview", "Shows a notice as a supplier reads it, with amounts in words",
       "jodal tender preview @tender\njodal tender preview --file notice.json"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(const Notice notice, NoticeFrom(cli, o->tender_id, o->file, o->version));
        return Preview(cli, notice);
      });
  preview->add_option("tender", o->tender_id, "Tender");
  preview->add_option("--file", o->file, "A draft instead; no connection is opened")
      ->type_name("FILE");
  preview->add_option("--version", o->version, "Version of the notice [the one in force]");

  CLI::App* diff = cli.Verb(
      noun,
      {"diff", "Compares two versions of a notice field by field",
       "jodal tender diff @tender\njodal tender diff @tender --from 1 --file notice-2.json"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(const Notice after, NoticeFrom(cli, o->tender_id, o->file, o->version));
        int from = o->from;
        // A draft is compared with what is in force, that with what was before.
        if (from == 0 && o->file.empty()) from = after.notice_version() - 1;
        if (from == 0 && o->file.empty()) {
          return UsageError("there is one version only; --file compares it with a draft");
        }
        ASSIGN_OR_RETURN(const Notice before, NoticeFrom(cli, o->tender_id, "", from));
        return Differences(cli, before, after);
      });
  diff->add_option("tender", o->tender_id, "Tender")->required();
  diff->add_option("--from", o->from, "Older version [the one before, or in force]");
  diff->add_option("--to", o->version, "Newer version [the one in force]");
  diff->add_option("--file", o->file, "A draft as the newer version")->type_name("FILE");

  tender_verb({"result", "Shows the evaluation", "jodal tender result R26BK00000001"},
              [&cli, o]() -> absl::Status { return PrintResult(cli, o->tender_id); });
}

}  // namespace

void AddTender(Cli& cli) {
  CLI::App* noun = cli.Noun("tender", "Tenders: draft, publish, follow, evaluate");
  AddDrafts(cli, noun);
  AddDecisions(cli, noun);
  AddList(cli, noun);
  AddReading(cli, noun);
}

}  // namespace jodal::cli
