// The thread that opens bids. Beside the one of the deadlines, so that no box stays open longer
// because others are being opened.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_WORKER_H_
#define JODAL_SERVICES_BIDDING_ENGINE_WORKER_H_

#include <functional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/bidding/engine/bidding_engine.h"

namespace jodal::bidding {

// Looks every kWorkPeriod; after an error it waits kWorkRetry. Start and Stop from one thread.
class Worker {
 public:
  // `engine` outlives the worker. `on_error` is called on the worker's thread.
  Worker(BiddingEngine* engine, std::function<void(const absl::Status&)> on_error)
      : engine_(engine), on_error_(std::move(on_error)) {}
  ~Worker() { Stop(); }

  void Start();
  // Returns when the thread has ended: after the commit under way.
  void Stop();

 private:
  void Loop();
  bool stopping() const;

  BiddingEngine* const engine_;
  const std::function<void(const absl::Status&)> on_error_;
  mutable absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread opener_;
};

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_WORKER_H_
