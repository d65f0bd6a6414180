// The tracking service: a monitor over the logs of all services, serving one timeline per tender.
#ifndef JODAL_SERVICES_TRACKING_MODULE_H_
#define JODAL_SERVICES_TRACKING_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::tracking {

// Follows the logs that trust_dir/logs.json names; the errors of LoadLogKeys (engine/log_keys.h).
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_MODULE_H_
