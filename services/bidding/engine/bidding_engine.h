// The use cases of the bidding service. One method per RPC and the background work.
//
// Every mutation is one transaction in the tender's shard. A submission reads the box record, which
// only acts on the whole box write, and keys of its own supplier and submission id: bids of one
// tender do not conflict with each other, but each conflicts with the close of the box. A box
// closes by its deadline (services/kit/deadlines.h); those whose bids are being opened are listed
// in the store, and here in a copy of that list, made again by Recover().
#ifndef JODAL_SERVICES_BIDDING_ENGINE_BIDDING_ENGINE_H_
#define JODAL_SERVICES_BIDDING_ENGINE_BIDDING_ENGINE_H_

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/host/module.h"
#include "common/rpc/caller.h"
#include "jodal/bidding/store/v1/bidding_store.pb.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/bid/open_bid.h"
#include "services/bidding/engine/arrival_gate.h"
#include "services/bidding/limits.h"
#include "services/kit/deadlines.h"
#include "services/kit/inbox.h"

namespace jodal::bidding {

// Thread-safe. Blocking unless said otherwise: not for the gRPC reactor threads.
class BiddingEngine {
 public:
  // Sizes that tests make small.
  struct Options {
    size_t threads = 0;                     // that open bids and check shares; 0: one per core
    size_t open_group_max = kOpenGroupMax;  // bids opened in one commit
    std::function<void(const absl::Status&)> on_deadline_error =
        {};  // of deadlines(); may be empty
  };
  explicit BiddingEngine(const host::ModuleContext& context) : BiddingEngine(context, Options()) {}
  BiddingEngine(const host::ModuleContext& context, const Options& options);

  // The tender service makes the box before it publishes the notice. The same notice again answers
  // with the box as it is. A higher version, which must name the one in force as its predecessor,
  // empties the box: earlier bids are kept but void. NOTICE_INVALID, NOTICE_CHAIN_BROKEN,
  // NOTICE_VERSION_STALE, DEADLINE_PASSED, WRONG_STATE unless the box is open.
  absl::Status CreateBox(const rpc::Call& call, const v1::CreateBoxRequest& request,
                         v1::CreateBoxResponse* response);
  // Idempotent. BOX_NOT_FOUND, WRONG_STATE once the opening has begun.
  absl::Status CancelBox(const rpc::Call& call, const v1::CancelBoxRequest& request,
                         v1::CancelBoxResponse* response);
  // The state is the one at call.arrival: CLOSED from the deadline on. BOX_NOT_FOUND.
  absl::Status GetBox(const rpc::Call& call, const v1::GetBoxRequest& request,
                      v1::GetBoxResponse* response);

  // Takes a sealed bid. Verifies on the calling thread, then commits; `done` is called once, on the
  // calling or the ledger's answering thread; `request` and `response` live until then. In time is
  // what has bid_start <= call.arrival < deadline; call.arrival must be a ticket's of gate() that
  // lives until `done`. Refusals in order of precedence: REQUEST_ID_*, CIPHERTEXT_SIZE,
  // SEAL_INVALID (also for a signature that is too long, limits.h), those of OpenDocument,
  // CIPHERTEXT_MISMATCH, BIDDER_CERT_MISMATCH, BOX_NOT_FOUND, WRONG_STATE (cancelled),
  // BIDDING_NOT_STARTED, DEADLINE_PASSED, CLOSED_BEFORE_COMMIT, NOTICE_SUPERSEDED, NOTICE_MISMATCH,
  // SEAL_COMMITTEE_MISMATCH, BIDDER_BARRED, SUBMISSION_ID_REUSED, SUPPLIER_ALREADY_BID.
  void SubmitBid(const rpc::Call& call, const v1::SubmitBidRequest& request,
                 v1::SubmitBidResponse* response, std::function<void(absl::Status)> done);
  // Cancels the caller's bid before the deadline and bars the supplier from the tender, corrected
  // versions included. BID_NOT_FOUND, BID_ALREADY_CANCELLED, and the time and notice refusals of
  // SubmitBid.
  absl::Status CancelBid(const rpc::Call& call, const v1::CancelBidRequest& request,
                         v1::CancelBidResponse* response);
  // The newest bid of the caller's organisation, with its ciphertext. BID_NOT_FOUND.
  absl::Status GetOwnBid(const rpc::Call& call, const v1::GetOwnBidRequest& request,
                         v1::GetOwnBidResponse* response);
  // The bids of the caller's organisation in all tenders, newest first. Looks into every shard:
  // some milliseconds with files, a round trip each with a database.
  absl::Status ListOwnBids(const rpc::Call& call, const v1::ListOwnBidsRequest& request,
                           v1::ListOwnBidsResponse* response);

