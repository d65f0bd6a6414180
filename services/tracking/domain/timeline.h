// Which tender a log entry belongs to. Pure.
#ifndef JODAL_SERVICES_TRACKING_DOMAIN_TIMELINE_H_
#define JODAL_SERVICES_TRACKING_DOMAIN_TIMELINE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace jodal::tracking {

// "R26BK00000001" of "tenders/R26BK00000001/contracts/..."; "" for subjects outside a tender.
std::string TenderOf(absl::string_view subject);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_DOMAIN_TIMELINE_H_
