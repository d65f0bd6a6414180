// What the other files of the engine ask the register of facts.
#ifndef JODAL_SERVICES_REGISTRATION_ENGINE_FACTS_H_
#define JODAL_SERVICES_REGISTRATION_ENGINE_FACTS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/kv/backend.h"
#include "jodal/registration/v1/registration.pb.h"

namespace jodal::registration {

// Shows an active organisation as suspended if it is under a sanction at `now`. DATA_LOSS.
absl::Status SetSanction(const kv::Reader& reader, absl::Time now, v1::Organization* organization);

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_ENGINE_FACTS_H_
