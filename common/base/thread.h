// What the operating system is told about the calling thread.
#ifndef JODAL_COMMON_BASE_THREAD_H_
#define JODAL_COMMON_BASE_THREAD_H_

#include <string>

namespace jodal {

// Shows in top -H, perf and core dumps; cut off after 15 bytes.
void NameThread(const std::string& name);

// How much this thread's work can wait when the cores are busy. Not more than is needed: a thread
// that never runs keeps the locks that it holds.
enum class Patience {
  kWork,        // half of what a thread gets that reads requests and answers them
  kBackground,  // less than work: may lag behind for as long as it takes
};
void LowerThreadPriority(Patience patience);

// For a thread that waits often and then has little to do: it gets a core as soon as what it waited
// for has happened, in turns of 0.1 ms. Not more of the core than others get. A hint, which Linux
// takes from 6.12 on, and which threads inherit that this one starts.
void ShortenThreadSlice();

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_THREAD_H_
