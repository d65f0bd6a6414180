// The tracking service: a monitor over the logs of all services, serving one timeline per tender.
#ifndef JODAL_SERVICES_TRACKING_MODULE_H_
#define JODAL_SERVICES_TRACKING_MODULE_H_

#include <map>
#include <memory>
#include <string>

#include "common/host/module.h"
#include "common/log/checkpoint.h"

namespace jodal::tracking {

// `logs`: by service, the origin and public key that its checkpoints must bear.
std::unique_ptr<host::Module> CreateModule(const host::ModuleContext& context,
                                           std::map<std::string, log::LogIdentity> logs);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_MODULE_H_
