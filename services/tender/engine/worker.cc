#include "services/tender/engine/worker.h"

#include "services/tender/limits.h"

namespace jodal::tender {

void Worker::Start() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = false;
  }
  thread_ = std::thread([this] { Loop(); });
}

void Worker::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool Worker::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void Worker::Loop() {
  bool recovered = false;
  while (!stopping()) {
    absl::Status status;
    if (!recovered) {
      status = engine_->Recover();
      recovered = status.ok();
    }
    status.Update(engine_->FinishPending([this] { return stopping(); }));
    if (!status.ok()) on_error_(status);
    absl::MutexLock lock(&mu_);
    mu_.AwaitWithTimeout(absl::Condition(&stopping_), kWorkPeriod);
  }
}

}  // namespace jodal::tender
