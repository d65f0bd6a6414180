// A fixed set of threads behind a bounded queue.
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

namespace jodal::rpc {

// Thread-safe. The destructor runs what is queued, then joins.
class Executor {
 public:
  // `name` is what the threads are called in the system's tools.
  Executor(size_t threads, size_t queue_max, const std::string& name = "executor");
  ~Executor();

  // False, and `task` is not run, if the queue is full or the executor is stopping.
  bool TrySubmit(std::function<void()> task);
  size_t queued() const;

 private:
  void Run();
  const size_t queue_max_;
  mutable absl::Mutex mu_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_EXECUTOR_H_
