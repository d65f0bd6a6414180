// Two background threads: one closes the boxes that are due, one opens bids.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_WORKER_H_
#define JODAL_SERVICES_BIDDING_ENGINE_WORKER_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/bidding/engine/bidding_engine.h"

namespace jodal::bidding {

// Looks at the engine's clock every kWorkPeriod, so that it follows a training clock that is moved;
// after an error it waits kWorkRetry of the machine's time. Start and Stop from one thread.
class Worker {
 public:
  using OnError = std::function<void(absl::string_view what, const absl::Status& status)>;
  // `engine` outlives the worker. `on_error` is called on the worker's threads.
  Worker(BiddingEngine* engine, OnError on_error)
      : engine_(engine), on_error_(std::move(on_error)) {}
  ~Worker() { Stop(); }

  // Recovers the agenda, closes what is due, then goes on in the background.
  void Start();
  // Returns when both threads have ended: after the commit under way.
  void Stop();

 private:
  void Loop(absl::string_view what, const std::function<absl::Status()>& step);
  bool stopping() const;

  BiddingEngine* const engine_;
  const OnError on_error_;
  mutable absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread closer_;
  std::thread opener_;
};

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_WORKER_H_
