#include "services/tender/errors.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"

namespace jodal::tender {
namespace {

absl::Status Precondition(absl::string_view reason, absl::string_view message,
                          const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}
absl::Status Unavailable(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kUnavailable, reason, message);
}

}  // namespace

absl::Status NotAllowedError() {
  return MakeError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED",
                   "the caller may not do this");
}
absl::Status FourEyesError() {
  return MakeError(absl::StatusCode::kPermissionDenied, "FOUR_EYES",
                   "who signed the notice cannot approve it: another person must");
}
absl::Status TenderNotFoundError() {
  return MakeError(absl::StatusCode::kNotFound, "TENDER_NOT_FOUND", "there is no such tender");
}
absl::Status NoticeNotFoundError() {
  return MakeError(absl::StatusCode::kNotFound, "NOTICE_NOT_FOUND",
                   "the tender has no such version of its notice");
}
absl::Status DocumentTooLargeError(size_t limit_bytes) {
  return MakeError(absl::StatusCode::kInvalidArgument, "DOCUMENT_TOO_LARGE",
                   "the document is larger than its kind may be",
                   {{"limitBytes", absl::StrCat(limit_bytes)}});
}
absl::Status NoticeInvalidError(const std::vector<std::string>& codes) {
  const std::string joined = absl::StrJoin(codes, ",");
  return MakeError(absl::StatusCode::kInvalidArgument, "NOTICE_INVALID",
                   absl::StrCat("the notice breaks rules: ", joined), {{"violations", joined}});
}
absl::Status NoticeVersionError(int expected) {
  return Precondition("NOTICE_VERSION_MISMATCH",
                      "the notice must be the version after the one in force",
                      {{"expected", absl::StrCat(expected)}});
}
absl::Status NoticeVersionsError() {
  return Precondition("NOTICE_VERSIONS_MAX", "the notice cannot be corrected any more");
}
absl::Status NoticeChainError() {
  return Precondition("PREVIOUS_NOTICE_MISMATCH",
                      "the notice does not name the digest of the version in force");
}
absl::Status NoticeHashError() {
  return Precondition("NOTICE_HASH_MISMATCH", "the document names the digest of another notice");
}
absl::Status DeadlinePassedError() {
  return Precondition("DEADLINE_PASSED", "the deadline of the notice in force has passed");
}
absl::Status ResultNotReadyError() {
  return Precondition("RESULT_NOT_READY", "the tender has not been evaluated");
}
absl::Status NoCandidateError() {
  return Precondition("NO_CANDIDATE", "the evaluation names nobody for the award");
}
absl::Status EnteredPricesTenderError() {
  return Precondition("ENTERED_PRICES_MISMATCH", "the prices are for another tender");
}
absl::Status AwardMismatchError(absl::string_view field) {
  return Precondition("AWARD_MISMATCH", "the decision is not about the evaluation's candidate",
                      {{"field", std::string(field)}});
}
absl::Status OpenedBidsIncompleteError() {
  return Unavailable("OPENED_BIDS_INCOMPLETE",
                     "the bidding service does not give all bids of the opening yet");
}
absl::Status PublicationPendingError() {
  return Unavailable("PUBLICATION_PENDING", "the notice of this box is still being published");
}
absl::Status BoxNotSettledError() {
  return Unavailable("BOX_NOT_SETTLED", "a bid box may still be under way");
}
absl::Status TenderChangedError() {
  return Unavailable("TENDER_CHANGED", "the tender changed meanwhile: ask again");
}
absl::Status TenderIdsExhaustedError() {
  return MakeError(absl::StatusCode::kResourceExhausted, "TENDER_IDS_EXHAUSTED",
                   "no free tender number was found: ask with another request id");
}
absl::Status TenderIdTakenError() {
  return MakeError(absl::StatusCode::kAlreadyExists, "TENDER_ID_TAKEN",
                   "the tender number is taken");
}
absl::Status BoxMismatchError() {
  return MakeError(absl::StatusCode::kInternal, "BOX_MISMATCH",
                   "the bidding service answered with the box of another notice");
}
absl::Status RecordDamagedError() {
  return MakeError(absl::StatusCode::kDataLoss, "STORED_RECORD_DAMAGED",
                   "the records of a tender do not fit together");
}

}  // namespace jodal::tender
