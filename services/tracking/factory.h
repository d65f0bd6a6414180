// The tracking service from a configuration.
#ifndef JODAL_SERVICES_TRACKING_FACTORY_H_
#define JODAL_SERVICES_TRACKING_FACTORY_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::tracking {

// Follows the logs that trust_dir/logs.json names: an host::ModuleFactory. NOT_FOUND FILE_MISSING,
// the errors of document::ParseStrictJson, and INVALID_ARGUMENT LOG_KEYS_INVALID for a key that is
// not 32 bytes.
absl::StatusOr<std::unique_ptr<host::Module>> CreateConfiguredModule(
    const host::ModuleContext& context, const config::v1::Config& config);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_FACTORY_H_
