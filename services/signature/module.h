// The signature service: verdicts on signed documents and certificates under one strict policy.
#ifndef JODAL_SERVICES_SIGNATURE_MODULE_H_
#define JODAL_SERVICES_SIGNATURE_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::signature {

// trust_dir of the configuration holds anchors/, intermediates/ and crls/.
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::signature

#endif  // JODAL_SERVICES_SIGNATURE_MODULE_H_
