// The tender engine's ports by asking the registration and the bidding service.
#ifndef JODAL_SERVICES_TENDER_API_PEER_PORTS_H_
#define JODAL_SERVICES_TENDER_API_PEER_PORTS_H_

#include <memory>

#include "common/rpc/peers.h"
#include "services/tender/engine/ports.h"

namespace jodal::tender {

// Thread-safe; channels connect lazily. `peers` outlives them.
std::unique_ptr<People> NewRegistrationPeople(rpc::Peers* peers);
std::unique_ptr<BidBoxes> NewBiddingBoxes(rpc::Peers* peers);
std::unique_ptr<OpenedBids> NewBiddingOpenedBids(rpc::Peers* peers);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_API_PEER_PORTS_H_
