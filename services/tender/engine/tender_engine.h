// The use cases of the tender service: from a number to an award.
//
// A notice is signed by an officer, approved by another person of the agency, and public once the
// bidding service has acknowledged its bid box. Approval and publication are two commits: between
// them the tender is PUBLISHING, with a work row that is deleted once the bidding service has
// acknowledged. The first of these finishes the work: the request, its repeat, or FinishPending.
// Cancelling is the same the other way round: CANCELLED first, then the box.
//
// The seed of the draw is made at the first submission, committed to by notice.published and
// disclosed nowhere before the evaluation.
//
// Thread-safe. Every act is one commit in the shard of the tender. What is kept between calls is
// only a list of tenders to look at, made again by Recover. Errors: services/tender/errors.h,
// domain/life_cycle.h, common/document, services/kit/act.h; those of the ports.
#ifndef JODAL_SERVICES_TENDER_ENGINE_TENDER_ENGINE_H_
#define JODAL_SERVICES_TENDER_ENGINE_TENDER_ENGINE_H_

#include <array>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/host/module.h"
#include "common/ledger/follower.h"
#include "common/rpc/caller.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/tender/v1/tender.pb.h"
#include "procurement/rules/violation.h"
#include "services/kit/inbox.h"
#include "services/tender/engine/ports.h"
#include "services/tender/store/tender_store.h"

namespace jodal::tender {

// The `probe`-th candidate for a new tender's number: "R", the year of `now` in Korea, "BK" and 8
// digits of SHA-256("jodal tender id v1" ‖ u8 size ‖ agency ‖ request id ‖ u8 probe) modulo 10^8.
// No counter: a counter would be one hot key, in another shard than the tender. The first candidate
// that is absent from its own shard is taken, in one commit.
struct TenderIdSeed {
  absl::string_view agency_id;
  absl::string_view request_id;
  absl::Time now;
};
std::string TenderIdCandidate(const TenderIdSeed& seed, int probe);
// "R26BK00000001".
bool IsTenderId(absl::string_view id);

class TenderEngine {
 public:
  // `ports` outlive the engine.
  TenderEngine(host::ModuleContext context, Ports ports)
      : context_(std::move(context)), ports_(ports) {}

  // Officer. A number in state DRAFT.
  absl::Status CreateTender(const rpc::Call& call, const v1::CreateTenderRequest& request,
                            v1::CreateTenderResponse* response);
  // Officer or approver. All violations and warnings of an unsigned notice, were it published now.
  absl::Status ValidateNotice(const rpc::Call& call, const v1::ValidateNoticeRequest& request,
                              v1::ValidateNoticeResponse* response);
  // Officer of the agency. DRAFT -> SUBMITTED, or a correction of a PUBLISHED tender that stays
  // PUBLISHED. A notice that waits for approval is replaced. NOTICE_INVALID names all violations.
  absl::Status SubmitNotice(const rpc::Call& call, const v1::SubmitNoticeRequest& request,
                            v1::SubmitNoticeResponse* response);
  // Approver of the agency, but not the person who signed the notice. Reviews the notice again as
  // of now, then -> PUBLISHING -> PUBLISHED. Answers when published, with the receipt of
  // notice.published; an error of the bidding service leaves the tender PUBLISHING, to be finished
  // later.
  absl::Status ApproveNotice(const rpc::Call& call, const v1::ApproveNoticeRequest& request,
                             v1::ApproveNoticeResponse* response);
  // Officer of the agency, before the award.
  absl::Status CancelTender(const rpc::Call& call, const v1::CancelTenderRequest& request,
                            v1::CancelTenderResponse* response);
  // Officer of the agency. OPENED -> EVALUATED, or FAILED if nobody can win.
  absl::Status EvaluateTender(const rpc::Call& call, const v1::EvaluateTenderRequest& request,
                              v1::EvaluateTenderResponse* response);
  // Officer of the agency. EVALUATED -> AWARDED to the evaluation's candidate.
  absl::Status DecideAward(const rpc::Call& call, const v1::DecideAwardRequest& request,
                           v1::DecideAwardResponse* response);

