// The operators' HTTP port, on loopback: GET /metrics, /healthz (the process lives) and /readyz
// (200 while it serves, else 503 with the reason).
#ifndef JODAL_COMMON_METRICS_ADMIN_SERVER_H_
#define JODAL_COMMON_METRICS_ADMIN_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace jodal::metrics {

class AdminServer {
 public:
  // OK while the process serves. Called from the server's threads.
  using Ready = std::function<absl::Status()>;

  // `address` is "127.0.0.1:9090"; port 0 takes a free one. UNAVAILABLE ADMIN_LISTEN_FAILED.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& address,
                                                            Ready ready);
  virtual ~AdminServer() = default;  // closes the port and waits for its requests
  virtual int port() const = 0;
};

}  // namespace jodal::metrics

#endif  // JODAL_COMMON_METRICS_ADMIN_SERVER_H_
