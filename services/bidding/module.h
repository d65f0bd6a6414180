// The bidding service as a library.
#ifndef JODAL_SERVICES_BIDDING_MODULE_H_
#define JODAL_SERVICES_BIDDING_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::bidding {

// Serves jodal.bidding.v1.BiddingService and, once started, closes boxes at their deadlines and
// opens the bids of those that have their quorum.
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_MODULE_H_
