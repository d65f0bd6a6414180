// The errors of common/sealing.
#ifndef JODAL_COMMON_SEALING_ERRORS_H_
#define JODAL_COMMON_SEALING_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::sealing {

inline constexpr ErrorTable kErrors({
    {"CIPHERTEXT_AUTH", absl::StatusCode::kFailedPrecondition},
    {"CIPHERTEXT_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"COMMITTEE_INVALID", absl::StatusCode::kInvalidArgument},
    {"INPUT_INVALID", absl::StatusCode::kInvalidArgument},
    {"KEY_COMMIT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PAYLOAD_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"PROOF_INVALID", absl::StatusCode::kFailedPrecondition},
    {"PROOF_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"SHARES_INCONSISTENT", absl::StatusCode::kFailedPrecondition},
    {"SHARES_INVALID", absl::StatusCode::kInvalidArgument},
    {"SHARE_COMMIT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"WRAP_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"WRAP_OPENS", absl::StatusCode::kFailedPrecondition},
    {"WRAP_UNREADABLE", absl::StatusCode::kFailedPrecondition},
});

}  // namespace jodal::sealing

#endif  // JODAL_COMMON_SEALING_ERRORS_H_
