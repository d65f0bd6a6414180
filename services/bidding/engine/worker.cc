#include "services/bidding/engine/worker.h"

#include "services/bidding/limits.h"

namespace jodal::bidding {

void Worker::Start() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = false;
  }
  opener_ = std::thread([this] { Loop(); });
}

void Worker::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (opener_.joinable()) opener_.join();
}

bool Worker::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void Worker::Loop() {
  bool recovered = false;
  while (true) {
    absl::Status status;
    if (!recovered) {
      status = engine_->Recover();
      recovered = status.ok();
    }
    if (recovered) status = engine_->OpenPending([this] { return stopping(); });
    if (!status.ok()) on_error_(status);
    absl::MutexLock lock(&mu_);
    if (mu_.AwaitWithTimeout(absl::Condition(&stopping_), status.ok() ? kWorkPeriod : kWorkRetry)) {
      return;
    }
  }
}

}  // namespace jodal::bidding
