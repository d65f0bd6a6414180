// Keeps SessionBars up to date: follows the log of the service that opens sessions, and stores the
// bars that it read there in a ledger of this process, so that a restart begins with them.
//
//   "~follower/sessions/bar/<organization id>/<bar id>"  shard 0: u64be from ‖ u64be to, both Unix
//   ns, ‖ id of the bar that it replaces
//
// While the followed service cannot be reached, what is known stays: nobody is shut out and no bar
// is lifted because a peer is away.
#ifndef JODAL_COMMON_HOST_SESSION_FEED_H_
#define JODAL_COMMON_HOST_SESSION_FEED_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/ledger/follower.h"
#include "common/rpc/session_bars.h"

namespace jodal::host {

// The service whose log has the changes, and how to read an entry of it.
struct SessionSource {
  std::string service;
  // nullopt: the entry says nothing about sessions. An error is tried again, for ever.
  std::function<absl::StatusOr<std::optional<rpc::SessionBar>>(const ledger::LoggedEntry&)> read;
};

class SessionFeed {
 public:
  struct Options {
    ledger::Ledger* own = nullptr;     // outlives the feed
    rpc::SessionBars* bars = nullptr;  // outlives the feed
    SessionSource source;
    ledger::Follower::Fetch fetch;                                           // of the source's log
    std::function<void(uint64_t seq, const absl::Status& status)> on_error;  // may be empty
  };
  // Fills the bars with what an earlier run of the process stored. Errors of the own ledger's View;
  // DATA_LOSS SESSION_BARS_DAMAGED.
  static absl::StatusOr<std::unique_ptr<SessionFeed>> Create(Options options);

  absl::Status Start() { return follower_->Start(); }
  void Stop() { follower_->Stop(); }

 private:
  SessionFeed() = default;
  std::unique_ptr<ledger::Follower> follower_;
};

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_SESSION_FEED_H_
