// The contract service as a library.
#ifndef JODAL_SERVICES_CONTRACT_MODULE_H_
#define JODAL_SERVICES_CONTRACT_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::contract {

// Serves jodal.contract.v1.ContractService and, once started, follows the tender service's log.
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_MODULE_H_
