#include "clients/install/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "clients/install/install.h"
#include "clients/sdk/client.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/status/error.h"
#include "common/status/macros.h"

extern char** environ;

namespace jodal::install {
namespace {

namespace fs = std::filesystem;

constexpr char kAllInOne[] = "allinone";
constexpr absl::Duration kPoll = absl::Milliseconds(20);
constexpr absl::Duration kTry = absl::Milliseconds(500);
constexpr size_t kLogTailBytes = 2000;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Field 22 of /proc/<pid>/stat, in clock ticks since boot; "" if there is no such process or only
// its remains.
std::string StartTime(int pid) {
  const std::string stat = ReadAll(absl::StrCat("/proc/", pid, "/stat"));
  const size_t end = stat.rfind(')');  // the name may hold anything
  if (end == std::string::npos) return "";
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(end + 2), ' ');
  if (fields.size() < 20 || fields[0] == "X") return "";
  // The first thread of a killed process may be a zombie while others still hold its files and
  // locks: the process is gone with its last thread (field 20).
  if (fields[0] == "Z" && (fields[17] == "0" || fields[17] == "1")) return "";
  return fields[19];
}

std::string OwnFolder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

absl::Status ProcessError(absl::string_view reason, const std::string& name,
                          absl::string_view text) {
  return MakeError(absl::StatusCode::kUnavailable, reason, absl::StrCat("jodal-", name, " ", text),
                   {{"process", name}});
}

}  // namespace

absl::StatusOr<Processes> Processes::Open(Options options) {
  options.dir = fs::absolute(options.dir).lexically_normal().string();
  if (options.bin_dir.empty()) options.bin_dir = OwnFolder();
  Processes out(std::move(options));
  ASSIGN_OR_RETURN(out.config_, config::LoadConfig(ConfigFile(out.options_.dir)));
  std::set<std::string> addresses;
  for (const auto& endpoint : out.config_.services()) addresses.insert(endpoint.address());
  out.names_ = addresses.size() == 1 ? std::vector<std::string>{kAllInOne} : Services();
  return out;
}

std::vector<std::string> Processes::ServicesOf(const std::string& name) const {
  return name == kAllInOne ? Services() : std::vector<std::string>{name};
}
std::string Processes::PidFile(const std::string& name) const {
  return absl::StrCat(options_.dir, "/run/", name, ".pid");
}
std::string Processes::LogFile(const std::string& name) const {
  return absl::StrCat(options_.dir, "/log/", name, ".log");
}

int Processes::RunningPid(const std::string& name) const {
  std::ifstream in(PidFile(name));
  int pid = 0;
  std::string start;
  if (!(in >> pid) || pid <= 0) return 0;
  in >> start;  // missing if it had ended before it could be looked at
  // Our own child is there until it has told how it ended, even where it runs no more.
  int status = 0;
  const pid_t ended = waitpid(pid, &status, WNOHANG);
  if (ended == 0) return pid;
  if (ended == pid) {
    ended_[name] = status;
    return 0;
  }
  return !start.empty() && StartTime(pid) == start ? pid : 0;
}

std::vector<ProcessState> Processes::States() const {
  std::vector<ProcessState> out;
  for (const std::string& name : names_) {
    const int pid = RunningPid(name);
    out.push_back({name, pid, pid == 0 && fs::exists(PidFile(name))});
  }
  return out;
}

// "with exit status 1", "by signal 11 (Segmentation fault)".
std::string Processes::HowItEnded(const std::string& name) const {
  const auto it = ended_.find(name);
  if (it == ended_.end()) return "nobody knows how: another program had started it";
  if (WIFSIGNALED(it->second)) {
    const int signal = WTERMSIG(it->second);
    return absl::StrCat("by signal ", signal, " (", strsignal(signal), ")");
  }
  return absl::StrCat("with exit status ", WEXITSTATUS(it->second));
}

std::string Processes::LastWords(const std::string& name) const {
  std::string log = ReadAll(LogFile(name));
  const auto begin = log_begins_.find(name);
  if (begin != log_begins_.end()) log.erase(0, begin->second);
  if (log.empty()) return "it printed nothing";
  if (log.size() > kLogTailBytes) log.erase(0, log.size() - kLogTailBytes);
  return absl::StrCat("its log ends:\n", log);
}

