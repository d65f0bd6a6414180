// The calendar by asking the registration service.
#ifndef JODAL_SERVICES_KIT_API_REGISTRATION_CALENDAR_H_
#define JODAL_SERVICES_KIT_API_REGISTRATION_CALENDAR_H_

#include <memory>

#include "common/rpc/peers.h"
#include "services/kit/calendar.h"

namespace jodal::kit {

// Asks every time: what is decided by the calendar is decided by what is recorded at that moment,
// and decisions are few. The channel connects lazily. `peers` outlives it.
std::unique_ptr<Calendar> NewRegistrationCalendar(rpc::Peers* peers);

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_API_REGISTRATION_CALENDAR_H_
