#include "services/bidding/engine/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace jodal::bidding {

absl::Status ForEachParallel(size_t count, size_t threads,
                             absl::FunctionRef<absl::Status(size_t)> each) {
  std::atomic<size_t> next = 0;
  absl::Mutex mu;
  size_t failed = count;  // the smallest index that failed
  absl::Status first;
  // Indexes are taken in order, so whoever fails has left no smaller one untaken; those under way
  // are finished.
  std::atomic<bool> stop = false;
  const auto work = [&] {
    for (size_t at; !stop && (at = next.fetch_add(1)) < count;) {
      absl::Status status = each(at);
      if (status.ok()) continue;
      stop = true;
      absl::MutexLock lock(&mu);
      if (at < failed) {
        failed = at;
        first = std::move(status);
      }
    }
  };
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < std::min(threads, count); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return first;
}

}  // namespace jodal::bidding
