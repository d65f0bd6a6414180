#include "common/rpc/call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/bytes.h"
#include "common/crypto/random.h"

namespace jodal::rpc {
namespace {

constexpr absl::Duration kBackoffMax = absl::Seconds(2);

gpr_timespec FromNow(absl::Duration d) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(absl::ToInt64Nanoseconds(d), GPR_TIMESPAN));
}

}  // namespace

void PrepareContext(grpc::ClientContext* context, const CallOptions& options) {
  context->set_deadline(FromNow(options.deadline));
  if (!options.token.empty()) {
    context->AddMetadata("authorization", absl::StrCat("Bearer ", options.token));
  }
  if (!options.trace_id.empty()) {
    context->AddMetadata("traceparent",
                         absl::StrCat("00-", options.trace_id, "-",
                                      HexEncode(crypto::SystemRandom().Bytes(8)), "-01"));
  }
  for (const auto& [key, value] : options.metadata) context->AddMetadata(key, value);
}

Attempts::Attempts(CallOptions options)
    : options_(std::move(options)),
      end_(std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options_.deadline)) {}

void Attempts::Prepare(grpc::ClientContext* context) const {
  CallOptions options = options_;
  options.deadline = absl::FromChrono(end_ - std::chrono::steady_clock::now());
  PrepareContext(context, options);
  context->set_wait_for_ready(!why_again_.ok());
}

bool Attempts::TryAgain(const absl::Status& status) {
  // Nobody here cancels a call: it was cut off by a server that shut down when the call arrived.
  if (!options_.retry || (!absl::IsUnavailable(status) && !absl::IsCancelled(status) &&
                          !absl::IsResourceExhausted(status))) {
    return false;
  }
  const double jitter = 1.0 + static_cast<uint8_t>(crypto::SystemRandom().Bytes(1)[0]) / 512.0;
  const absl::Duration wait =
      std::max(backoff_, RetryDelay(status).value_or(absl::ZeroDuration())) * jitter;
  backoff_ = std::min(backoff_ * 2, kBackoffMax);
  if (std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(wait) >= end_) return false;
  absl::SleepFor(wait);
  why_again_ = status;
  return true;
}

absl::Status Attempts::Failure(const absl::Status& last) const {
  return absl::IsDeadlineExceeded(last) && !why_again_.ok() ? why_again_ : last;
}

}  // namespace jodal::rpc
