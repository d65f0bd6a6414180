#include "services/bidding/errors.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "procurement/limits.h"
#include "services/bidding/limits.h"

namespace jodal::bidding {
namespace {

std::string Utc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

std::string Text(absl::string_view text) { return std::string(text); }

}  // namespace

absl::Status NoticeInvalidError(absl::string_view field, absl::string_view why) {
  return MakeError(kErrors["NOTICE_INVALID"], absl::StrCat("the notice's ", field, ": ", why),
                   {{"field", Text(field)}});
}
absl::Status SharesMismatchError(absl::string_view why, int position) {
  return MakeError(kErrors["SHARES_MISMATCH"], why, {{"position", absl::StrCat(position)}});
}

absl::Status BoxNotFoundError() {
  return MakeError(kErrors["BOX_NOT_FOUND"], "there is no bid box for this tender");
}
absl::Status BidNotFoundError() {
  return MakeError(kErrors["BID_NOT_FOUND"], "the caller has no such bid in this tender");
}

absl::Status NotCommitteeMemberError() {
  return MakeError(kErrors["NOT_COMMITTEE_MEMBER"],
                   "only members of the tender's opening committee may do this");
}

absl::Status SupplierAlreadyBidError(absl::string_view submission_id) {
  return MakeError(kErrors["SUPPLIER_ALREADY_BID"],
                   "the supplier has submitted a bid in this tender; one is allowed",
                   {{"submission_id", Text(submission_id)}});
}
absl::Status SubmissionIdReusedError() {
  return MakeError(kErrors["SUBMISSION_ID_REUSED"],
                   "this submission id was used for another submission");
}
absl::Status SharesAlreadyReleasedError(int i) {
  return MakeError(kErrors["SHARES_ALREADY_RELEASED"], "this member's shares were released before",
                   {{"member", absl::StrCat(i)}});
}

absl::Status NoticeChainError() {
  return MakeError(kErrors["NOTICE_CHAIN_BROKEN"],
                   "the notice does not name the one in force as its predecessor");
}
absl::Status NoticeVersionStaleError(int in_force) {
  return MakeError(kErrors["NOTICE_VERSION_STALE"],
                   "the box was made for this version of the notice or a later one",
                   {{"in_force", absl::StrCat(in_force)}});
}
absl::Status BiddingNotStartedError(const Window& window) {
  return MakeError(
      kErrors["BIDDING_NOT_STARTED"],
      absl::StrCat("bids are taken from ", Utc(window.bound), ", received ", Utc(window.arrival)),
      {{"bid_start", Utc(window.bound)}, {"received", Utc(window.arrival)}});
}
absl::Status DeadlinePassedError(const Window& window) {
  const std::string late = absl::FormatDuration(window.arrival - window.bound);
  return MakeError(
      kErrors["DEADLINE_PASSED"],
      absl::StrCat("deadline ", Utc(window.bound), ", received ", Utc(window.arrival), " (+", late,
                   ")"),
      {{"deadline", Utc(window.bound)}, {"received", Utc(window.arrival)}, {"late_by", late}});
}
absl::Status TooEarlyError(const Window& window) {
  return MakeError(kErrors["TOO_EARLY"],
                   absl::StrCat("shares are taken from ", Utc(window.bound), " on"),
                   {{"open_at", Utc(window.bound)}, {"received", Utc(window.arrival)}});
}
absl::Status ClosedBeforeCommitError() {
  return MakeError(kErrors["CLOSED_BEFORE_COMMIT"],
                   "the request arrived in time but could not be committed before the box closed");
}
absl::Status NoticeSupersededError(absl::string_view in_force) {
  return MakeError(kErrors["NOTICE_SUPERSEDED"],
                   "the notice has been corrected since; seal the bid for the version in force",
                   {{"notice_hash", Text(in_force)}});
}
absl::Status NoticeMismatchError(absl::string_view in_force) {
  return MakeError(kErrors["NOTICE_MISMATCH"],
                   "the document names a notice that is not this tender's",
                   {{"notice_hash", Text(in_force)}});
}
absl::Status BidderCertMismatchError() {
  return MakeError(kErrors["BIDDER_CERT_MISMATCH"],
                   "the seal is bound to another certificate than the one that signs it");
}
absl::Status SealCommitteeMismatchError() {
  return MakeError(kErrors["SEAL_COMMITTEE_MISMATCH"],
                   "the seal is not dealt to the committee of the notice");
}
absl::Status BidderBarredError() {
  return MakeError(kErrors["BIDDER_BARRED"],
                   "a supplier that cancelled its bid cannot bid again in this tender");
}
absl::Status BidAlreadyCancelledError() {
  return MakeError(kErrors["BID_ALREADY_CANCELLED"], "the bid has been cancelled before");
}
absl::Status BoxNotClosedError() {
  return MakeError(kErrors["BOX_NOT_CLOSED"],
                   "nothing of a box is shown or opened before its close");
}
absl::Status BoxNotOpenedError() {
  return MakeError(kErrors["BOX_NOT_OPENED"], "the box has not been opened yet");
}
absl::Status BoxRootMismatchError() {
  return MakeError(kErrors["BOX_ROOT_MISMATCH"],
                   "the document is about another set of submissions than the closed box holds");
}

absl::Status RecordMissingError(absl::string_view what) {
  return MakeError(kErrors["STORED_RECORD_MISSING"],
                   absl::StrCat("a stored ", what, " is missing"));
}

}  // namespace jodal::bidding