absl::Status Processes::Spawn(const std::string& name) {
  const std::string program = absl::StrCat(options_.bin_dir, "/jodal-", name);
  if (access(program.c_str(), X_OK) != 0) {
    return MakeError(absl::StatusCode::kNotFound, "PROGRAM_MISSING",
                     absl::StrCat("there is no program ", program), {{"file", program}});
  }
  std::error_code ignored;
  fs::create_directories(options_.dir + "/run", ignored);
  fs::create_directories(options_.dir + "/log", ignored);
  const std::string config = ConfigFile(options_.dir);
  const std::string log = LogFile(name);
  log_begins_[name] = ReadAll(log).size();
  ended_.erase(name);
  std::string flag = "--config";
  char* argv[] = {const_cast<char*>(program.c_str()), flag.data(),
                  const_cast<char*>(config.c_str()), nullptr};

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  // A session of its own: Ctrl-C at the terminal is not for the servers.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.c_str(), &files, &attributes, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return ProcessError("PROCESS_NOT_STARTED", name, strerror(error));

  std::ofstream out(PidFile(name), std::ios::trunc);
  out << pid << " " << StartTime(pid) << "\n";
  out.close();
  if (!out) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return ProcessError("PROCESS_NOT_STARTED", name, "has no file for its process id");
  }
  return absl::OkStatus();
}

absl::Status Processes::AwaitReady(const std::string& name) {
  ASSIGN_OR_RETURN(auto context, sdk::Context::Load(ContextFile(options_.dir)));
  ASSIGN_OR_RETURN(auto client, sdk::Client::Connect(std::move(context), {.patience = kTry}));
  const absl::Time end = SystemClock().Now() + options_.ready_timeout;
  std::vector<std::string> waiting = ServicesOf(name);
  while (!waiting.empty()) {
    if (client->Checkpoint(waiting.back()).ok()) {
      waiting.pop_back();
      continue;
    }
    const bool gone = RunningPid(name) == 0;
    if (gone || SystemClock().Now() > end) {
      const std::string what = gone ? absl::StrCat("ended at its start, ", HowItEnded(name))
                                    : std::string("does not answer");
      return ProcessError(gone ? "PROCESS_NOT_STARTED" : "PROCESS_NOT_READY", name,
                          absl::StrCat(what, "; ", LastWords(name)));
    }
    absl::SleepFor(kPoll);
  }
  return absl::OkStatus();
}

absl::Status Processes::StartThese(const std::vector<std::string>& names) {
  std::vector<std::string> spawned;
  const auto start = [&]() -> absl::Status {
    for (const std::string& name : names) {
      if (RunningPid(name) != 0) continue;
      RETURN_IF_ERROR(Spawn(name));
      spawned.push_back(name);
    }
    for (const std::string& name : names) RETURN_IF_ERROR(AwaitReady(name));
    return absl::OkStatus();
  };
  const absl::Status started = start();
  if (!started.ok()) {
    for (auto name = spawned.rbegin(); name != spawned.rend(); ++name) (void)Stop(*name);
  }
  return started;
}

absl::Status Processes::Start(const std::string& name) { return StartThese({name}); }
absl::Status Processes::StartAll() { return StartThese(names_); }

bool Processes::AwaitGone(const std::string& name, int pid, absl::Duration timeout) const {
  const absl::Time end = SystemClock().Now() + timeout;
  while (RunningPid(name) == pid) {
    if (SystemClock().Now() > end) return false;
    absl::SleepFor(kPoll);
  }
  return true;
}

absl::Status Processes::Stop(const std::string& name) {
  const int pid = RunningPid(name);
  if (pid == 0) {
    fs::remove(PidFile(name));  // of one that died
    return absl::OkStatus();
  }
  kill(pid, SIGTERM);
  if (!AwaitGone(name, pid, options_.stop_timeout)) return Kill(name);
  fs::remove(PidFile(name));
  return absl::OkStatus();
}

absl::Status Processes::Kill(const std::string& name) {
  const int pid = RunningPid(name);
  if (pid == 0) return absl::OkStatus();
  kill(pid, SIGKILL);
  if (!AwaitGone(name, pid, options_.stop_timeout)) {
    return ProcessError("PROCESS_NOT_STOPPED", name, "does not end");
  }
  fs::remove(PidFile(name));
  return absl::OkStatus();
}

absl::Status Processes::StopAll() {
  for (auto name = names_.rbegin(); name != names_.rend(); ++name) RETURN_IF_ERROR(Stop(*name));
  return absl::OkStatus();
}

}  // namespace jodal::install
