#include "benchmarks/servers.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/corpus.h"
#include "clients/install/install.h"
#include "common/config/config.h"
#include "common/config/log_origin.h"
#include "common/crypto/ed25519.h"
#include "common/rpc/call.h"
#include "common/rpc/network_peers.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStartMax = absl::Seconds(60);

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class LoopbackSocket {
 public:
  LoopbackSocket() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~LoopbackSocket() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }
  static sockaddr_in Address(int port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(static_cast<uint16_t>(port));
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return out;
  }

 private:
  const int fd_;
};

int FreePort() {
  const LoopbackSocket probe;
  sockaddr_in address = LoopbackSocket::Address(0);
  socklen_t size = sizeof(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(probe.fd(), plain, size) != 0 || getsockname(probe.fd(), plain, &size) != 0) return 0;
  return ntohs(address.sin_port);
}

// The block caches, as the process tells them on its operators' port.
double CacheMb(int port) {
  const LoopbackSocket connection;
  const sockaddr_in address = LoopbackSocket::Address(port);
  if (connect(connection.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return 0;
  }
  const absl::string_view request =
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (write(connection.fd(), request.data(), request.size()) < 0) return 0;
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(connection.fd(), buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
  double bytes = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    double value = 0;
    if (absl::StartsWith(line, "jodal_store_memory_bytes{part=\"cache\"") &&
        sscanf(line.c_str() + line.rfind('}') + 1, "%lf", &value) == 1) {
      bytes += value;
    }
  }
  return bytes / 1048576;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Servers>> Servers::Create(const ServersOptions& options) {
  auto out = std::unique_ptr<Servers>(new Servers(options));
  fs::remove_all(options.dir);
  fs::create_directories(options.dir);
  // The corpus was signed under this authority.
  fs::copy(options.ca_dir, install::CaDir(options.dir), fs::copy_options::recursive);
  install::InstallOptions install;
  install.dir = options.dir;
  install.system = kSystem;
  install.processes = true;  // with mTLS: the benchmark acts for other services
  install.postgres = options.postgres;
  RETURN_IF_ERROR(install::CreateInstallation(install, absl::Now()));
  const std::string file = install::ConfigFile(options.dir);
  ASSIGN_OR_RETURN(out->config_, config::LoadConfig(file));
  for (auto& endpoint : *out->config_.mutable_services()) {
    out->tcp_[endpoint.service()] = endpoint.address();
  }
  if (!options.processes) {
    // One process listens on one address of mTLS for services and on a socket for people.
    for (auto& [service, address] : out->tcp_) address = out->tcp_["signature"];
    auto text = nlohmann::json::parse(ReadFile(file));
    for (auto& endpoint : text["services"]) {
      endpoint["address"] =
          endpoint["service"] == "bidding" ? "unix:run/jodal.sock" : out->tcp_["signature"];
    }
    out->admin_port_ = FreePort();
    text["adminAddress"] = absl::StrCat("127.0.0.1:", out->admin_port_);
    std::ofstream(file, std::ios::trunc) << text.dump(2);
    ASSIGN_OR_RETURN(out->config_, config::LoadConfig(file));
  }
  ASSIGN_OR_RETURN(const std::string master,
                   rpc::LoadSessionKey(absl::StrCat(options.dir, "/keys/session.key")));
  out->issuer_ = std::make_unique<rpc::SessionIssuer>(master, install::Services());
  return out;
}

Servers::~Servers() { Kill(); }

absl::Status Servers::Spawn(const std::string& name) {
  const std::string program = absl::StrCat(options_.bin_dir, "/jodal-", name);
  const std::string config = install::ConfigFile(options_.dir);
  fs::create_directories(options_.dir + "/log");
  fs::create_directories(options_.dir + "/run");
  const std::string log = absl::StrCat(options_.dir, "/log/", name, ".log");
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  std::string flag = "--config";
  char* argv[] = {const_cast<char*>(program.c_str()), flag.data(),
                  const_cast<char*>(config.c_str()), nullptr};
  pid_t pid = 0;
  const int error = posix_spawn(&pid, program.c_str(), &files, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) return absl::UnavailableError(absl::StrCat("cannot start ", program));
  setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 0);  // not the generator's
  pids_[name] = pid;
  return absl::OkStatus();
}

absl::Status Servers::Launch() {
  if (!options_.processes) return Spawn("allinone");
  for (const std::string& service : install::Services()) RETURN_IF_ERROR(Spawn(service));
  return absl::OkStatus();
}

absl::Status Servers::Start() {
  RETURN_IF_ERROR(Launch());
  const auto peers = PeersAs("tender");
  auto stub = jodal::log::v1::LogService::NewStub(peers->Channel("bidding"));
  const absl::Time end = absl::Now() + kStartMax;
  while (true) {
    rpc::CallOptions call;
    call.deadline = absl::Seconds(5);
    call.retry = true;
    call.metadata = {{"x-jodal-log", "bidding"}};
    const auto answer = rpc::Invoke(*stub, &jodal::log::v1::LogService::Stub::GetCheckpoint,
                                    jodal::log::v1::GetCheckpointRequest(), call);
    if (answer.ok()) return absl::OkStatus();
    for (const auto& [name, pid] : pids_) {
      if (waitpid(pid, nullptr, WNOHANG) == pid) {
        return absl::UnavailableError(absl::StrCat(
            "jodal-", name, " ended: ", ReadFile(absl::StrCat(dir(), "/log/", name, ".log"))));
      }
    }
    if (absl::Now() > end) return answer.status();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

absl::Status Servers::Stop() {
  absl::Status out = absl::OkStatus();
  for (const auto& [name, pid] : pids_) kill(pid, SIGTERM);
  for (const auto& [name, pid] : pids_) {
    int status = 0;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      out = absl::InternalError(absl::StrCat("jodal-", name, " ended with status ", status));
    }
  }
  pids_.clear();
  return out;
}

void Servers::Kill() {
  for (const auto& [name, pid] : pids_) kill(pid, SIGKILL);
  for (const auto& [name, pid] : pids_) waitpid(pid, nullptr, 0);
  pids_.clear();
}

std::vector<pid_t> Servers::Pids() const {
  std::vector<pid_t> out;
  for (const auto& [name, pid] : pids_) out.push_back(pid);
  return out;
}

Usage Servers::Measure() const {
  Usage out;
  for (const auto& [name, pid] : pids_) {
    const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
    std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 2)));
    std::string skipped;
    double user = 0, system = 0;
    for (int i = 0; i < 11; ++i) fields >> skipped;  // state ... cmajflt
    fields >> user >> system;
    out.cpu_s += (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    std::istringstream status(ReadFile(absl::StrCat("/proc/", pid, "/status")));
    for (std::string line; std::getline(status, line);) {
      double kb = 0;
      if (sscanf(line.c_str(), "VmRSS: %lf", &kb) == 1) out.rss_mb += kb / 1024;
      if (sscanf(line.c_str(), "RssAnon: %lf", &kb) == 1) out.anon_mb += kb / 1024;
    }
  }
  if (admin_port_ != 0) out.cache_mb = CacheMb(admin_port_);
  return out;
}

