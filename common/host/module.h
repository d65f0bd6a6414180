// A service as a library: what it is given and what it offers. services/<name>/module.h declares
// `std::unique_ptr<Module> Create...Module(const ModuleContext&, ...)`; a main.cc wires
// one of them, services/allinone wires all.
#ifndef JODAL_COMMON_HOST_MODULE_H_
#define JODAL_COMMON_HOST_MODULE_H_

#include <string>
#include <vector>

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

namespace jodal::host {

// Everything outlives the module. Nothing is null.
struct ModuleContext {
  std::string service;    // "tender"
  std::string system;     // this installation's name; signed documents carry it
  bool training = false;  // a training system may move its clock
  const Clock* clock = nullptr;
  crypto::Random* random = nullptr;
  ledger::Ledger* ledger = nullptr;  // this service's own
  rpc::Peers* peers = nullptr;
  rpc::Executor* executor = nullptr;
  const rpc::SessionVerifier* sessions = nullptr;
  rpc::CallGate* gate = nullptr;  // for every HandlerKit of the module
  std::string page_key;  // 32 bytes, secret; authenticates page tokens (services/kit/page.h)
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
  // Stops what Start started; no call from outside comes in any more, those under way go on.
  virtual void Stop() {}
};

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_MODULE_H_
