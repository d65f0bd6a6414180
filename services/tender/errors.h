// Every refusal of the tender service, one constructor per condition. Messages carry no amounts and
// no personal data. The life cycle's own are WRONG_STATE (domain/life_cycle.h), those of the
// evaluation are in engine/result.h.
#ifndef JODAL_SERVICES_TENDER_ERRORS_H_
#define JODAL_SERVICES_TENDER_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::tender {

// PERMISSION_DENIED.
absl::Status NotAllowedError();  // NOT_ALLOWED
absl::Status FourEyesError();    // FOUR_EYES

// NOT_FOUND. Also for a tender that the caller must not know of.
absl::Status TenderNotFoundError();  // TENDER_NOT_FOUND
absl::Status NoticeNotFoundError();  // NOTICE_NOT_FOUND

// INVALID_ARGUMENT.
absl::Status DocumentTooLargeError(size_t limit_bytes);                  // DOCUMENT_TOO_LARGE
absl::Status NoticeInvalidError(const std::vector<std::string>& codes);  // NOTICE_INVALID

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
