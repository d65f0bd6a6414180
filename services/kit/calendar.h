// The register's facts about holidays, as a service asks for them.
#ifndef JODAL_SERVICES_KIT_CALENDAR_H_
#define JODAL_SERVICES_KIT_CALENDAR_H_

#include <vector>

#include "absl/status/statusor.h"
#include "procurement/register/register.h"

namespace jodal::kit {

// Thread-safe; calls may block up to rpc::kPeerDeadline and answer UNAVAILABLE.
class Calendar {
 public:
  virtual ~Calendar() = default;
  // The facts about holidays that are recorded by now, by number.
  virtual absl::StatusOr<std::vector<procurement::DatedFact>> HolidayFacts() = 0;
};

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_CALENDAR_H_
