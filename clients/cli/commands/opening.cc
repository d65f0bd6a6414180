// opening: what a member of the committee does, and how far an opening is.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/sign.h"
#include "clients/sdk/open_shares.h"
#include "common/crypto/hash.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "jodal/event/v1/event.pb.h"

namespace jodal::cli {
namespace {

namespace pb = bidding::v1;
using Stub = pb::BiddingService::Stub;

constexpr int kEntriesPage = 1000;
constexpr int kBidsPage = 200;

absl::Status Mismatch(absl::string_view what) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BOX_ROOT_MISMATCH",
      absl::StrCat("the log and the closed box do not agree: ", what, "; no share was released"));
}

// Reads the log from the box's creation to its closing: the submissions that it took are those that
// the closed box counts, and box.closed is in the signed log. A member looks at this before his
// share leaves the machine.
absl::Status CheckLog(Cli& cli, const pb::Box& box, const std::vector<pb::SealedBid>& bids) {
  RETURN_IF_ERROR(cli.SeeLog("bidding").status());
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ASSIGN_OR_RETURN(const auto log, cli.Log("bidding"));
  std::set<std::string> taken;
  bool closed = false;
  for (uint64_t seq = box.created_seq(); seq <= box.closed_seq();) {
    const auto left = box.closed_seq() - seq + 1;
    ASSIGN_OR_RETURN(
        const auto page,
        client->Entries("bidding", seq, static_cast<int>(std::min<uint64_t>(left, kEntriesPage))));
    if (page.entries().empty()) return Mismatch("entries are missing");
    for (const auto& item : page.entries()) {
      log::v1::Entry entry;
      event::v1::Event event;
      if (item.seq() != seq++ || !entry.ParseFromString(item.entry()) ||
          entry.seq() != item.seq()) {
        return Mismatch("entries are missing");
      }
      if (entry.subject() != absl::StrCat("tenders/", box.tender_id()) || item.body().empty()) {
        continue;
      }
      if (crypto::Sha256(item.body()) != entry.body_sha256() ||
          !event.ParseFromString(item.body())) {
        return Mismatch("a body is not what its entry says");
      }
      if (event.has_bid_received() && event.bid_received().notice_hash() == box.notice_hash()) {
        taken.insert(event.bid_received().submission_digest());
      } else if (event.has_bid_cancelled()) {
        taken.erase(event.bid_cancelled().submission_digest());
      } else if (event.has_box_closed()) {
        closed = event.box_closed().root() == box.root() &&
                 event.box_closed().count() == static_cast<int>(bids.size());
      }
    }
  }
  if (!closed) return Mismatch("box.closed says something else");
  if (taken.size() != bids.size()) return Mismatch("another number of bids was received");
  for (const auto& bid : bids) {
    if (taken.count(bid.submission_digest()) == 0) return Mismatch("a bid is not in the log");
  }
  ASSIGN_OR_RETURN(const auto receipt, client->Receipt("bidding", box.closed_seq()));
  return log::VerifyReceipt(receipt.entry(), receipt.proof(), log).status();
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
  verb({"status", "How many bids, whose shares are in, how many are open",
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
        RETURN_IF_ERROR(CheckLog(cli, closed, bids));
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
        if (!cli.Confirm(absl::StrCat("Release the shares of ", bids.size(), " bids?"))) {
          return MakeError(absl::StatusCode::kAborted, "NOT_CONFIRMED", "nothing was sent");
        }
        if (cli.dry_run()) return absl::OkStatus();
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
        return PrintAnswer(cli, answer);
      });
  share->add_option("--out", o->save,
                    "Keep what is signed in PATH.json and PATH.p7s (a large box: PATH-1 ...)");
  share->add_option("--receipt", o->receipt, "Keep the receipt");
}

}  // namespace jodal::cli
