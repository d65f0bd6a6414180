#include "common/metrics/admin_server.h"

#include <civetweb.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/metrics/errors.h"
#include "common/metrics/metrics.h"
#include "common/status/error.h"

namespace jodal::metrics {
namespace {

int Answer(mg_connection* connection, int code, const std::string& body) {
  const std::string head = absl::StrCat(
      "HTTP/1.1 ", code,
      code == 200   ? " OK"
      : code == 405 ? " Method Not Allowed"
                    : " Service Unavailable",
      "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ", body.size(),
      "\r\nConnection: close\r\n\r\n");
  mg_write(connection, head.data(), head.size());
  if (std::strcmp(mg_get_request_info(connection)->request_method, "HEAD") != 0) {
    mg_write(connection, body.data(), body.size());
  }
  return code;
}

bool IsRead(mg_connection* connection) {
  const char* method = mg_get_request_info(connection)->request_method;
  return std::strcmp(method, "GET") == 0 || std::strcmp(method, "HEAD") == 0;
}

class AdminServerImpl : public AdminServer {
 public:
  explicit AdminServerImpl(Ready ready) : ready_(std::move(ready)) { mg_init_library(0); }
  ~AdminServerImpl() override {
    if (context_ != nullptr) mg_stop(context_);
    mg_exit_library();
  }

  absl::Status Listen(const std::string& address) {
    const char* options[] = {"listening_ports",    address.c_str(), "num_threads", "2",
                             "request_timeout_ms", "5000",          nullptr};
    mg_callbacks callbacks = {};
    context_ = mg_start(&callbacks, nullptr, options);
    if (context_ == nullptr) {
      return MakeError(kErrors["ADMIN_LISTEN_FAILED"], absl::StrCat("cannot listen on ", address),
                       {{"address", address}});
    }
    mg_set_request_handler(context_, "/metrics$", &AdminServerImpl::Metrics, this);
    mg_set_request_handler(context_, "/healthz$", &AdminServerImpl::Health, this);
    mg_set_request_handler(context_, "/readyz$", &AdminServerImpl::Readiness, this);
    mg_server_port port = {};
    if (mg_get_server_ports(context_, 1, &port) == 1) port_ = port.port;
    return absl::OkStatus();
  }

  int port() const override { return port_; }

 private:
  static int Metrics(mg_connection* connection, void*) {
    return IsRead(connection) ? Answer(connection, 200, Exposition()) : Answer(connection, 405, "");
  }
  static int Health(mg_connection* connection, void*) {
    return IsRead(connection) ? Answer(connection, 200, "ok\n") : Answer(connection, 405, "");
  }
  static int Readiness(mg_connection* connection, void* self) {
    if (!IsRead(connection)) return Answer(connection, 405, "");
    const absl::Status ready = static_cast<AdminServerImpl*>(self)->ready_();
    return ready.ok() ? Answer(connection, 200, "ok\n")
                      : Answer(connection, 503, absl::StrCat(ErrorReason(ready), "\n"));
  }

  const Ready ready_;
  mg_context* context_ = nullptr;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& address,
                                                                Ready ready) {
  auto server = std::make_unique<AdminServerImpl>(std::move(ready));
  absl::Status status = server->Listen(address);
  if (!status.ok()) return status;
  return std::unique_ptr<AdminServer>(std::move(server));
}

}  // namespace jodal::metrics