double Servers::DiskMb(const std::string& service) const {
  double bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(fs::path(config_.data_dir()) / service, error), end;
       !error && it != end; it.increment(error)) {
    std::error_code gone;
    if (it->is_regular_file(gone)) {
      const auto size = it->file_size(gone);
      if (!gone) bytes += static_cast<double>(size);
    }
  }
  return bytes / 1e6;
}

std::unique_ptr<rpc::Peers> Servers::PeersTo(const std::string& as,
                                             std::map<std::string, std::string> addresses) const {
  rpc::NetworkPeers::Options options;
  options.service = as;
  options.addresses = std::move(addresses);
  auto tls = rpc::LoadTlsIdentity(config_.tls().ca_file(), config_.tls().dir(), as);
  if (tls.ok()) options.tls = *std::move(tls);
  return std::make_unique<rpc::NetworkPeers>(std::move(options));
}

std::unique_ptr<rpc::Peers> Servers::PeersAs(const std::string& name) const {
  return PeersTo(name, tcp_);
}

std::unique_ptr<rpc::Peers> Servers::BidPeers() const {
  std::map<std::string, std::string> addresses;
  for (const auto& endpoint : config_.services())
    addresses[endpoint.service()] = endpoint.address();
  return PeersTo("client", std::move(addresses));
}

log::LogIdentity Servers::BiddingLog() const {
  log::LogIdentity out;
  out.origin = config::LogOrigin({.system = kSystem, .training = true, .service = "bidding"});
  const auto key = crypto::Ed25519PrivateKey::LoadPem(dir() + "/keys/log-bidding.pem");
  if (key.ok()) out.public_key = key->public_key();
  return out;
}

}  // namespace jodal::bench
