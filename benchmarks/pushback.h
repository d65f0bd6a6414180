// A client's obedience: once a peer has said that it is busy and for how long, calls to it are
// refused here for that time, with the same error and what is left of the time, and cost the peer
// nothing. A busy peer would otherwise spend its time on saying so. The load generator sends for
// many; a single client just waits and tries again (common/rpc/call.h).
#ifndef JODAL_BENCHMARKS_PUSHBACK_H_
#define JODAL_BENCHMARKS_PUSHBACK_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace jodal::bench {

// One for each peer. Thread-safe, without locks. `now_ns` is any clock that does not go back.
class Pushback {
 public:
  // OK, or RESOURCE_EXHAUSTED SERVER_BUSY with the time to wait: do not call.
  absl::Status Admit(int64_t now_ns) const;
  // What a call has answered. Only RESOURCE_EXHAUSTED with a retry hint counts.
  void Observe(const absl::Status& answer, int64_t now_ns);

 private:
  std::atomic<int64_t> closed_until_ns_{0};
};

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_PUSHBACK_H_
