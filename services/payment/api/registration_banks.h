// Banks by asking the registration service.
#ifndef JODAL_SERVICES_PAYMENT_API_REGISTRATION_BANKS_H_
#define JODAL_SERVICES_PAYMENT_API_REGISTRATION_BANKS_H_

#include <memory>

#include "common/rpc/peers.h"
#include "services/payment/engine/ports.h"

namespace jodal::payment {

// Thread-safe; the channel connects lazily.
std::unique_ptr<Banks> NewRegistrationBanks(rpc::Peers* peers);

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_API_REGISTRATION_BANKS_H_
