// audit, export.
#include "absl/strings/str_cat.h"
#include "clients/bundle/export.h"
#include "clients/bundle/verify.h"
#include "clients/cli/sign.h"

namespace jodal::cli {
namespace {

using Tracking = tracking::v1::TrackingService::Stub;

// A value for each lot, in their order.
Pairs ReportFacts(const bundle::Report& report) {
  using Lot = bundle::Report::Lot;
  const auto of_lots = [&](const auto& value_of) {
    std::vector<Value> values;
    for (const Lot& lot : report.results) values.push_back(value_of(lot));
    return values;
  };
  return {
      {"tender_id", report.tender_id},
      {"title", report.title},
      {"system", report.system},
      {"training", report.training},
      {"state", report.state},
      {"price_source", report.price_source},
      {"files", report.files},
      {"signatures", report.signatures},
      {"log_entries", report.log_entries},
      {"facts", report.facts},
      {"receipts", report.receipts},
      {"seals", report.seals},
      {"shares", report.shares},
      {"bids", report.bids},
      {"valid_bids", report.valid_bids},
      {"void_bids", report.void_bids},
      {"cancelled_bids", report.cancelled_bids},
      {"lots", report.lots},
      {"planned_price", of_lots([](const Lot& lot) { return Value::Amount(lot.planned_price); })},
      {"floor_amount", of_lots([](const Lot& lot) { return Value::Amount(lot.floor_amount); })},
      {"net_cost_limit", of_lots([](const Lot& lot) { return Value::Amount(lot.net_cost_limit); })},
      {"ranked", of_lots([](const Lot& lot) { return lot.ranked; })},
      {"excluded", of_lots([](const Lot& lot) { return lot.excluded; })},
      {"award_supplier_id", of_lots([](const Lot& lot) { return lot.award_supplier_id; })},
      {"award_amount", of_lots([](const Lot& lot) { return Value::Amount(lot.award_amount); })},
      {"contracts", report.contracts},
      {"paid_amount", Value::Amount(report.paid_amount)}};
}

}  // namespace

void AddAudit(Cli& cli) {
  CLI::App* exports = cli.Noun("export", "Taking a tender out of the system");
  struct Options {
    std::string tender_id, out, dir, trust, type, subject, service;
    uint64_t after = 0;
    int limit = 200;
  };
  auto o = std::make_shared<Options>();
  CLI::App* verb =
      cli.Verb(exports,
               {"bundle", "Writes everything that proves a tender into a folder",
                "jodal export bundle R26BK00000001 --out bundle --identity keys/auditor"},
               [&cli, o]() -> absl::Status {
                 RETURN_IF_ERROR(cli.token().status());
                 ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
                 ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
                 RETURN_IF_ERROR(bundle::ExportBundle(*client, *identity, o->tender_id, o->out));
                 RETURN_IF_ERROR(cli.out().Facts({{"folder", o->out}}));
                 cli.Next("bundle-exported", {{"dir", o->out}});
                 return absl::OkStatus();
               });
  verb->add_option("tender", o->tender_id, "Tender")->required();
  verb->add_option("--out", o->out, "Folder to make")->required();

  CLI::App* noun = cli.Noun("audit", "Verifying, and what the monitor saw");
  verb = cli.Verb(
      noun,
      {"verify", "Verifies a bundle from root certificates and log keys alone; opens no connection",
       "jodal audit verify bundle --trust .jodal/trust"},
      [&cli, o]() -> absl::Status {
        if (o->trust.empty()) {
          ASSIGN_OR_RETURN(const auto context, cli.Context());
          o->trust = context.trust_dir;
        }
        ASSIGN_OR_RETURN(const auto trust, bundle::Trust::Load(o->trust));
        ASSIGN_OR_RETURN(const auto report, bundle::VerifyBundle(o->dir, trust));
        RETURN_IF_ERROR(cli.out().Facts(ReportFacts(report)));
        cli.out().Note(cli.out().Say("text.all_verified", "everything checks"));
        return absl::OkStatus();
      });
  verb->add_option("bundle", o->dir, "Folder of the bundle")->required();
  verb->add_option("--trust", o->trust, "Folder with anchors/ and logs.json [the context's]");

  verb = cli.Verb(
      noun,
      {"events", "Searches the events of all logs (auditor)",
       "jodal audit events --type bid. --identity keys/auditor"},
      [&cli, o]() -> absl::Status {
        RETURN_IF_ERROR(cli.token().status());
        tracking::v1::QueryEventsRequest request;
        request.set_type_prefix(o->type);
        request.set_subject_prefix(o->subject);
        request.set_service(o->service);
        request.set_after(o->after);
        request.set_limit(o->limit);
        ASSIGN_OR_RETURN(const auto answer,
                         Ask(cli, &sdk::Client::tracking, &Tracking::QueryEvents, request));
        if (answer.next_after() != 0) {
          cli.out().Note(cli.out().Say("text.more_after", "more: --after $0", answer.next_after()));
        }
        return cli.out().Many(Pointers(answer.items()), {"sequence", "commit_time_ns", "service",
                                                         "type", "subject", "summary"});
      });
  verb->add_option("--type", o->type, "Begin of the type: bid.");
  verb->add_option("--subject", o->subject, "Begin of the subject: tenders/R26");
  verb->add_option("--service", o->service, "Of this service's log");
  verb->add_option("--after", o->after, "After this sequence number");
  verb->add_option("--limit", o->limit, "How many [200]")->check(CLI::Range(1, 1000));

  cli.Verb(noun, {"status", "Up to where the monitor has verified each log", "jodal audit status"},
           [&cli]() -> absl::Status {
             ASSIGN_OR_RETURN(const auto answer,
                              Ask(cli, &sdk::Client::tracking, &Tracking::GetMonitorStatus,
                                  tracking::v1::GetMonitorStatusRequest()));
             return cli.out().Many(Pointers(answer.logs()),
                                   {"service", "origin", "size", "root", "problem"});
           });
}

}  // namespace jodal::cli
