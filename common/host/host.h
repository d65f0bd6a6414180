// A process that runs services: opens their stores and logs, wires them to each other, serves them,
// and takes them down again in order. Every service's main is a call of RunMain.
#ifndef JODAL_COMMON_HOST_HOST_H_
#define JODAL_COMMON_HOST_HOST_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/host/module.h"
#include "common/host/session_feed.h"
#include "common/ledger/ledger.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::host {

struct ModuleFactory {
  // Makes the service. The configuration has been checked and its paths are absolute.
  std::function<absl::StatusOr<std::unique_ptr<Module>>(const ModuleContext& context,
                                                        const config::v1::Config& config)>
      create;
  // Without a store a service has no log, no keys but those of TLS, and checks no session.
  bool keeps_store = true;
};
using ModuleFactories = std::map<std::string, ModuleFactory>;  // by the service's name

// What a host reads and keeps, below the folders of the configuration; the first three for services
// that keep a store:
//   data_dir/<service>/db     the store (RocksDB), unless `postgres` names a database
//   keys_dir/log-<service>.pem  0600, Ed25519, PKCS#8: the log's key
//   keys_dir/session-<service>.key  0600, 64 hex digits: what the service checks sessions by
//   data_dir/training-clock   the movable clock, training only
//   tls.dir/<service>.{pem,key}  where an address is not a unix socket
class Host {
 public:
  struct Options {
    config::v1::Config config;
    ModuleFactories factories;     // of the services to run in this process
    SessionSource sessions;        // what ends sessions early; without a service: nothing
    bool memory_stores = false;    // for tests: nothing survives
    const Clock* clock = nullptr;  // for tests; null: the machine's, or the training clock
  };

  // Opens stores, logs and keys and makes the modules; nothing listens yet. INVALID_ARGUMENT
  // SERVICE_UNKNOWN for a service without an entry in the configuration; the errors of the keys,
  // the stores and the factories.
  static absl::StatusOr<std::unique_ptr<Host>> Create(Options options);
  virtual ~Host() = default;  // stops

  // Listens on the addresses of the services (a unix socket gets mode 0600, anything else demands
  // client certificates), then starts the modules. Besides the modules' services it serves every
  // log (common/log_service), health, reflection and, in training, TrainingService. UNAVAILABLE
  // LISTEN_FAILED.
  virtual absl::Status Start() = 0;

  // Answers new calls from outside with SHUTTING_DOWN, gives those under way `grace` to finish
  // (then refuses what still waits for a thread), stops and destroys the modules, closes the logs.
  // Start cannot follow.
  virtual void Stop(absl::Duration grace = absl::Seconds(10)) = 0;

  // OK while every log takes updates, else UNAVAILABLE LEDGER_STOPPED; what health and /readyz say.
  virtual absl::Status Ready() const = 0;

  // Null if it does not run here or keeps no store.
  virtual ledger::Ledger* ledger(const std::string& service) = 0;
  // How `service`, which runs here, reaches the others.
  virtual rpc::Peers* peers(const std::string& service) = 0;
};

// Blocks SIGTERM and SIGINT in this thread and those it will start; call it first in main. Files
// made from now on are the owner's alone (umask 077), a broken connection is no signal.
void PrepareProcess();
// Waits for SIGTERM or SIGINT and returns it.
int WaitForStopSignal();

// `program --config FILE`, also --help and --version: runs the services until SIGTERM or SIGINT.
// Returns the exit code: 0, 1 for a failure (said on stderr in three lines), 2 for wrong usage.
int RunMain(int argc, char** argv, const ModuleFactories& factories, const SessionSource& sessions);

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_HOST_H_
