#include "common/base/waiting.h"

#include <utility>

namespace jodal {
namespace {

thread_local WaitObserver* observer = nullptr;

}  // namespace

void SetWaitObserver(WaitObserver* set) { observer = set; }

ScopedWait::ScopedWait() : observer_(std::exchange(observer, nullptr)) {
  if (observer_ != nullptr) observer_->BeginWait();
}

ScopedWait::~ScopedWait() {
  if (observer_ == nullptr) return;
  observer_->EndWait();
  observer = observer_;
}

}  // namespace jodal
