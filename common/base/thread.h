// The name, priority and time slice of the calling thread, and its role for thread-safety analysis.
#ifndef JODAL_COMMON_BASE_THREAD_H_
#define JODAL_COMMON_BASE_THREAD_H_

#include <string>

#include "absl/base/thread_annotations.h"

namespace jodal {

// Shows in top -H, perf and core dumps; cut off after 15 bytes.
void NameThread(const std::string& name);

// The share of a core that a thread gets while the cores are busy, below that of threads that read
// requests and send answers. Lower no further than needed: a thread that never runs keeps its
// locks.
enum class ThreadPriority {
  kWork,        // half of it
  kBackground,  // less than work: may lag behind for as long as it takes
};
void LowerThreadPriority(ThreadPriority priority);

// For a thread that waits often and then has little to do: asks for a core as soon as the wait
// ends, in turns of 0.1 ms, but for no larger share of it. Linux follows this hint from 6.12 on;
// threads started by this one inherit it.
void ShortenThreadSlice();

// The role of one thread, for clang's thread-safety analysis (docs/style.md): only the thread that
// has the role uses what is ABSL_GUARDED_BY it. Costs nothing at run time.
class ABSL_LOCKABLE ThreadPart {};

// The calling thread has the role for as long as this lives.
class ABSL_SCOPED_LOCKABLE PlayPart {
 public:
  explicit PlayPart(ThreadPart& part) ABSL_EXCLUSIVE_LOCK_FUNCTION(part) {}
  ~PlayPart() ABSL_UNLOCK_FUNCTION() {}
};

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_THREAD_H_
