// Everything that a notice must satisfy before a second person may put it in force: the procurement
// rules (domain/notice_check.h, domain/periods.h) and what the installation and the registration
// say.
#ifndef JODAL_SERVICES_TENDER_ENGINE_NOTICE_REVIEW_H_
#define JODAL_SERVICES_TENDER_ENGINE_NOTICE_REVIEW_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/tender/v1/tender.pb.h"
#include "services/tender/domain/violation.h"
#include "services/tender/engine/ports.h"

namespace jodal::tender {

struct NoticeReview {
  std::string system;
  bool training = false;  // waives the outside member of the committee (formats.md 2)
  absl::Time now;         // taken for the time of publication
  // Of a correction: when the tender was first published and the deadline in force. The notice
  // period counts from there, and so does the rule set in force.
  struct InForce {
    absl::Time first_published;
    absl::Time deadline;
  };
  std::optional<InForce> in_force;
};

// All violations and warnings in a fixed order: those of CheckNotice and CheckPeriods, and
// NOTICE_FIELD_INVALID (one per field; the rules are then not checked), TITLE_MISSING,
// TITLE_TOO_LONG, TITLE_TEXT (see common/base/text.h), CURRENCY_NOT_SUPPORTED, LOG_ORIGIN_MISMATCH,
// PRICE_SOURCE_INVALID, ENTERED_PRICES_COMMITMENT, COMMITTEE_MEMBER_REPEATED, _UNKNOWN,
// _NOT_ACTIVE, _ROLE, _ORGANIZATION, _CERTIFICATE, _KEY, COMMITTEE_OUTSIDE_FLAG. Holidays are not
// known to the service: only Saturdays and Sundays count as days off. Fails only if `people` does.
absl::StatusOr<std::vector<Violation>> ReviewNotice(const document::v1::Notice& notice,
                                                    const NoticeReview& review, People& people);

v1::Violation ToProto(const Violation& violation);
// Codes of the error-level ones.
std::vector<std::string> ErrorCodes(const std::vector<Violation>& violations);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ENGINE_NOTICE_REVIEW_H_
