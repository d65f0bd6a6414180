#include "tests/conformance/cutting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace jodal::conformance {
namespace {

constexpr char kSocketName[] = "/.s.PGSQL.5432";

sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) std::abort();
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool SendAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& server_dir) : server_path_(server_dir + kSocketName) {
  std::string pattern = "/tmp/jodal_proxy_XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  dir_ = pattern;
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(dir_ + kSocketName);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 64) != 0) {
    std::abort();
  }
  acceptor_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  {
    absl::MutexLock lock(&mu_);
    closing_ = true;
    holding_ = false;
    for (const int fd : sockets_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void CuttingProxy::SetPlan(Plan plan) {
  absl::MutexLock lock(&mu_);
  plan_ = std::move(plan);
}

void CuttingProxy::Admit() {
  absl::MutexLock lock(&mu_);
  refusing_ = holding_ = false;
}

void CuttingProxy::AwaitCut() {
  const auto done = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return plan_.cut == Cut::kNothing; };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&done));
}

void CuttingProxy::Accept() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    absl::MutexLock lock(&mu_);
    if (closing_ || refusing_) {
      close(client);
      if (closing_) return;
      continue;
    }
    threads_.emplace_back([this, client] { Serve(client); });
  }
}

void CuttingProxy::Serve(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(server_path_);
  bool alive = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  {
    absl::MutexLock lock(&mu_);
    sockets_.insert({client, server});
    alive = alive && !closing_;
  }
  bool lose_answer = false;
  char buffer[1 << 16];
  while (alive) {
    pollfd fds[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[0].revents != 0) {
      const ssize_t n = recv(client, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      const absl::string_view bytes(buffer, static_cast<size_t>(n));
      absl::MutexLock lock(&mu_);
      if (plan_.cut != Cut::kNothing && bytes.find(plan_.mark) != absl::string_view::npos) {
        refusing_ = refusing_ || plan_.refuse;
        if (plan_.cut == Cut::kRequest) {
          plan_.cut = Cut::kNothing;
          break;
        }
        lose_answer = plan_.cut == Cut::kAnswer;
        if (plan_.cut == Cut::kHold) {
          const auto admitted = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !holding_; };
          holding_ = true;
          plan_.cut = Cut::kNothing;
          mu_.Await(absl::Condition(&admitted));
        }
      }
      alive = SendAll(server, bytes);
    }
    if (fds[1].revents != 0) {
      const ssize_t n = recv(server, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      if (lose_answer) {
        // What the server has answered to, it has done.
        absl::MutexLock lock(&mu_);
        plan_.cut = Cut::kNothing;
        break;
      }
      alive = SendAll(client, {buffer, static_cast<size_t>(n)});
    }
  }
  absl::MutexLock lock(&mu_);
  sockets_.erase(client);
  sockets_.erase(server);
  close(client);
  close(server);
}

}  // namespace jodal::conformance