  // Committee members once the box is closed, everybody once it is opened; in box order. Before a
  // member sees bids of a box that is not opened, the read is entered in the log (seals.read).
  // NOT_COMMITTEE_MEMBER, BOX_NOT_CLOSED.
  absl::Status ListSealedBids(const rpc::Call& call, const v1::ListSealedBidsRequest& request,
                              v1::ListSealedBidsResponse* response);
  // Takes one document of a member's shares, all or nothing, which goes on where the one before it
  // ended. The one with which the k-th member reaches the end of the box starts the opening.
  // DOCUMENT_TOO_LARGE, those of OpenDocument, BOX_NOT_FOUND, NOT_COMMITTEE_MEMBER, BOX_NOT_CLOSED,
  // TOO_EARLY, WRONG_STATE, SHARES_ALREADY_RELEASED, NOTICE_MISMATCH, BOX_ROOT_MISMATCH,
  // SHARES_MISMATCH, SHARE_COMMIT_MISMATCH, BAD_WRAP_PROOF_INVALID.
  absl::Status ReleaseShares(const rpc::Call& call, const v1::ReleaseSharesRequest& request,
                             v1::ReleaseSharesResponse* response);
  // Both for everybody once the box is opened: BOX_NOT_OPENED.
  absl::Status ListShares(const rpc::Call& call, const v1::ListSharesRequest& request,
                          v1::ListSharesResponse* response);
  absl::Status ListOpenedBids(const rpc::Call& call, const v1::ListOpenedBidsRequest& request,
                              v1::ListOpenedBidsResponse* response);

  ArrivalGate& gate() { return gate_; }

  // --- Background work. Each may be repeated and resumed at any point.

  // The clock's work: closes every box that is due and has nothing in time under way.
  kit::Deadlines& deadlines() { return deadlines_; }

  // Reads from the store which boxes are being opened; once before OpenPending.
  absl::Status Recover();
  // Opens the bids of every box that has its quorum, to the end. Tries all, returns the first
  // error. `stop` is asked before each commit.
  absl::Status OpenPending(const std::function<bool()>& stop = [] { return false; });

  // The case that an entry of the own log is about and what waits in it now (services/kit/inbox.h).
  absl::StatusOr<std::optional<kit::Inbox::Case>> CaseOf(const kit::Inbox::Logged& logged) const;

 private:
  struct Group;  // bids that are opened in one commit

  absl::StatusOr<store::v1::BoxRecord> NoticeToBox(const rpc::Call& call,
                                                   const v1::CreateBoxRequest& request) const;
  absl::StatusOr<std::optional<store::v1::BoxRecord>> FindBox(const std::string& box_id) const;
  absl::StatusOr<store::v1::BoxRecord> LoadBox(const std::string& box_id) const;

  // Every share and accusation of the document, whose bids follow the order key `through`. Gives
  // the order key of the last.
  absl::StatusOr<std::string> CheckShares(const store::v1::BoxRecord& box,
                                          const document::v1::OpenShares& shares,
                                          absl::string_view through) const;

  void RefreshOpening(const std::string& box_id);
  // False while a bid that arrived in time is under way.
  absl::StatusOr<bool> CloseBox(const kit::Deadline& due);
  absl::Status OpenBox(const std::string& box_id, const std::function<bool()>& stop);
  // Opens the bids that are not opened yet: one thread reads ahead and commits group after group in
  // box order, the others open bids.
  absl::Status OpenBids(const store::v1::BoxRecord& box, const std::function<bool()>& stop);
  absl::StatusOr<procurement::Quorum> LoadQuorum(const store::v1::BoxRecord& box) const;
  // The next bids after an order key; empty at the end of the box.
  absl::StatusOr<std::unique_ptr<Group>> LoadGroup(const store::v1::BoxRecord& box,
                                                   const procurement::Quorum& quorum, int first,
                                                   const std::string& after) const;
  // False if somebody else has gone on with this opening.
  absl::StatusOr<bool> CommitGroup(const store::v1::BoxRecord& box, const Group& group);
  absl::Status CompleteOpening(const store::v1::BoxRecord& box);

  const host::ModuleContext context_;
  const Options options_;
  ArrivalGate gate_;

  absl::Mutex opening_mu_;
  std::set<std::string> opening_ ABSL_GUARDED_BY(opening_mu_);  // boxes

  kit::Deadlines deadlines_;  // its thread ends first
};

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_BIDDING_ENGINE_H_
