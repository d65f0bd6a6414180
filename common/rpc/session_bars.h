// The organisations whose open sessions do not count for now. A token is checked offline and lasts
// for hours; with the bars a service refuses it within moments of a suspension.
#ifndef JODAL_COMMON_RPC_SESSION_BARS_H_
#define JODAL_COMMON_RPC_SESSION_BARS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/caller.h"

namespace jodal::rpc {

// An organisation is barred, or admitted again, from now on.
struct SessionChange {
  std::string organization_id;
  bool barred = true;
};

// In memory. Every call is checked against it; common/host/session_feed.h fills it. Thread-safe.
class SessionBars {
 public:
  // `seq` is the log entry that made the change. An entry older than the last one applied to the
  // organisation changes nothing.
  void Apply(const SessionChange& change, uint64_t seq);
  // UNAUTHENTICATED SESSION_BARRED if the person's organisation is barred.
  absl::Status Check(const Principal& principal) const;

 private:
  struct Known {
    uint64_t seq = 0;
    bool barred = false;
  };
  mutable absl::Mutex mu_;
  std::map<std::string, Known> organizations_ ABSL_GUARDED_BY(mu_);
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_SESSION_BARS_H_
