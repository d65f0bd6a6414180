// The tender service as a library.
#ifndef JODAL_SERVICES_TENDER_MODULE_H_
#define JODAL_SERVICES_TENDER_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::tender {

// Serves jodal.tender.v1.TenderService and, once started, follows the bidding service's log and
// finishes publications and cancellations that were interrupted.
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_MODULE_H_
