// A fixed set of threads behind a bounded queue, no more of them running than there are cores.
//
// More running threads would finish nothing sooner and would take the processor from those that
// read requests, refuse them and commit. Tasks that wait (common/base/waiting.h) do not count.
#ifndef JODAL_COMMON_RPC_EXECUTOR_H_
#define JODAL_COMMON_RPC_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/base/waiting.h"

namespace jodal::rpc {

// Thread-safe. The destructor runs what is queued, then joins.
class Executor : private WaitObserver {
 public:
  // `name` is what the threads are called in the system's tools.
  Executor(size_t threads, size_t queue_max, const std::string& name = "executor");
  ~Executor() override;

  // False, and `task` is not run, if the queue is full or the executor is stopping.
  bool TrySubmit(std::function<void()> task);
  size_t queued() const;

 private:
  void Run();
  bool MayGoOn() const ABSL_SHARED_LOCKS_REQUIRED(mu_);
  void BeginWait() override;
  void EndWait() override;

  const size_t queue_max_;
  const size_t running_max_;
  mutable absl::Mutex mu_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mu_);
  size_t running_ ABSL_GUARDED_BY(mu_) = 0;  // tasks that do not wait
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_EXECUTOR_H_
