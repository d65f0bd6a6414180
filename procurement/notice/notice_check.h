// The figures of a notice and the rule set that it names. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_NOTICE_NOTICE_CHECK_H_
#define JODAL_PROCUREMENT_NOTICE_NOTICE_CHECK_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "procurement/notice/notice_facts.h"
#include "procurement/rules/violation.h"

namespace jodal::procurement {

// Every violation of a notice of `notice_day`, the Korean civil day, in a fixed order, lot by lot.
// Errors:
// PRESUMED_PRICE_OUT_OF_RANGE, BASE_OUT_OF_RANGE, those of the notice's method (Method::check),
// RULE_SET_UNKNOWN, RULE_SET_MISMATCH, RULE_SET_NOT_IN_FORCE.
std::vector<Violation> CheckFigures(const NoticeFacts& notice, absl::CivilDay notice_day);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_NOTICE_CHECK_H_
