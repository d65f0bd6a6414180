// A service as a library: what it is given and what it offers. services/<name>/module.h declares
//
//   absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
//                                                              const config::v1::Config& config);
//
// which the program of the service calls (jodal_service in cmake/JodalTargets.cmake), and
// jodal-allinone for every service.
#ifndef JODAL_COMMON_HOST_MODULE_H_
#define JODAL_COMMON_HOST_MODULE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/random.h"
#include "common/document/document_verifier.h"
#include "common/ledger/ledger.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/executor.h"
#include "common/rpc/peers.h"
#include "common/rpc/session_token.h"

namespace grpc {
class Service;
}
namespace jodal::config::v1 {
class Config;
}

namespace jodal::host {

// Everything outlives the module. Only what a service without a store lacks is null.
struct ModuleContext {
  std::string service;                // "tender"
  std::vector<std::string> services;  // of this installation, all of them, wherever they run
  std::string system;                 // this installation's name; signed documents carry it
  bool training = false;              // a training system may move its clock
  const Clock* clock = nullptr;
  crypto::Random* random = nullptr;
  ledger::Ledger* ledger = nullptr;  // this service's own; null if it keeps no store
  rpc::Peers* peers = nullptr;
  rpc::Executor* executor = nullptr;
  // Null for a service that keeps no store: it checks no session, and passes the sessions of its
  // callers on.
  const rpc::SessionVerifier* sessions = nullptr;
  rpc::CallGate* gate = nullptr;  // for every HandlerKit of the module
  // 32 bytes, secret; authenticates page tokens (services/kit/page.h). "" without a store.
  std::string page_key;
  // Verifies signed documents by asking the signature service, with a call or in this process (the
  // signature module ignores it).
  document::DocumentVerifier* documents = nullptr;
};

class Module {
 public:
  virtual ~Module() = default;
  // The gRPC services to register; owned by the module.
  virtual std::vector<grpc::Service*> Services() = 0;
  // What this module can do for the other services of its process without a call: verify signed
  // documents. Null if it cannot; owned by the module.
  virtual document::DocumentVerifier* Documents() { return nullptr; }
  // Called once the peers can be reached: start followers and timers.
  virtual void Start() {}
  // Stops what Start started. No new call comes in from outside by then; calls under way go on.
  virtual void Stop() {}
};

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_MODULE_H_
