#include "common/base/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace jodal {
namespace {

constexpr int kLowerBy = 19;  // nice levels; each is a factor of 1.25

}  // namespace

void NameThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

void LowerThreadPriority() {
  // On Linux the priority of "process" tid is the thread's. It can always be lowered.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowerBy);
}

}  // namespace jodal
