// What the payment service needs from others.
#ifndef JODAL_SERVICES_PAYMENT_ENGINE_PORTS_H_
#define JODAL_SERVICES_PAYMENT_ENGINE_PORTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::payment {

// Thread-safe; may block up to rpc::kPeerDeadline.
class Banks {
 public:
  virtual ~Banks() = default;
  // OK if `bank_id` is an active organisation of type bank: money ordered to an account anywhere
  // else could never be settled. FAILED_PRECONDITION BANK_UNKNOWN; UNAVAILABLE.
  virtual absl::Status CheckBank(absl::string_view bank_id) = 0;
};

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_ENGINE_PORTS_H_
