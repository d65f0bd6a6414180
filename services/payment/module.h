// The payment service as a library.
#ifndef JODAL_SERVICES_PAYMENT_MODULE_H_
#define JODAL_SERVICES_PAYMENT_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::payment {

// Serves jodal.payment.v1.PaymentService and, once started, follows the contract service's log.
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_MODULE_H_
