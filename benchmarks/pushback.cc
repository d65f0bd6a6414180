#include "benchmarks/pushback.h"

#include <algorithm>
#include <optional>

#include "common/rpc/status.h"

namespace jodal::bench {
namespace {

// A peer that asks for more may be wrong or worse; ask it again after this.
constexpr absl::Duration kHintMax = absl::Seconds(5);

}  // namespace

absl::Status Pushback::Admit(int64_t now_ns) const {
  const int64_t left_ns = closed_until_ns_.load(std::memory_order_relaxed) - now_ns;
  if (left_ns <= 0) return absl::OkStatus();
  return rpc::ServerBusyError(absl::Nanoseconds(left_ns));
}

void Pushback::Observe(const absl::Status& answer, int64_t now_ns) {
  if (answer.code() != absl::StatusCode::kResourceExhausted) return;
  const std::optional<absl::Duration> hint = rpc::RetryDelay(answer);
  if (!hint.has_value()) return;
  const int64_t until = now_ns + absl::ToInt64Nanoseconds(std::min(*hint, kHintMax));
  int64_t known = closed_until_ns_.load(std::memory_order_relaxed);
  while (known < until && !closed_until_ns_.compare_exchange_weak(known, until)) {
  }
}

}  // namespace jodal::bench
