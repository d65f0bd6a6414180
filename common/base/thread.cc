#include "common/base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace jodal {
namespace {

// Nice levels; each is a factor of 1.25.
constexpr int kWorkLevel = 3;
constexpr int kBackgroundLevel = 5;

// struct sched_attr of sched_setattr(2). Debian 12's C library has none, and the kernel's header
// cannot be included beside <sched.h>.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = SCHED_OTHER;
  uint64_t flags = 0x08;  // SCHED_FLAG_KEEP_POLICY
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
};

}  // namespace

void NameThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

void LowerThreadPriority(ThreadPriority priority) {
  // On Linux the priority of "process" tid is the thread's. It can always be lowered.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
              priority == ThreadPriority::kWork ? kWorkLevel : kBackgroundLevel);
}

void ShortenThreadSlice() {
  SchedulingAttributes attributes;
  attributes.nice = getpriority(PRIO_PROCESS, 0);
  attributes.runtime_ns = 100'000;  // the shortest that there is
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace jodal
