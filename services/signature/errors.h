// What the signature service refuses. A refused signature is a verdict, not an error.
#ifndef JODAL_SERVICES_SIGNATURE_ERRORS_H_
#define JODAL_SERVICES_SIGNATURE_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace jodal::signature {

inline constexpr ErrorTable kErrors({
    {"CRL_INVALID", absl::StatusCode::kInvalidArgument},
    {"CRL_NOT_NEWER", absl::StatusCode::kFailedPrecondition},
    {"CRL_NOT_TRUSTED", absl::StatusCode::kFailedPrecondition},
    {"EVIDENCE_NOT_FOUND", absl::StatusCode::kNotFound},
    {"PURPOSE_MISSING", absl::StatusCode::kInvalidArgument},
    {"TOO_MANY_DIGESTS", absl::StatusCode::kInvalidArgument},
    {"TOO_MANY_DOCUMENTS", absl::StatusCode::kInvalidArgument},
});

absl::Status CrlInvalid(absl::string_view why);      // INVALID_ARGUMENT CRL_INVALID
absl::Status CrlNotTrusted();                        // FAILED_PRECONDITION CRL_NOT_TRUSTED
absl::Status CrlNotNewer(absl::string_view number);  // FAILED_PRECONDITION CRL_NOT_NEWER
absl::Status TooManyDigests(int count);
absl::Status TooManyDocuments(int count);                 // INVALID_ARGUMENT TOO_MANY_DIGESTS
absl::Status EvidenceNotFound(absl::string_view sha256);  // NOT_FOUND EVIDENCE_NOT_FOUND
absl::Status PurposeMissing();                            // INVALID_ARGUMENT PURPOSE_MISSING

}  // namespace jodal::signature

#endif  // JODAL_SERVICES_SIGNATURE_ERRORS_H_
