// The thread that finishes what a request could not: publications and cancellations that wait for
// the bidding service.
#ifndef JODAL_SERVICES_TENDER_ENGINE_WORKER_H_
#define JODAL_SERVICES_TENDER_ENGINE_WORKER_H_

#include <functional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/tender/engine/tender_engine.h"

namespace jodal::tender {

// Recovers once, then looks every kWorkPeriod. Start and Stop from one thread.
class Worker {
 public:
  // `engine` outlives the worker; `on_error` is called on its thread.
  Worker(TenderEngine* engine, std::function<void(const absl::Status&)> on_error)
      : engine_(engine), on_error_(std::move(on_error)) {}
  ~Worker() { Stop(); }

  void Start();
  // Returns when the thread has ended: after the call under way.
  void Stop();

 private:
  void Loop();
  bool stopping() const;

  TenderEngine* const engine_;
  const std::function<void(const absl::Status&)> on_error_;
  mutable absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ENGINE_WORKER_H_
