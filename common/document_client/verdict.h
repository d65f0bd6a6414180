// Turns a verdict of the signature service into a verified signature or a refusal, the same for a
// verdict that came by a call and for one made in this process.
#ifndef JODAL_COMMON_DOCUMENT_CLIENT_VERDICT_H_
#define JODAL_COMMON_DOCUMENT_CLIENT_VERDICT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/document/document_verifier.h"
#include "jodal/signature/v1/signature.pb.h"

namespace jodal::document_client {

// FAILED_PRECONDITION SIGNATURE_REFUSED unless the verdict is TOTAL_PASSED.
absl::StatusOr<document::VerifiedSignature> FromVerdict(
    const jodal::signature::v1::Verdict& verdict);

// UNAVAILABLE SIGNATURE_SERVICE_AWAY: `cause` kept the service from giving a verdict.
absl::Status NoVerdict(const absl::Status& cause);

}  // namespace jodal::document_client

#endif  // JODAL_COMMON_DOCUMENT_CLIENT_VERDICT_H_
