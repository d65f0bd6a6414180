// The refusals that several services share, and the errors of services/kit.
#ifndef JODAL_SERVICES_KIT_ERRORS_H_
#define JODAL_SERVICES_KIT_ERRORS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace jodal::kit {

inline constexpr ErrorTable kErrors({
    {"DEADLINE_DAMAGED", absl::StatusCode::kDataLoss},
    {"DOCUMENT_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"DOCUMENT_REPLAYED", absl::StatusCode::kFailedPrecondition},
    {"NOT_ALLOWED", absl::StatusCode::kPermissionDenied},
    {"PAGE_SIZE_INVALID", absl::StatusCode::kInvalidArgument},
    {"PAGE_TOKEN_INVALID", absl::StatusCode::kInvalidArgument},
    {"REQUEST_ID_LENGTH", absl::StatusCode::kInvalidArgument},
    {"REQUEST_ID_MISSING", absl::StatusCode::kInvalidArgument},
    {"STORED_ENTRY_DAMAGED", absl::StatusCode::kDataLoss},
    {"STORED_RESPONSE_DAMAGED", absl::StatusCode::kDataLoss},
    {"WRONG_STATE", absl::StatusCode::kFailedPrecondition},
});

// NOT_ALLOWED: the caller may not do this.
absl::Status NotAllowedError();

// DOCUMENT_TOO_LARGE with metadata "limitBytes".
absl::Status DocumentTooLargeError(size_t limit_bytes);

// STORED_RESPONSE_DAMAGED: what an earlier commit answered does not parse.
absl::Status ResponseDamagedError();

// WRONG_STATE with metadata "state" and "event": in `state`, `event` may not happen.
struct WrongState {
  absl::string_view state;
  absl::string_view event;
};
absl::Status WrongStateError(const WrongState& what);

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_ERRORS_H_
