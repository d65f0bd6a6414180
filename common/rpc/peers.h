// How a service reaches the others: by name, through the generated stubs, over mTLS or in process.
#ifndef JODAL_COMMON_RPC_PEERS_H_
#define JODAL_COMMON_RPC_PEERS_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace jodal::rpc {

// Thread-safe. Channels connect lazily, so peers may start in any order.
class Peers {
 public:
  virtual ~Peers() = default;
  // The channel to `service` ("registration", "tender", ...). Never null; the stub's calls answer
  // UNAVAILABLE while the peer is away.
  virtual std::shared_ptr<grpc::Channel> Channel(absl::string_view service) = 0;
};

// The deadline of every call between services unless the caller knows better.
inline constexpr absl::Duration kPeerDeadline = absl::Seconds(10);

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_PEERS_H_
