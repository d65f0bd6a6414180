// The errors of common/crypto.
#ifndef JODAL_COMMON_CRYPTO_ERRORS_H_
#define JODAL_COMMON_CRYPTO_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::crypto {

inline constexpr ErrorTable kErrors({
    {"AEAD_AUTH", absl::StatusCode::kFailedPrecondition},
    {"AEAD_PARAMS", absl::StatusCode::kInvalidArgument},
    {"CONSISTENCY_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"HPKE_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"KEY_FILE_EXISTS", absl::StatusCode::kAlreadyExists},
    {"KEY_FILE_IO", absl::StatusCode::kUnavailable},
    {"KEY_FILE_MISSING", absl::StatusCode::kNotFound},
    {"KEY_FILE_PERMISSIONS", absl::StatusCode::kFailedPrecondition},
    {"KEY_INVALID", absl::StatusCode::kInvalidArgument},
    {"POINT_INVALID", absl::StatusCode::kInvalidArgument},
    {"PROOF_INVALID", absl::StatusCode::kFailedPrecondition},
    {"PROOF_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"SIGNATURE_INVALID", absl::StatusCode::kFailedPrecondition},
    {"SPKI_INVALID", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_ERRORS_H_
