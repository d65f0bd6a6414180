// The programs of an installation as processes: start, stop, kill, see what runs.
//
// A process outlives the program that started it; <dir>/run/<name>.pid says which one it is (its id
// and start time, so that a reused id is not taken for it), <dir>/log/<name>.log has what it
// printed. Where all services share one address there is one program, "allinone", else one per
// service. Linux only.
#ifndef JODAL_CLIENTS_INSTALL_PROCESSES_H_
#define JODAL_CLIENTS_INSTALL_PROCESSES_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::install {

struct ProcessState {
  std::string name;   // "allinone", "tender"
  int pid = 0;        // 0: not running
  bool died = false;  // it was started and nobody stopped it, but it is gone
};

// Not thread-safe; several objects may control the same installation.
class Processes {
 public:
  struct Options {
    std::string dir;      // of the installation
    std::string bin_dir;  // where the jodal-* programs are; "" for the folder of this program
    absl::Duration ready_timeout = absl::Seconds(30);
    absl::Duration stop_timeout = absl::Seconds(15);  // then SIGKILL
  };
  // The errors of config::LoadConfig.
  static absl::StatusOr<Processes> Open(Options options);

  const std::vector<std::string>& names() const { return names_; }
  std::vector<ProcessState> States() const;

  // Starts what does not run and returns when every log answers; after an error stops again what it
  // started. NOT_FOUND PROGRAM_MISSING; UNAVAILABLE PROCESS_NOT_STARTED (with how it ended, if that
  // can be known), PROCESS_NOT_READY; both with the end of what it printed since.
  absl::Status StartAll();
  absl::Status Start(const std::string& name);
  // SIGTERM, then SIGKILL after the time; OK if it does not run.
  absl::Status Stop(const std::string& name);
  absl::Status StopAll();
  // SIGKILL; returns when the process is gone.
  absl::Status Kill(const std::string& name);

 private:
  explicit Processes(Options options) : options_(std::move(options)) {}
  std::vector<std::string> ServicesOf(const std::string& name) const;
  std::string PidFile(const std::string& name) const;
  std::string LogFile(const std::string& name) const;
  int RunningPid(const std::string& name) const;
  std::string HowItEnded(const std::string& name) const;
  std::string LastWords(const std::string& name) const;
  absl::Status StartThese(const std::vector<std::string>& names);
  absl::Status Spawn(const std::string& name);
  absl::Status AwaitReady(const std::string& name);
  // True when the process is gone within `timeout`.
  bool AwaitGone(const std::string& name, int pid, absl::Duration timeout) const;

  Options options_;
  config::v1::Config config_;
  std::vector<std::string> names_;
  // Of the processes that this object started: where their part of the log begins, and the wait
  // status of those that have ended.
  std::map<std::string, size_t> log_begins_;
  mutable std::map<std::string, int> ended_;
};

}  // namespace jodal::install

#endif  // JODAL_CLIENTS_INSTALL_PROCESSES_H_
