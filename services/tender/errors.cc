#include "services/tender/errors.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/error.h"

namespace jodal::tender {
absl::Status FourEyesError() {
  return MakeError(kErrors["FOUR_EYES"],
                   "the person who signed the notice cannot approve it: another person must");
}
absl::Status TenderNotFoundError() {
  return MakeError(kErrors["TENDER_NOT_FOUND"], "there is no such tender");
}
absl::Status NoticeNotFoundError() {
  return MakeError(kErrors["NOTICE_NOT_FOUND"], "the tender has no such version of its notice");
}
absl::Status NoticeInvalidError(const std::vector<std::string>& codes) {
  const std::string joined = absl::StrJoin(codes, ",");
  return MakeError(kErrors["NOTICE_INVALID"], absl::StrCat("the notice breaks rules: ", joined),
                   {{"violations", joined}});
}
absl::Status FilterInvalidError(absl::string_view field, absl::string_view why) {
  return MakeError(kErrors["FILTER_INVALID"],
                   absl::StrCat("the list cannot be filtered by this ", field, ": ", why),
                   {{"field", std::string(field)}});
}
absl::Status NoticeVersionError(int expected) {
  return MakeError(kErrors["NOTICE_VERSION_MISMATCH"],
                   "the notice must be the version after the one in force",
                   {{"expected", absl::StrCat(expected)}});
}
absl::Status NoticeVersionsError() {
  return MakeError(kErrors["NOTICE_VERSIONS_MAX"], "the notice cannot be corrected any more");
}
absl::Status NoticeChainError() {
  return MakeError(kErrors["PREVIOUS_NOTICE_MISMATCH"],
                   "the notice does not name the digest of the version in force");
}
absl::Status NoticeHashError() {
  return MakeError(kErrors["NOTICE_HASH_MISMATCH"],
                   "the document names the digest of another notice");
}
absl::Status DeadlinePassedError() {
  return MakeError(kErrors["DEADLINE_PASSED"], "the deadline of the notice in force has passed");
}
absl::Status ResultNotReadyError() {
  return MakeError(kErrors["RESULT_NOT_READY"], "the tender has not been evaluated");
}
absl::Status NoCandidateError() {
  return MakeError(kErrors["NO_CANDIDATE"], "the evaluation names nobody for the award");
}
absl::Status EnteredPricesTenderError() {
  return MakeError(kErrors["ENTERED_PRICES_MISMATCH"], "the prices are for another tender");
}
absl::Status AwardMismatchError(absl::string_view field) {
  return MakeError(kErrors["AWARD_MISMATCH"],
                   "the decision is not about the evaluation's candidate",
                   {{"field", std::string(field)}});
}
absl::Status OpenedBidsIncompleteError() {
  return MakeError(kErrors["OPENED_BIDS_INCOMPLETE"],
                   "the bidding service does not give all bids of the opening yet");
}
absl::Status PublicationPendingError() {
  return MakeError(kErrors["PUBLICATION_PENDING"],
                   "the notice of this box is still being published");
}
absl::Status BoxNotSettledError() {
  return MakeError(kErrors["BOX_NOT_SETTLED"], "a bid box may still be under way");
}
absl::Status TenderChangedError() {
  return MakeError(kErrors["TENDER_CHANGED"], "the tender changed meanwhile: ask again");
}
absl::Status TenderIdsExhaustedError() {
  return MakeError(kErrors["TENDER_IDS_EXHAUSTED"],
                   "no free tender number was found: ask with another request id");
}
absl::Status TenderIdTakenError() {
  return MakeError(kErrors["TENDER_ID_TAKEN"], "the tender number is taken");
}
absl::Status BoxMismatchError() {
  return MakeError(kErrors["BOX_MISMATCH"],
                   "the bidding service answered with the box of another notice");
}
absl::Status RecordDamagedError() {
  return MakeError(kErrors["STORED_RECORD_DAMAGED"], "the records of a tender do not fit together");
}

}  // namespace jodal::tender
