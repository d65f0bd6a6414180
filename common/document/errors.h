// The errors of common/document.
#ifndef JODAL_COMMON_DOCUMENT_ERRORS_H_
#define JODAL_COMMON_DOCUMENT_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::document {

inline constexpr ErrorTable kErrors({
    {"DOCUMENT_FIELD_TYPE", absl::StatusCode::kInvalidArgument},
    {"DOCUMENT_KIND", absl::StatusCode::kInvalidArgument},
    {"DOCUMENT_MISSING_FIELD", absl::StatusCode::kInvalidArgument},
    {"DOCUMENT_SIGNER", absl::StatusCode::kFailedPrecondition},
    {"DOCUMENT_SYSTEM", absl::StatusCode::kFailedPrecondition},
    {"DOCUMENT_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"DOCUMENT_UNKNOWN_FIELD", absl::StatusCode::kInvalidArgument},
    {"DOCUMENT_VERSION", absl::StatusCode::kInvalidArgument},
    {"JSON_DUPLICATE_NAME", absl::StatusCode::kInvalidArgument},
    {"JSON_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"JSON_NOT_UTF8", absl::StatusCode::kInvalidArgument},
    {"JSON_NUMBER", absl::StatusCode::kInvalidArgument},
    {"JSON_TOO_DEEP", absl::StatusCode::kInvalidArgument},
    {"SIGNER_MISMATCH", absl::StatusCode::kFailedPrecondition},
});

}  // namespace jodal::document

#endif  // JODAL_COMMON_DOCUMENT_ERRORS_H_
