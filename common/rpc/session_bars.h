// The organisations whose open sessions do not count for now. A token is checked offline and lasts
// for hours; with the bars a service refuses it within moments of a suspension.
#ifndef JODAL_COMMON_RPC_SESSION_BARS_H_
#define JODAL_COMMON_RPC_SESSION_BARS_H_

#include <map>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/rpc/caller.h"

namespace jodal::rpc {

// An organisation may not act from one instant to another.
struct SessionBar {
  std::string organization_id;
  std::string id;
  std::string replaces;  // id of the bar in whose place this one stands; "" for none
  absl::Time from;
  absl::Time to;  // exclusive
};

// In memory. Every call is checked against it; common/host/session_feed.h fills it. A bar begins
// and ends without a further entry. Thread-safe.
class SessionBars {
 public:
  // Bars may come in any order, and more than once.
  void Apply(const SessionBar& bar);
  // UNAUTHENTICATED SESSION_BARRED if the person's organisation is barred at `now`.
  absl::Status Check(const Principal& principal, absl::Time now) const;

 private:
  struct Period {
    absl::Time from;
    absl::Time to;
  };
  struct Known {
    std::map<std::string, Period> bars;  // by id
    std::set<std::string> replaced;      // ids
  };
  mutable absl::Mutex mu_;
  std::map<std::string, Known> organizations_ ABSL_GUARDED_BY(mu_);
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_SESSION_BARS_H_
