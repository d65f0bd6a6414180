#include "services/bidding/engine/worker.h"

#include "services/bidding/limits.h"

namespace jodal::bidding {

void Worker::Start() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = false;
  }
  // Both loops need the agenda, so the first step of the closer, which retries, builds it.
  closer_ = std::thread([this] {
    bool recovered = false;
    Loop("close", [this, &recovered]() -> absl::Status {
      if (!recovered) {
        if (absl::Status status = engine_->Recover(); !status.ok()) return status;
        recovered = true;
      }
      return engine_->CloseDue();
    });
  });
  opener_ = std::thread([this] {
    Loop("open", [this] { return engine_->OpenPending([this] { return stopping(); }); });
  });
}

void Worker::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (closer_.joinable()) closer_.join();
  if (opener_.joinable()) opener_.join();
}

bool Worker::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void Worker::Loop(absl::string_view what, const std::function<absl::Status()>& step) {
  while (true) {
    const absl::Status status = step();
    if (!status.ok()) on_error_(what, status);
    absl::MutexLock lock(&mu_);
    if (mu_.AwaitWithTimeout(absl::Condition(&stopping_), status.ok() ? kWorkPeriod : kWorkRetry)) {
      return;
    }
  }
}

}  // namespace jodal::bidding
