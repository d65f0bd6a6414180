// The errors of procurement/bid.
#ifndef JODAL_PROCUREMENT_BID_ERRORS_H_
#define JODAL_PROCUREMENT_BID_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement {

inline constexpr ErrorTable kBidErrors({
    {"BAD_WRAP_PROOF_INVALID", absl::StatusCode::kFailedPrecondition},
    {"CIPHERTEXT_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"CIPHERTEXT_SIZE", absl::StatusCode::kInvalidArgument},
    {"SEAL_INVALID", absl::StatusCode::kInvalidArgument},
    {"SEAL_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"SHARES_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"SHARE_COMMIT_MISMATCH", absl::StatusCode::kFailedPrecondition},
});

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_BID_ERRORS_H_
