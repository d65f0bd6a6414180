// Every refusal of the tender service, one constructor per condition. Messages carry no amounts and
// no personal data. The life cycle's own are WRONG_STATE (domain/life_cycle.h), those of the
// evaluation are in engine/result.h.
#ifndef JODAL_SERVICES_TENDER_ERRORS_H_
#define JODAL_SERVICES_TENDER_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/kit/errors.h"

namespace jodal::tender {

using kit::DocumentTooLargeError;
using kit::NotAllowedError;
using kit::WrongStateError;

inline constexpr ErrorTable kErrors({
    {"AWARD_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"BOX_MISMATCH", absl::StatusCode::kInternal},
    {"BOX_NOT_SETTLED", absl::StatusCode::kUnavailable},
    {"DEADLINE_PASSED", absl::StatusCode::kFailedPrecondition},
    {"ENTERED_PRICES_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"FILTER_INVALID", absl::StatusCode::kInvalidArgument},
    {"FOUR_EYES", absl::StatusCode::kPermissionDenied},
    {"NOTICE_HASH_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"NOTICE_INVALID", absl::StatusCode::kInvalidArgument},
    {"NOTICE_NOT_FOUND", absl::StatusCode::kNotFound},
    {"NOTICE_VERSIONS_MAX", absl::StatusCode::kFailedPrecondition},
    {"NOTICE_VERSION_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"NO_CANDIDATE", absl::StatusCode::kFailedPrecondition},
    {"OPENED_BIDS_INCOMPLETE", absl::StatusCode::kUnavailable},
    {"PREVIOUS_NOTICE_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PUBLICATION_PENDING", absl::StatusCode::kUnavailable},
    {"RESULT_NOT_READY", absl::StatusCode::kFailedPrecondition},
    {"STORED_RECORD_DAMAGED", absl::StatusCode::kDataLoss},
    {"TENDER_CHANGED", absl::StatusCode::kUnavailable},
    {"TENDER_IDS_EXHAUSTED", absl::StatusCode::kResourceExhausted},
    {"TENDER_ID_TAKEN", absl::StatusCode::kAlreadyExists},
    {"TENDER_NOT_FOUND", absl::StatusCode::kNotFound},
});

// PERMISSION_DENIED.
absl::Status FourEyesError();  // FOUR_EYES

// NOT_FOUND. Also for a tender that the caller must not know of.
absl::Status TenderNotFoundError();  // TENDER_NOT_FOUND
absl::Status NoticeNotFoundError();  // NOTICE_NOT_FOUND

// INVALID_ARGUMENT.
absl::Status NoticeInvalidError(const std::vector<std::string>& codes);           // NOTICE_INVALID
absl::Status FilterInvalidError(absl::string_view field, absl::string_view why);  // FILTER_INVALID

// FAILED_PRECONDITION.
absl::Status NoticeVersionError(int expected);             // NOTICE_VERSION_MISMATCH
absl::Status NoticeVersionsError();                        // NOTICE_VERSIONS_MAX
absl::Status NoticeChainError();                           // PREVIOUS_NOTICE_MISMATCH
absl::Status NoticeHashError();                            // NOTICE_HASH_MISMATCH
absl::Status DeadlinePassedError();                        // DEADLINE_PASSED
absl::Status ResultNotReadyError();                        // RESULT_NOT_READY
absl::Status NoCandidateError();                           // NO_CANDIDATE
absl::Status EnteredPricesTenderError();                   // ENTERED_PRICES_MISMATCH
absl::Status AwardMismatchError(absl::string_view field);  // AWARD_MISMATCH

// UNAVAILABLE: try again.
absl::Status OpenedBidsIncompleteError();  // OPENED_BIDS_INCOMPLETE
absl::Status PublicationPendingError();    // PUBLICATION_PENDING
absl::Status BoxNotSettledError();         // BOX_NOT_SETTLED
absl::Status TenderChangedError();         // TENDER_CHANGED

// RESOURCE_EXHAUSTED TENDER_IDS_EXHAUSTED.
absl::Status TenderIdsExhaustedError();
// ALREADY_EXISTS TENDER_ID_TAKEN: the next one is tried.
absl::Status TenderIdTakenError();

// INTERNAL BOX_MISMATCH: the bidding service made a box of something else.
absl::Status BoxMismatchError();
// DATA_LOSS STORED_RECORD_DAMAGED: a document that the record names is not there.
absl::Status RecordDamagedError();

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ERRORS_H_
