// Channels to the other services: over sockets with mTLS, or inside the process.
#ifndef JODAL_COMMON_RPC_NETWORK_PEERS_H_
#define JODAL_COMMON_RPC_NETWORK_PEERS_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/peers.h"

namespace grpc {
class Server;
}  // namespace grpc

namespace jodal::rpc {

// No message of ours is larger: a signed document (1 MiB) with its receipt, a page of a log (2
// MiB).
inline constexpr int kMessageBytesMax = 4 << 20;
inline constexpr int kMetadataBytesMax = 16 << 10;

// One party's certificate and key with the authority that all parties trust, as PEM text.
struct TlsIdentity {
  std::string ca_pem;
  std::string cert_pem;
  std::string key_pem;
};

// Reads <dir>/<name>.pem and <dir>/<name>.key. NOT_FOUND FILE_MISSING; FAILED_PRECONDITION
// KEY_FILE_PERMISSIONS if others than the owner can read the key.
absl::StatusOr<TlsIdentity> LoadTlsIdentity(const std::string& ca_file, const std::string& dir,
                                            const std::string& name);

class NetworkPeers : public Peers {
 public:
  struct Options {
    std::string service;                           // the caller: "tender", or "client" for people
    std::map<std::string, std::string> addresses;  // by service: "unix:/path", "127.0.0.1:7001"
    std::set<std::string> in_this_process;         // services that this process itself serves
    std::optional<TlsIdentity> tls;                // for all that is not a unix socket
  };
  explicit NetworkPeers(Options options);
  // A service without an address, or a TCP address without `tls`, answers UNAVAILABLE for ever.
  std::shared_ptr<grpc::Channel> Channel(absl::string_view service) override;

 private:
  const Options options_;
  absl::Mutex mu_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mu_);
};

// Services of this process are called without a socket once the server runs; a channel asked for
// earlier goes through `fallback` (their own socket) and keeps working. All others go through
// `fallback`, which may be null if there are none.
class InProcessPeers : public Peers {
 public:
  InProcessPeers(std::string service, std::set<std::string> in_this_process,
                 std::unique_ptr<Peers> fallback);
  // `server` outlives the channels; null before it is destroyed.
  void SetServer(grpc::Server* server);
  std::shared_ptr<grpc::Channel> Channel(absl::string_view service) override;

 private:
  const std::string service_;
  const std::set<std::string> in_this_process_;
  const std::unique_ptr<Peers> fallback_;
  absl::Mutex mu_;
  grpc::Server* server_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::shared_ptr<grpc::Channel> channel_ ABSL_GUARDED_BY(mu_);
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_NETWORK_PEERS_H_
