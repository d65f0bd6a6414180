#include "common/rpc/call_gate.h"

namespace jodal::rpc {

CallGate::Pass CallGate::Enter(absl::FunctionRef<bool()> from_inside) {
  {
    absl::MutexLock lock(&mu_);
    if (!closed_) {
      ++under_way_;
      return Pass(this);
    }
    if (abandoned_) return Pass();
  }
  if (!from_inside()) return Pass();
  absl::MutexLock lock(&mu_);
  ++under_way_;
  return Pass(this);
}

void CallGate::Leave() {
  absl::MutexLock lock(&mu_);
  --under_way_;
}

void CallGate::Close() {
  absl::MutexLock lock(&mu_);
  closed_ = true;
}

bool CallGate::AwaitIdle(absl::Duration timeout) {
  const auto idle = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return under_way_ == 0; };
  absl::MutexLock lock(&mu_);
  closed_ = true;
  return mu_.AwaitWithTimeout(absl::Condition(&idle), timeout);
}

void CallGate::Abandon() {
  absl::MutexLock lock(&mu_);
  closed_ = abandoned_ = true;
}

bool CallGate::abandoned() const {
  absl::MutexLock lock(&mu_);
  return abandoned_;
}

}  // namespace jodal::rpc
