// track, log.
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/sign.h"
#include "common/base/bytes.h"
#include "common/log/receipt.h"
#include "common/rpc/status.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

namespace pb = tracking::v1;
using Stub = pb::TrackingService::Stub;

const std::vector<std::string>& Columns() {
  static const auto* columns =
      new std::vector<std::string>{"sequence", "commit_time_ns", "service", "type", "summary"};
  return *columns;
}

absl::Status PrintItem(Cli& cli, const pb::TimelineItem& item) {
  if (cli.out().exact()) {
    if (cli.out().format == Format::kYaml) std::fputs("---\n", stdout);  // a document each
    return cli.out().One(item);
  }
  std::string line;
  for (const std::string& column : Columns()) {
    absl::StrAppend(&line,
                    line.empty()         ? ""
                    : cli.out().terminal ? "  "
                                         : "\t",
                    Visible(FieldText(item, column, cli.out().zone)));
  }
  std::fprintf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
  return absl::OkStatus();
}

// For ever; a stream that breaks is opened again after the last item that came.
absl::Status Follow(Cli& cli, pb::WatchTimelineRequest request) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  while (true) {
    grpc::ClientContext context;
    auto stream = client->tracking().WatchTimeline(&context, request);
    pb::TimelineItem item;
    while (stream->Read(&item)) {
      RETURN_IF_ERROR(PrintItem(cli, item));
      request.set_after(item.sequence());
    }
    const absl::Status status = rpc::FromGrpcStatus(stream->Finish());
    if (!absl::IsUnavailable(status) && !status.ok()) return status;
    absl::SleepFor(absl::Seconds(1));
  }
}

void AddTrackVerb(Cli& cli) {
  CLI::App* noun = cli.Noun("track", "Follows a tender, or everything with --all");
  noun->require_subcommand(0);
  struct Options {
    std::string tender_id;
    bool follow = false, all = false;
    uint64_t after = 0;
  };
  auto o = std::make_shared<Options>();
  noun->add_option("tender", o->tender_id, "Tender");
  noun->add_flag("--all", o->all, "All tenders, as it happens");
  noun->add_flag("--follow", o->follow, "Stay and show what happens");
  noun->add_option("--after", o->after, "Only what came after this sequence number");
  noun->footer("Example:\n  jodal track R26BK00000001 --follow");
  cli.RunAs(noun, "track", [&cli, o]() -> absl::Status {
    if (o->tender_id.empty() != o->all) return UsageError("name a tender, or --all");
    if (o->follow || o->all) {
      pb::WatchTimelineRequest request;
      request.set_tender_id(o->tender_id);
      request.set_after(o->after);
      return Follow(cli, request);
    }
    pb::ListTimelineRequest request;
    request.set_tender_id(o->tender_id);
    request.set_after(o->after);
    request.set_limit(1000);
    while (true) {
      ASSIGN_OR_RETURN(const auto page,
                       Ask(cli, &sdk::Client::tracking, &Stub::ListTimeline, request));
      if (page.items().empty()) return absl::OkStatus();
      for (const auto& item : page.items()) RETURN_IF_ERROR(PrintItem(cli, item));
      request.set_after(page.items().rbegin()->sequence());
    }
  });
}

void AddLogVerbs(Cli& cli) {
  CLI::App* noun = cli.Noun("log", "The transparency logs of the services");
  struct Options {
    std::string service, out;
    uint64_t begin = 0, seq = 0, old_size = 0, new_size = 0;
    int limit = 100;
  };
  auto o = std::make_shared<Options>();
  const auto verb = [&](const VerbText& text, std::function<absl::Status()> run) {
    CLI::App* made = cli.Verb(noun, text, std::move(run));
    made->add_option("service", o->service, "registration, tender, bidding, ...")->required();
    return made;
  };
  verb({"checkpoint", "Verifies the signed head against its key and the pinned one, and pins it",
        "jodal log checkpoint bidding"},
       [&cli, o]() -> absl::Status {
         ASSIGN_OR_RETURN(const auto log, cli.Log(o->service));
         ASSIGN_OR_RETURN(const auto response, cli.SeeLog(o->service));
         ASSIGN_OR_RETURN(const auto head, log::OpenCheckpoint(response.checkpoint(), log));
         return cli.out().Facts({{"origin", head.origin},
                                 {"size", head.size},
                                 {"root", HexEncode(head.root)},
                                 {"checkpoint", response.checkpoint()}});
       });
  CLI::App* show =
      verb({"show", "Lists entries", "jodal log show bidding --begin 0 --limit 20"},
           [&cli, o]() -> absl::Status {
             ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
             ASSIGN_OR_RETURN(const auto page, client->Entries(o->service, o->begin, o->limit));
             std::vector<log::v1::Entry> entries;
             for (const auto& item : page.entries()) {
               if (!entries.emplace_back().ParseFromString(item.entry())) {
                 return MakeError(absl::StatusCode::kDataLoss, "LOG_ENTRY_MALFORMED",
                                  absl::StrCat("entry ", item.seq(), " cannot be read"));
               }
             }
             return cli.out().Many(Pointers(entries),
                                   {"seq", "commit_time_ns", "type", "subject", "actor_role"});
           });
  show->add_option("--begin", o->begin, "First entry");
  show->add_option("--limit", o->limit, "How many [100]")->check(CLI::Range(1, 1000));

  CLI::App* proof = verb(
      {"proof", "Fetches and verifies the proof that an entry is in the log",
       "jodal log proof bidding 17 --out receipt.json"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
        ASSIGN_OR_RETURN(const auto receipt, client->Receipt(o->service, o->seq));
        RETURN_IF_ERROR(cli.CheckReceipt(receipt, o->out));
        return cli.out().Facts(
            {{"origin", receipt.origin()}, {"seq", receipt.seq()}, {"proof", receipt.proof()}});
      });
  proof->add_option("entry", o->seq, "Sequence number")->required();
  proof->add_option("--out", o->out, "Keep the receipt");

  CLI::App* consistency =
      verb({"consistency", "Fetches the proof that the log of one size begins with that of another",
            "jodal log consistency bidding 10 25"},
           [&cli, o]() -> absl::Status {
             ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
             ASSIGN_OR_RETURN(const auto path,
                              client->ConsistencyProof(o->service, o->old_size, o->new_size));
             Table table = {{"hash"}, {}};
             for (const std::string& hash : path) table.rows.push_back({HexEncode(hash)});
             return cli.out().Rows(table);
           });
  consistency->add_option("old", o->old_size, "Entries of the older tree")->required();
  consistency->add_option("new", o->new_size, "Entries of the newer tree")->required();
}

}  // namespace

void AddTrack(Cli& cli) {
  AddTrackVerb(cli);
  AddLogVerbs(cli);
}

}  // namespace jodal::cli
