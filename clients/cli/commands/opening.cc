// opening: what a member of the committee does, and how far an opening is.
#include "absl/strings/str_cat.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/sign.h"
#include "clients/sdk/checked_log.h"
#include "clients/sdk/open_shares.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

namespace pb = bidding::v1;
using Stub = pb::BiddingService::Stub;

constexpr int kBidsPage = 200;

// The bidding log in full, against the head that SeeLog has compared with the pinned one.
absl::StatusOr<sdk::CheckedLog> ReadLog(Cli& cli) {
  ASSIGN_OR_RETURN(const auto log, cli.Log("bidding"));
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  sdk::LogSource source;
  source.checkpoint = [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const auto seen, cli.SeeLog("bidding"));
    return seen.checkpoint();
  };
  source.entries = [&](uint64_t begin, int limit) {
    return client->Entries("bidding", begin, limit);
  };
  return sdk::CheckedLog::Read(log, source);
}

absl::StatusOr<std::vector<pb::SealedBid>> AllSealedBids(Cli& cli, const std::string& tender_id) {
  pb::ListSealedBidsRequest request;
  request.set_tender_id(tender_id);
  request.set_page_size(kBidsPage);
  std::vector<pb::SealedBid> out;
  do {
    ASSIGN_OR_RETURN(const auto page,
                     Ask(cli, &sdk::Client::bidding, &Stub::ListSealedBids, request));
    out.insert(out.end(), page.bids().begin(), page.bids().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

}  // namespace

void AddOpening(Cli& cli) {
  CLI::App* noun = cli.Noun("opening", "Opening the bids with a quorum of the committee");
  struct Options {
    std::string tender_id, save, receipt;
  };
  auto o = std::make_shared<Options>();
  const auto verb = [&](const VerbText& text, std::function<absl::Status()> run) {
    CLI::App* made = cli.Verb(noun, text, std::move(run));
    made->add_option("tender", o->tender_id, "Tender")->required();
    return made;
  };
  const auto box = [&cli, o]() -> absl::StatusOr<pb::Box> {
    pb::GetBoxRequest request;
    request.set_tender_id(o->tender_id);
    ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::bidding, &Stub::GetBox, request));
    return answer.box();
  };
  verb({"status", "How many bids once the box is closed, whose shares are in, how many are open",
        "jodal opening status R26BK00000001"},
       [&cli, box]() -> absl::Status {
         ASSIGN_OR_RETURN(const auto found, box());
         return cli.out().One(found);
       });
  verb({"list", "The opened bids, void ones with their reason",
        "jodal opening list R26BK00000001 -o csv"},
       [&cli, o]() -> absl::Status {
         pb::ListOpenedBidsRequest request;
         request.set_tender_id(o->tender_id);
         request.set_page_size(kBidsPage);
         pb::ListOpenedBidsResponse all;
         do {
           ASSIGN_OR_RETURN(const auto page,
                            Ask(cli, &sdk::Client::bidding, &Stub::ListOpenedBids, request));
           all.mutable_bids()->MergeFrom(page.bids());
           request.set_page_token(page.next_page_token());
         } while (!request.page_token().empty());
         return cli.out().Many(Pointers(all.bids()),
                               {"supplier_id", "price", "picks", "void_reason", "submission_id"});
       });
  CLI::App* share = verb(
      {"share", "Checks the log and the closed box, then signs and sends the own shares",
       "jodal opening share R26BK00000001 --identity keys/member1"},
      [&cli, o, box]() -> absl::Status {
        ASSIGN_OR_RETURN(const std::string token, cli.token());
        ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
        ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
        ASSIGN_OR_RETURN(const auto notice, FetchNotice(cli, o->tender_id));
        ASSIGN_OR_RETURN(const auto closed, box());
        if (closed.root().empty()) {
          return MakeError(absl::StatusCode::kFailedPrecondition, "BOX_NOT_CLOSED",
                           "bids are still taken; nothing can be opened before the deadline");
        }
        ASSIGN_OR_RETURN(const auto bids, AllSealedBids(cli, o->tender_id));
        ASSIGN_OR_RETURN(const auto log, ReadLog(cli));
        RETURN_IF_ERROR(sdk::CheckClosedBox(log, notice, closed));
        ASSIGN_OR_RETURN(const auto shares,
                         sdk::MakeOpenShares(*identity, notice, closed, bids, client->random()));
        if (shares.empty()) {
          return MakeError(absl::StatusCode::kAlreadyExists, "SHARES_ALREADY_RELEASED",
                           "this member's shares are all in");
        }
        // One document for most boxes; the files of several are numbered.
        const auto path = [&](const std::string& base, size_t at) {
          return shares.size() == 1 ? base : absl::StrCat(base, "-", at + 1);
        };
        for (size_t at = 0; at < shares.size() && !o->save.empty(); ++at) {
          RETURN_IF_ERROR(WriteSigned(path(o->save, at), shares[at]));
        }
        if (!cli.Confirm(cli.out().Say("text.confirm_share", "Release the shares of $0 bids?",
                                       bids.size()))) {
          return NotConfirmed();
        }
        if (cli.dry_run()) {
          cli.NothingSent();
          return cli.out().Facts(
              {{"tender_id", o->tender_id}, {"bids", bids.size()}, {"documents", shares.size()}});
        }
        pb::ReleaseSharesResponse answer;
        for (size_t at = 0; at < shares.size(); ++at) {
          pb::ReleaseSharesRequest request;
          *request.mutable_document() = shares[at];
          request.set_request_id(client->RequestId());
          ASSIGN_OR_RETURN(answer,
                           client->Call(client->bidding(), &Stub::ReleaseShares, request, token));
          RETURN_IF_ERROR(
              cli.CheckReceipt(answer.receipt(), o->receipt.empty() ? "" : path(o->receipt, at)));
        }
        RETURN_IF_ERROR(PrintAnswer(cli, answer));
        cli.Next("shares-released");
        return absl::OkStatus();
      });
  share->add_option("--out", o->save,
                    "Keep what is signed in PATH.json and PATH.p7s (a large box: PATH-1 ...)");
  share->add_option("--receipt", o->receipt, "Keep the receipt in FILE")->type_name("FILE");
}

}  // namespace jodal::cli
