// Every refusal of the bidding service, one named constructor each.
#ifndef JODAL_SERVICES_BIDDING_ERRORS_H_
#define JODAL_SERVICES_BIDDING_ERRORS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/status/error.h"
#include "services/bidding/domain/life_cycle.h"

namespace jodal::bidding {

inline constexpr ErrorTable kErrors({
    {"BIDDER_BARRED", absl::StatusCode::kFailedPrecondition},
    {"BIDDER_CERT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"BIDDING_NOT_STARTED", absl::StatusCode::kFailedPrecondition},
    {"BID_ALREADY_CANCELLED", absl::StatusCode::kFailedPrecondition},
    {"BID_NOT_FOUND", absl::StatusCode::kNotFound},
    {"BOX_NOT_CLOSED", absl::StatusCode::kFailedPrecondition},
    {"BOX_NOT_FOUND", absl::StatusCode::kNotFound},
    {"BOX_NOT_OPENED", absl::StatusCode::kFailedPrecondition},
    {"BOX_ROOT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"CLOSED_BEFORE_COMMIT", absl::StatusCode::kFailedPrecondition},
    {"DEADLINE_PASSED", absl::StatusCode::kFailedPrecondition},
    {"NOTICE_CHAIN_BROKEN", absl::StatusCode::kFailedPrecondition},
    {"NOTICE_INVALID", absl::StatusCode::kInvalidArgument},
    {"NOTICE_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"NOTICE_SUPERSEDED", absl::StatusCode::kFailedPrecondition},
    {"NOTICE_VERSION_STALE", absl::StatusCode::kFailedPrecondition},
    {"NOT_COMMITTEE_MEMBER", absl::StatusCode::kPermissionDenied},
    {"SEAL_COMMITTEE_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"SHARES_ALREADY_RELEASED", absl::StatusCode::kAlreadyExists},
    {"SHARES_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"STORED_RECORD_MISSING", absl::StatusCode::kDataLoss},
    {"SUBMISSION_ID_REUSED", absl::StatusCode::kAlreadyExists},
    {"SUPPLIER_ALREADY_BID", absl::StatusCode::kAlreadyExists},
    {"TOO_EARLY", absl::StatusCode::kFailedPrecondition},
});

// INVALID_ARGUMENT
absl::Status NoticeInvalidError(absl::string_view field, absl::string_view why);  // NOTICE_INVALID
absl::Status SharesMismatchError(absl::string_view why, int position);            // SHARES_MISMATCH

// NOT_FOUND
absl::Status BoxNotFoundError();  // BOX_NOT_FOUND
absl::Status BidNotFoundError();  // BID_NOT_FOUND

// PERMISSION_DENIED
absl::Status NotCommitteeMemberError();  // NOT_COMMITTEE_MEMBER

// ALREADY_EXISTS
absl::Status SupplierAlreadyBidError(absl::string_view submission_id);  // SUPPLIER_ALREADY_BID
absl::Status SubmissionIdReusedError();                                 // SUBMISSION_ID_REUSED
absl::Status SharesAlreadyReleasedError(int i);                         // SHARES_ALREADY_RELEASED

// FAILED_PRECONDITION
absl::Status NoticeChainError();  // NOTICE_CHAIN_BROKEN: does not follow the one in force
absl::Status NoticeVersionStaleError(int in_force);  // NOTICE_VERSION_STALE
struct Window {
  absl::Time bound;  // bid_start, deadline or open_at
  absl::Time arrival;
};
absl::Status BiddingNotStartedError(const Window& window);  // BIDDING_NOT_STARTED
absl::Status DeadlinePassedError(const Window& window);     // DEADLINE_PASSED
absl::Status TooEarlyError(const Window& window);           // TOO_EARLY
absl::Status ClosedBeforeCommitError();  // CLOSED_BEFORE_COMMIT: in time, but not within the grace
absl::Status NoticeSupersededError(absl::string_view in_force);  // NOTICE_SUPERSEDED
absl::Status NoticeMismatchError(absl::string_view in_force);    // NOTICE_MISMATCH
absl::Status BidderCertMismatchError();                          // BIDDER_CERT_MISMATCH
absl::Status SealCommitteeMismatchError();                       // SEAL_COMMITTEE_MISMATCH
absl::Status BidderBarredError();                                // BIDDER_BARRED
absl::Status BidAlreadyCancelledError();                         // BID_ALREADY_CANCELLED
absl::Status BoxNotClosedError();     // BOX_NOT_CLOSED: nothing of a box shows before its close
absl::Status BoxNotOpenedError();     // BOX_NOT_OPENED
absl::Status BoxRootMismatchError();  // BOX_ROOT_MISMATCH

// DATA_LOSS
absl::Status RecordMissingError(absl::string_view what);  // STORED_RECORD_MISSING

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ERRORS_H_
