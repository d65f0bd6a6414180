#include "common/base/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace jodal {
namespace {

// Nice levels; each is a factor of 1.25.
constexpr int kWorkLevel = 3;
constexpr int kBackgroundLevel = 5;

}  // namespace

void NameThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

void LowerThreadPriority(Patience patience) {
  // On Linux the priority of "process" tid is the thread's. It can always be lowered.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
              patience == Patience::kWork ? kWorkLevel : kBackgroundLevel);
}

}  // namespace jodal
