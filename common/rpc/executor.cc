#include "common/rpc/executor.h"

#include <algorithm>
#include <utility>

#include "common/base/thread.h"

namespace jodal::rpc {

Executor::Executor(size_t threads, size_t queue_max, const std::string& name)
    : queue_max_(queue_max), running_max_(std::max(2u, std::thread::hardware_concurrency())) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, name] {
      NameThread(name);
      // In a burst, reading requests and refusing those that are too many comes before work.
      LowerThreadPriority(ThreadPriority::kWork);
      SetWaitObserver(this);
      Run();
    });
  }
}

Executor::~Executor() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (auto& thread : threads_) thread.join();
}

bool Executor::TrySubmit(std::function<void()> task) {
  absl::MutexLock lock(&mu_);
  if (stopping_ || queue_.size() >= queue_max_) return false;
  queue_.push_back(std::move(task));
  return true;
}

size_t Executor::queued() const {
  absl::MutexLock lock(&mu_);
  return queue_.size();
}

void Executor::BeginWait() {
  absl::MutexLock lock(&mu_);
  --running_;
}

// Continues at once, even if running_max_ others run already: the result it waited for is there.
void Executor::EndWait() {
  absl::MutexLock lock(&mu_);
  ++running_;
}

bool Executor::MayGoOn() const { return queue_.empty() ? stopping_ : running_ < running_max_; }

void Executor::Run() {
  // One condition shared by all threads: the mutex evaluates it once and not once a thread.
  const absl::Condition may_go_on(this, &Executor::MayGoOn);
  absl::MutexLock lock(&mu_);
  while (true) {
    mu_.Await(may_go_on);
    if (queue_.empty()) return;
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    mu_.Unlock();
    task();
    task = nullptr;
    mu_.Lock();
    --running_;
  }
}

}  // namespace jodal::rpc
