#include <signal.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "common/config/config.h"
#include "common/host/host.h"
#include "common/metrics/logging.h"
#include "common/status/error.h"

namespace jodal::host {
namespace {

constexpr char kVersion[] = "0.1.0";

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

int Fail(const std::string& program, const absl::Status& status) {
  std::string values;
  for (const auto& [key, value] : ErrorMetadataOf(status)) {
    absl::StrAppend(&values, values.empty() ? "" : ", ", key, " ", value);
  }
  const std::string reason = ErrorReason(status);
  std::fprintf(stderr, "error: %s did not start (%s)\n  %s\n  %s\n", program.c_str(),
               reason.empty() ? absl::StatusCodeToString(status.code()).c_str() : reason.c_str(),
               std::string(status.message()).c_str(),
               values.empty() ? "correct it and start again" : values.c_str());
  return 1;
}

}  // namespace

void PrepareProcess() {
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  umask(077);
  // Debian's Abseil looks for lock cycles at every lock of more than one mutex; tests keep that.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // gRPC looks at the connections of blocking calls that nobody waits on every 5 s only: so long a
  // peer that came back would stay away, and one that ends would wait for our goodbye.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "200", /*overwrite=*/0);
}

int WaitForStopSignal() {
  const sigset_t set = StopSignals();
  int got = 0;
  while (sigwait(&set, &got) != 0) {
  }
  return got;
}

int RunMain(int argc, char** argv, const ModuleFactories& factories,
            const SessionSource& sessions) {
  PrepareProcess();
  std::vector<std::string> services;
  for (const auto& [service, factory] : factories) services.push_back(service);
  std::string name = argc > 0 ? argv[0] : "jodal";
  name = name.substr(name.rfind('/') + 1);
  CLI::App app("Runs the Jodal services: " + absl::StrJoin(services, ", "), name);
  std::string config_file;
  app.add_option("--config", config_file, "The configuration file (strict JSON)")
      ->required()
      ->type_name("FILE");
  app.set_version_flag("--version", kVersion);
  app.footer("Example:\n  " + name + " --config /etc/jodal/jodal.json\n\nStops on SIGTERM.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  if (absl::Status status = logging::Init({}); !status.ok()) return Fail(name, status);
  auto config = config::LoadConfig(config_file);
  if (!config.ok()) return Fail(name, config.status());
  auto host = Host::Create({.config = *config, .factories = factories, .sessions = sessions});
  if (!host.ok()) return Fail(name, host.status());
  if (absl::Status status = (*host)->Start(); !status.ok()) return Fail(name, status);
  for (const std::string& service : services) {
    logging::Write(logging::Level::kInfo, {{"service", service}, {"event", "serving"}});
  }
  const int signal = WaitForStopSignal();
  logging::Write(logging::Level::kInfo,
                 {{"event", "stopping"}, {"signal", static_cast<int64_t>(signal)}});
  (*host)->Stop();
  return 0;
}

}  // namespace jodal::host
