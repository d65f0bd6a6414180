// What the tracking service refuses.
#ifndef JODAL_SERVICES_TRACKING_ERRORS_H_
#define JODAL_SERVICES_TRACKING_ERRORS_H_

#include "absl/status/status.h"

namespace jodal::tracking {

absl::Status TooManyWatchers();        // RESOURCE_EXHAUSTED TOO_MANY_WATCHERS
absl::Status LimitInvalid(int limit);  // INVALID_ARGUMENT LIMIT_INVALID
absl::Status TenderMissing();          // INVALID_ARGUMENT TENDER_ID_MISSING
absl::Status ShuttingDown();           // UNAVAILABLE SHUTTING_DOWN

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_ERRORS_H_
