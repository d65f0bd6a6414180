// The movable clock of a training system as a gRPC service.
#ifndef JODAL_COMMON_HOST_TRAINING_SERVICE_H_
#define JODAL_COMMON_HOST_TRAINING_SERVICE_H_

#include <memory>

#include "common/clock/clock.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/executor.h"
#include "common/rpc/session_token.h"

namespace grpc {
class Service;
}

namespace jodal::host {

// Open to everyone who reaches the server: a training system proves nothing. Arguments outlive it.
struct TrainingOptions {
  TrainingClock* clock = nullptr;
  rpc::Executor* executor = nullptr;
  const rpc::SessionVerifier* sessions = nullptr;
  rpc::CallGate* gate = nullptr;  // as HandlerKit::Options
};
std::unique_ptr<grpc::Service> NewTrainingService(const TrainingOptions& options);

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_TRAINING_SERVICE_H_