  // Anyone, once published; before that users of the agency.
  absl::Status GetTender(const rpc::Call& call, const v1::GetTenderRequest& request,
                         v1::GetTenderResponse* response) const;
  // In the order and by the filters of the request, from lists that OnOwnEntry keeps: a tender
  // shows in them a moment after its commit. Others than its agency never find one that was not
  // public. A page may be short, even empty, with more to come. FILTER_INVALID.
  absl::Status ListTenders(const rpc::Call& call, const v1::ListTendersRequest& request,
                           v1::ListTendersResponse* response) const;
  // The pending version, for users of the agency; else versions that were put in force.
  absl::Status GetNotice(const rpc::Call& call, const v1::GetNoticeRequest& request,
                         v1::GetNoticeResponse* response) const;
  absl::Status GetResult(const rpc::Call& call, const v1::GetResultRequest& request,
                         v1::GetResultResponse* response) const;
  // The same readers, the same refusals: RESULT_NOT_READY.
  absl::Status ListResultPages(const rpc::Call& call, const v1::ListResultPagesRequest& request,
                               v1::ListResultPagesResponse* response) const;

  // What OnBiddingEntry applies; the follower is sent nothing else.
  static constexpr char kClosedType[] = "box.closed";
  static constexpr char kOpenedType[] = "opening.completed";
  // Follower::Handler for the bidding service's log: box.closed -> CLOSED, opening.completed ->
  // OPENED.
  absl::StatusOr<std::optional<ledger::FollowUpdate>> OnBiddingEntry(
      const ledger::LoggedEntry& entry) const;

  // Follower::Handler for the service's own log: brings the lists of tenders up to date.
  absl::StatusOr<std::optional<ledger::FollowUpdate>> OnOwnEntry(
      const ledger::LoggedEntry& entry) const;

  // Finds all work rows. Once, before FinishPending.
  absl::Status Recover();
  // Makes the calls to the bidding service that have not been acknowledged. Tries all of them;
  // returns the first error.
  absl::Status FinishPending(const std::function<bool()>& stop = [] { return false; });

  // The case that an entry of the own log is about and what waits in it now (services/kit/inbox.h).
  absl::StatusOr<std::optional<kit::Inbox::Case>> CaseOf(const kit::Inbox::Logged& logged) const;

 private:
  struct Evaluated;

  absl::StatusOr<std::optional<store::TenderRecord>> Find(absl::string_view tender_id) const;
  // TENDER_NOT_FOUND unless the caller may see it.
  absl::StatusOr<store::TenderRecord> LoadVisible(const rpc::Call& call,
                                                  absl::string_view tender_id) const;
  // Also NOT_ALLOWED unless it is of the caller's agency.
  absl::StatusOr<store::TenderRecord> LoadOwn(const rpc::Call& call,
                                              absl::string_view tender_id) const;
  absl::StatusOr<document::v1::StoredDocument> LoadNotice(absl::string_view tender_id,
                                                          absl::string_view notice_hash) const;
  struct Reviewed {
    std::vector<procurement::Violation> violations;
    int holidays_known = 0;  // facts about holidays that it was judged by
  };
  absl::StatusOr<Reviewed> Review(const store::TenderRecord& record,
                                  const document::v1::Notice& notice, absl::Time now) const;

  absl::Status FinishPublishing(const std::string& tender_id, const std::string& notice_hash,
                                v1::ApproveNoticeResponse* response);
  absl::Status FinishCancelling(const store::TenderRecord& record);
  absl::Status Finish(const std::string& tender_id);
  void AddWork(const std::string& tender_id);
  void RemoveWork(const std::string& tender_id);
  // One conversation about a tender's box at a time: a creation never overtakes a cancellation.
  absl::Mutex& BoxMutex(absl::string_view tender_id);

  // Everything of an evaluation that may not be done in a transaction.
  absl::StatusOr<Evaluated> Evaluate(const rpc::Call& call, const std::string& tender_id,
                                     const document::v1::EnteredPrices* entered) const;
  absl::Status CommitResult(ledger::Txn& txn, const rpc::Call& call, const Evaluated& evaluated,
                            absl::string_view entered_sha256,
                            v1::EvaluateTenderResponse* response) const;

  const host::ModuleContext context_;
  const Ports ports_;
  absl::Mutex work_mu_;
  std::set<std::string> work_ ABSL_GUARDED_BY(work_mu_);
  std::array<absl::Mutex, 64> box_mu_;
};

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ENGINE_TENDER_ENGINE_H_
