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
#include "procurement/notice/periods.h"
#include "procurement/rules/violation.h"

namespace jodal::procurement {

struct NoticeReview {
  std::string bid_log_origin;  // of the bidding service's log, which the notice must name
  bool training = false;       // waives the outside member of the committee
  absl::Time now;              // taken for the time of publication
  Holidays holidays;           // as they are known then (procurement/register)
  // Of a correction: when the tender was first published and the deadline in force. The notice
  // period counts from there, and so does the rule set in force.
  struct InForce {
    absl::Time first_published;
    absl::Time deadline;
  };
  std::optional<InForce> in_force;
};

// All violations and warnings in a fixed order: NOTICE_FIELD_INVALID (one per field; what is wrong
// is put right in a copy, so that the rest is checked all the same), those of CheckFigures,
// STAGES_MISMATCH, PARAMETER_INVALID, those of CheckPeriods for the first stage,
// QUESTIONS_AFTER_DEADLINE, those of CheckTexts, CURRENCY_NOT_SUPPORTED, LOG_ORIGIN_MISMATCH,
// ROUND_INVALID, of each lot FIELD_MISSING, ITEM_INVALID, PRICE_SOURCE_INVALID,
// ENTERED_PRICES_COMMITMENT, then ATTACHMENT_INVALID and those of CheckCommittee.
std::vector<Violation> ReviewNotice(const document::v1::Notice& notice, const NoticeReview& review);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_REVIEW_H_
