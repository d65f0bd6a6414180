// Named errors: every refusal of the system has a code, a stable REASON and metadata.
//
// Clients branch on the reason, never on the text. Each service declares one named constructor per
// condition in its errors.h, all of them made here. The reason and metadata travel inside the
// absl::Status as a payload and over gRPC as google.rpc.ErrorInfo (common/rpc/status.h).
// Thread-safe: pure functions.
#ifndef JODAL_COMMON_STATUS_ERROR_H_
#define JODAL_COMMON_STATUS_ERROR_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// Builds a status with `code`, UPPER_SNAKE `reason`, a `message` that says what and why (never a
// price, key or personal datum) and `metadata` values a client may show or branch on. `code` must
// not be kOk.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata = {});

// The reason of `status`, or "" if it carries none.
std::string ErrorReason(const absl::Status& status);

// The metadata of `status`, empty if it carries none.
std::map<std::string, std::string> ErrorMetadataOf(const absl::Status& status);

}  // namespace jodal

#endif  // JODAL_COMMON_STATUS_ERROR_H_
