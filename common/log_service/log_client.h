// Reading another service's log.
#ifndef JODAL_COMMON_LOG_SERVICE_LOG_CLIENT_H_
#define JODAL_COMMON_LOG_SERVICE_LOG_CLIENT_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/ledger/follower.h"
#include "common/rpc/peers.h"

namespace grpc {
class Channel;
}

namespace jodal::log_service {

// Metadata that names the log of `service`, for calls of LogService: goes into
// rpc::CallOptions::metadata.
std::map<std::string, std::string> LogMetadata(const std::string& service);

// For ledger::Follower: reads the log of `service` over one WatchEntries stream, opened again when
// it breaks or another position is asked for; of the entries of `types` only, if there are any.
// Waits up to a second for the next entry; an error (UNAVAILABLE while the peer is away) is for the
// follower to retry. One follower per function: it is called from one thread at a time. Ends its
// stream when the last copy of it is destroyed.
ledger::Follower::Fetch RemoteLogFetch(std::shared_ptr<grpc::Channel> channel, std::string service,
                                       std::vector<std::string> types = {});

// As above; takes the channel at the first fetch. `peers` outlives the function.
ledger::Follower::Fetch RemoteLogFetch(rpc::Peers* peers, std::string service,
                                       std::vector<std::string> types = {});

}  // namespace jodal::log_service

#endif  // JODAL_COMMON_LOG_SERVICE_LOG_CLIENT_H_
