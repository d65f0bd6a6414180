// The refusals of the registration service itself; those of the acts are in
// procurement/acts/registration_errors.h. No text or metadata carries a person's name or address.
#ifndef JODAL_SERVICES_REGISTRATION_ERRORS_H_
#define JODAL_SERVICES_REGISTRATION_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace jodal::registration {

inline constexpr ErrorTable kErrors({
    {"CERTIFICATE_ALREADY_BOUND", absl::StatusCode::kAlreadyExists},
    {"CERTIFICATE_DIGEST_INVALID", absl::StatusCode::kInvalidArgument},
    {"CERTIFICATE_NOT_FOUND", absl::StatusCode::kNotFound},
    {"CERTIFICATE_NOT_REGISTERED", absl::StatusCode::kUnauthenticated},
    {"CHALLENGE_EXPIRED", absl::StatusCode::kUnauthenticated},
    {"CHALLENGE_INVALID", absl::StatusCode::kUnauthenticated},
    {"CHALLENGE_USED", absl::StatusCode::kUnauthenticated},
    {"ENCRYPTION_CERTIFICATE_REFUSED", absl::StatusCode::kFailedPrecondition},
    {"KEY_ALREADY_BOUND", absl::StatusCode::kAlreadyExists},
    {"ORGANIZATION_EXISTS", absl::StatusCode::kAlreadyExists},
    {"ORGANIZATION_NOT_FOUND", absl::StatusCode::kNotFound},
    {"PERSON_NOT_FOUND", absl::StatusCode::kNotFound},
    {"SESSION_KEY_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"SIGNATURE_SERVICE_AWAY", absl::StatusCode::kUnavailable},
    {"SIGNER_CERTIFICATE_UNCLEAR", absl::StatusCode::kFailedPrecondition},
});

// INVALID_ARGUMENT
absl::Status CertificateDigestInvalidError();  // CERTIFICATE_DIGEST_INVALID

// UNAUTHENTICATED
absl::Status ChallengeInvalidError();  // CHALLENGE_INVALID: not ours, or for another certificate
absl::Status ChallengeExpiredError();  // CHALLENGE_EXPIRED
absl::Status ChallengeUsedError();     // CHALLENGE_USED
absl::Status
CertificateNotRegisteredError();  // CERTIFICATE_NOT_REGISTERED: unknown or not approved

// NOT_FOUND
absl::Status OrganizationNotFoundError();  // ORGANIZATION_NOT_FOUND
absl::Status PersonNotFoundError();        // PERSON_NOT_FOUND
absl::Status CertificateNotFoundError();   // CERTIFICATE_NOT_FOUND: nobody who may act has it

// ALREADY_EXISTS
absl::Status OrganizationExistsError(absl::string_view organization_id);  // ORGANIZATION_EXISTS
absl::Status CertificateAlreadyBoundError();  // CERTIFICATE_ALREADY_BOUND
absl::Status KeyAlreadyBoundError();          // KEY_ALREADY_BOUND

// FAILED_PRECONDITION
absl::Status SignerCertificateUnclearError();  // SIGNER_CERTIFICATE_UNCLEAR
struct CertificateVerdict {
  absl::string_view indication;
  absl::string_view sub_indication;
  absl::string_view check;
};
absl::Status EncryptionCertificateRefusedError(
    const CertificateVerdict& verdict);  // ENCRYPTION_CERTIFICATE_REFUSED
absl::Status SessionKeyMismatchError();  // SESSION_KEY_MISMATCH

// UNAVAILABLE
absl::Status SignatureServiceAwayError();  // SIGNATURE_SERVICE_AWAY

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_ERRORS_H_
