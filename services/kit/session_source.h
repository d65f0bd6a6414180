// What bars sessions: the sanctions that the log of the registration service says were recorded,
// each for its period. Every main passes it to host::RunMain.
#ifndef JODAL_SERVICES_KIT_SESSION_SOURCE_H_
#define JODAL_SERVICES_KIT_SESSION_SOURCE_H_

#include "common/host/session_feed.h"

namespace jodal::kit {

host::SessionSource Suspensions();

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_SESSION_SOURCE_H_
