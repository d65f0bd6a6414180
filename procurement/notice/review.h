// Whether a notice is lawful on its day: everything that it must satisfy before a second person may
// put it in force, but for what the registration says about its committee (CheckMember does that).
// The service asks before it publishes, the auditor asks again. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_NOTICE_REVIEW_H_
#define JODAL_PROCUREMENT_NOTICE_REVIEW_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/rules/violation.h"

namespace jodal::procurement {

struct NoticeReview {
  std::string bid_log_origin;  // of the bidding service's log, which the notice must name
  bool training = false;       // waives the outside member of the committee
  absl::Time now;              // taken for the time of publication
  // Of a correction: when the tender was first published and the deadline in force. The notice
  // period counts from there, and so does the rule set in force.
  struct InForce {
    absl::Time first_published;
    absl::Time deadline;
  };
  std::optional<InForce> in_force;
};

// All violations and warnings in a fixed order: NOTICE_FIELD_INVALID (one per field; the figures
// and periods are then not checked), those of CheckFigures and CheckPeriods, TITLE_MISSING,
// TITLE_TOO_LONG, TITLE_TEXT (see common/base/text.h), CURRENCY_NOT_SUPPORTED, LOG_ORIGIN_MISMATCH,
// PRICE_SOURCE_INVALID, ENTERED_PRICES_COMMITMENT, those of CheckCommittee. Of the days off only
// Saturdays and Sundays are known.
std::vector<Violation> ReviewNotice(const document::v1::Notice& notice, const NoticeReview& review);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_REVIEW_H_
