// The errors of common/rpc.
#ifndef JODAL_COMMON_RPC_ERRORS_H_
#define JODAL_COMMON_RPC_ERRORS_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::rpc {

inline constexpr ErrorTable kErrors({
    {"CREDENTIALS_MISSING", absl::StatusCode::kUnauthenticated},
    {"FILE_MISSING", absl::StatusCode::kNotFound},
    {"KEY_FILE_PERMISSIONS", absl::StatusCode::kFailedPrecondition},
    {"NOT_ALLOWED", absl::StatusCode::kPermissionDenied},
    {"SERVER_BUSY", absl::StatusCode::kResourceExhausted},
    {"SESSION_BARRED", absl::StatusCode::kUnauthenticated},
    {"SESSION_EXPIRED", absl::StatusCode::kUnauthenticated},
    {"SESSION_INVALID", absl::StatusCode::kUnauthenticated},
    {"SESSION_KEY_INVALID", absl::StatusCode::kFailedPrecondition},
    {"SHUTTING_DOWN", absl::StatusCode::kUnavailable},
    {"TOO_MANY_WATCHERS", absl::StatusCode::kResourceExhausted},
});

// TOO_MANY_WATCHERS with metadata "limit".
inline absl::Status TooManyWatchersError(size_t limit) {
  return MakeError(kErrors["TOO_MANY_WATCHERS"], "too many open streams",
                   {{"limit", std::to_string(limit)}});
}

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_ERRORS_H_
