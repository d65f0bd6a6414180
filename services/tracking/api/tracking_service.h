// gRPC adapter of the tracking service. Internal to services/tracking.
#ifndef JODAL_SERVICES_TRACKING_API_TRACKING_SERVICE_H_
#define JODAL_SERVICES_TRACKING_API_TRACKING_SERVICE_H_

#include <memory>

#include "common/host/module.h"
#include "services/tracking/engine/tracking_engine.h"

namespace jodal::tracking {

class TrackingApi {
 public:
  virtual ~TrackingApi() = default;
  virtual grpc::Service* service() = 0;
  virtual void Shutdown() = 0;  // ends the streams
};

// `engine` outlives it.
std::unique_ptr<TrackingApi> NewTrackingApi(const host::ModuleContext& context,
                                            TrackingEngine* engine);

// Reads the followed logs through the generated stubs. `peers` outlives it.
std::unique_ptr<FollowedLogs> NewRemoteLogs(rpc::Peers* peers);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_API_TRACKING_SERVICE_H_
