// Following another service's log: what every module with a follower does at its start.
#ifndef JODAL_SERVICES_KIT_FOLLOW_H_
#define JODAL_SERVICES_KIT_FOLLOW_H_

#include <memory>
#include <string>
#include <vector>

#include "common/host/module.h"
#include "common/ledger/follower.h"

namespace jodal::kit {

// Starts a thread that applies the entries of `types` ("award.decided") in the log of `peer`
// ("tender") through `handler` to this service's own ledger, each entry exactly once; it stops when
// the follower is destroyed. A failed try is logged with its reason and tried again for ever.
// nullptr, logged, only if the own store cannot be read: its ledger reports not serving then.
// Whatever `handler` and `context` refer to outlives it.
std::unique_ptr<ledger::Follower> Follow(const host::ModuleContext& context,
                                         const std::string& peer, std::vector<std::string> types,
                                         ledger::Follower::Handler handler);

// As Follow, but of the service's own log, all entries: for what must not be in the commit that it
// follows from, as it lies in another shard. `name` is the follower's, no service's.
std::unique_ptr<ledger::Follower> FollowOwn(const host::ModuleContext& context,
                                            const std::string& name,
                                            ledger::Follower::Handler handler);

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_FOLLOW_H_
