// What the operating system is told about the calling thread.
#ifndef JODAL_COMMON_BASE_THREAD_H_
#define JODAL_COMMON_BASE_THREAD_H_

#include <string>

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

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_THREAD_H_
