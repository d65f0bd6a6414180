// One service of a process, with what it has for itself: store, log, keys, threads, connections.
#ifndef JODAL_COMMON_HOST_UNIT_H_
#define JODAL_COMMON_HOST_UNIT_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/document/document_verifier.h"
#include "common/host/module.h"
#include "common/ledger/ledger.h"
#include "common/rpc/executor.h"
#include "common/rpc/network_peers.h"
#include "common/rpc/peers.h"
#include "common/rpc/session_bars.h"
#include "common/rpc/session_token.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::host {

// Asks the module of this process that verifies documents, if there is one, else by a call.
class DocumentsHere : public document::DocumentVerifier {
 public:
  explicit DocumentsHere(std::unique_ptr<document::DocumentVerifier> elsewhere)
      : elsewhere_(std::move(elsewhere)) {}
  // Before the first Verify.
  void Use(document::DocumentVerifier* here) { here_ = here; }
  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override {
    return (here_ != nullptr ? here_ : elsewhere_.get())->Verify(content, signature, at);
  }

 private:
  const std::unique_ptr<document::DocumentVerifier> elsewhere_;
  document::DocumentVerifier* here_ = nullptr;
};

// Each has its own executor: services of one process call each other and wait, and must not wait
// for their own threads.
struct Unit {
  std::optional<rpc::TlsIdentity> tls;             // where an address is not a unix socket
  std::unique_ptr<rpc::SessionVerifier> sessions;  // this and the next two: with a store only
  std::unique_ptr<ledger::Ledger> ledger;
  std::string page_key;
  std::unique_ptr<rpc::Executor> executor;
  std::unique_ptr<rpc::InProcessPeers> peers;
  std::unique_ptr<DocumentsHere> documents;
  std::unique_ptr<Module> module;  // made by the host, when all units are open
};

struct UnitOptions {
  std::string name;  // of the service
  bool keeps_store = true;
  bool memory_store = false;
  const config::v1::Config& config;
  const std::map<std::string, std::string>& addresses;  // of all services
  const std::set<std::string>& in_this_process;
  const Clock* clock = nullptr;
  const rpc::SessionBars* bars = nullptr;
};

// Opens the keys, the store and the log of a service and makes its threads and connections. The
// errors of the keys and the stores.
absl::StatusOr<std::unique_ptr<Unit>> OpenUnit(const UnitOptions& options);

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_UNIT_H_
