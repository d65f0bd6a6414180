// Which tender a log entry belongs to. Pure.
#ifndef JODAL_SERVICES_TRACKING_DOMAIN_TIMELINE_H_
#define JODAL_SERVICES_TRACKING_DOMAIN_TIMELINE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace jodal::tracking {

// "R26BK00000001" of "tenders/R26BK00000001/contracts/..."; "" for subjects outside a tender and
// for what is too long to be a tender's id (kTenderIdBytesMax). Part of `subject`.
absl::string_view TenderOf(absl::string_view subject);

// "tenders/R26BK00000001": the subject of what happens to the tender itself.
std::string SubjectOf(absl::string_view tender_id);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_DOMAIN_TIMELINE_H_
