// Named errors over gRPC: absl::Status with our reason and metadata <-> grpc::Status that carries a
// google.rpc.Status with ErrorInfo{reason, domain "jodal", metadata} and, where waiting helps,
// RetryInfo.
#ifndef JODAL_COMMON_RPC_STATUS_H_
#define JODAL_COMMON_RPC_STATUS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace grpc {
class Status;
}

namespace jodal::rpc {

// Metadata key under which an error may say how long to wait: milliseconds, decimal. It becomes
// RetryInfo on the wire and comes back from it.
inline constexpr char kRetryAfterMs[] = "retryAfterMs";

// How long to wait after RESOURCE_EXHAUSTED that says nothing else: half of what a full queue
// holds.
inline constexpr absl::Duration kExhaustedRetry = absl::Milliseconds(100);

// RESOURCE_EXHAUSTED and UNAVAILABLE always carry RetryInfo: what the metadata says, else 100 ms
// and 500 ms. INTERNAL and UNKNOWN without a reason lose their text: it was not written for
// callers.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The inverse. What was not made by ToGrpcStatus keeps code and text and has no reason.
absl::Status FromGrpcStatus(const grpc::Status& status);

// How long the error asks to wait, if it does.
std::optional<absl::Duration> RetryDelay(const absl::Status& status);

// RESOURCE_EXHAUSTED SERVER_BUSY: a queue is full; nothing was begun.
absl::Status ServerBusyError(absl::Duration retry_after = kExhaustedRetry);
// UNAVAILABLE SHUTTING_DOWN: nothing was begun; the process ends and may come back.
absl::Status ShuttingDownError();

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_STATUS_H_
