// Lets a process end without cutting its calls short: counts the calls under way. Once closed, it
// refuses new calls from outside, while calls under way may still call within the process.
//
// This gRPC (1.51) jumps to a null pointer when a call is begun on the in-process channel of a
// server that has shut down. So a server is only shut down when nothing is under way that could
// begin one.
#ifndef JODAL_COMMON_RPC_CALL_GATE_H_
#define JODAL_COMMON_RPC_CALL_GATE_H_

#include <cstddef>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace jodal::rpc {

// Thread-safe. Outlives its passes.
class CallGate {
 public:
  // A call is under way as long as its pass lives. An empty one was refused.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    friend class CallGate;
    explicit Pass(CallGate* gate) : gate_(gate) {}
    CallGate* gate_ = nullptr;
  };

  // `from_inside` is asked only while the gate is closed: is it a call of this process itself?
  Pass Enter(absl::FunctionRef<bool()> from_inside);

  // From now on nobody enters from outside.
  void Close();
  // Closes; true once nothing is under way, false if the time runs out.
  bool AwaitIdle(absl::Duration timeout);
  // Closes; calls that have entered but not begun are to be refused as well.
  void Abandon();
  bool abandoned() const;

 private:
  void Leave();

  mutable absl::Mutex mu_;
  size_t under_way_ ABSL_GUARDED_BY(mu_) = 0;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  bool abandoned_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_CALL_GATE_H_
