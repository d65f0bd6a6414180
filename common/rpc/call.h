// Blocking client calls: deadline, credentials and retries in one place. Include only from .cc
// files (it pulls in gRPC).
//
//   auto response = rpc::Invoke(*stub, &TenderService::Stub::GetTender, request, {.retry = true});
#ifndef JODAL_COMMON_RPC_CALL_H_
#define JODAL_COMMON_RPC_CALL_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/waiting.h"
#include "common/rpc/peers.h"
#include "common/rpc/status.h"

namespace jodal::rpc {

struct CallOptions {
  absl::Duration deadline = kPeerDeadline;  // of the whole, retries and waits included
  std::string token;                        // session token; "" for none
  std::string trace_id;                     // 32 hex digits; "" for a new one at the server
  std::map<std::string, std::string> metadata;
  // Try again after UNAVAILABLE, RESOURCE_EXHAUSTED and CANCELLED. Only for reads and for mutations
  // that carry a request id: the first try may have been committed.
  bool retry = false;
};

// Sets deadline and metadata on a context, for calls that Invoke does not fit.
void PrepareContext(grpc::ClientContext* context, const CallOptions& options);

// One call under `options`; keeps the time and says how long to wait before the next try.
class Attempts {
 public:
  explicit Attempts(CallOptions options);
  // With what is left of the deadline. A later try waits for the connection: blocking calls drive
  // their connections only while they wait, so failing fast again and again would never see the
  // server come back.
  void Prepare(grpc::ClientContext* context) const;
  // True, after having waited, if the call is to be tried again: waits as the server asked, at
  // least 50 ms doubling to 2 s with jitter, and not past the deadline.
  bool TryAgain(const absl::Status& status);
  // The error to return: if the time ran out, the error for which the call was tried again.
  absl::Status Failure(const absl::Status& last) const;

 private:
  CallOptions options_;
  absl::Status why_again_;
  const std::chrono::steady_clock::time_point end_;
  absl::Duration backoff_ = absl::Milliseconds(50);
};

// Calls `method` of `stub`; errors as FromGrpcStatus gives them. Blocking.
template <typename Stub, typename Req, typename Resp>
absl::StatusOr<Resp> Invoke(Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request, const CallOptions& options = {}) {
  const ScopedWait waiting;
  Attempts attempts(options);
  while (true) {
    grpc::ClientContext context;
    attempts.Prepare(&context);
    Resp response;
    absl::Status status = FromGrpcStatus((stub.*method)(&context, request, &response));
    if (status.ok()) return response;
    if (!attempts.TryAgain(status)) return attempts.Failure(status);
  }
}

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_CALL_H_
