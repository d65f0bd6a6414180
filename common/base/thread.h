// What the operating system is told about the calling thread.
#ifndef JODAL_COMMON_BASE_THREAD_H_
#define JODAL_COMMON_BASE_THREAD_H_

#include <string>

namespace jodal {

// Shows in top -H, perf and core dumps; cut off after 15 bytes.
void NameThread(const std::string& name);

// This thread's work can wait: when the cores are busy it gets a sixtieth of what others get. For work
// that may lag and must not cost anybody a bid.
void LowerThreadPriority();

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_THREAD_H_
