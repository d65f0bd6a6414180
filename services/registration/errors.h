// Every refusal of the registration service, one constructor per condition. No text or metadata
// carries a person's name or address.
#ifndef JODAL_SERVICES_REGISTRATION_ERRORS_H_
#define JODAL_SERVICES_REGISTRATION_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/registration/domain/life_cycle.h"

namespace jodal::registration {

inline constexpr ErrorTable kErrors({
    {"BUSINESS_NUMBER_INVALID", absl::StatusCode::kInvalidArgument},
    {"CERTIFICATE_ALREADY_BOUND", absl::StatusCode::kAlreadyExists},
    {"CERTIFICATE_DIGEST_INVALID", absl::StatusCode::kInvalidArgument},
    {"CERTIFICATE_NOT_FOUND", absl::StatusCode::kNotFound},
    {"CERTIFICATE_NOT_REGISTERED", absl::StatusCode::kUnauthenticated},
    {"CHALLENGE_EXPIRED", absl::StatusCode::kUnauthenticated},
    {"CHALLENGE_INVALID", absl::StatusCode::kUnauthenticated},
    {"CHALLENGE_USED", absl::StatusCode::kUnauthenticated},
    {"EMAIL_INVALID", absl::StatusCode::kInvalidArgument},
    {"ENCRYPTION_CERTIFICATE_MISSING", absl::StatusCode::kInvalidArgument},
    {"ENCRYPTION_CERTIFICATE_REFUSED", absl::StatusCode::kFailedPrecondition},
    {"ENCRYPTION_CERTIFICATE_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"ENCRYPTION_CERTIFICATE_UNEXPECTED", absl::StatusCode::kInvalidArgument},
    {"KEY_ALREADY_BOUND", absl::StatusCode::kAlreadyExists},
    {"KINDS_INVALID", absl::StatusCode::kInvalidArgument},
    {"NONCE_INVALID", absl::StatusCode::kInvalidArgument},
    {"NOT_YOUR_ORGANIZATION", absl::StatusCode::kPermissionDenied},
    {"ORGANIZATION_EXISTS", absl::StatusCode::kAlreadyExists},
    {"ORGANIZATION_NOT_ACTIVE", absl::StatusCode::kFailedPrecondition},
    {"ORGANIZATION_NOT_FOUND", absl::StatusCode::kNotFound},
    {"ORGANIZATION_SUSPENDED", absl::StatusCode::kPermissionDenied},
    {"ORGANIZATION_TYPE_UNKNOWN", absl::StatusCode::kInvalidArgument},
    {"PEOPLE_LIMIT", absl::StatusCode::kResourceExhausted},
    {"PERSON_NOT_FOUND", absl::StatusCode::kNotFound},
    {"REGISTRATION_LAPSED", absl::StatusCode::kFailedPrecondition},
    {"REGISTRATION_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"REGISTRATION_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"ROLES_MISSING", absl::StatusCode::kInvalidArgument},
    {"ROLE_NOT_ALLOWED", absl::StatusCode::kFailedPrecondition},
    {"ROLE_REPEATED", absl::StatusCode::kInvalidArgument},
    {"ROLE_UNKNOWN", absl::StatusCode::kInvalidArgument},
    {"SESSION_KEY_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"SIGNATURE_SERVICE_AWAY", absl::StatusCode::kUnavailable},
    {"SIGNER_CERTIFICATE_UNCLEAR", absl::StatusCode::kFailedPrecondition},
    {"TEXT_INVALID", absl::StatusCode::kInvalidArgument},
});

// INVALID_ARGUMENT
absl::Status CertificateDigestInvalidError();  // CERTIFICATE_DIGEST_INVALID
absl::Status OrganizationTypeUnknownError();   // ORGANIZATION_TYPE_UNKNOWN
absl::Status BusinessNumberInvalidError();     // BUSINESS_NUMBER_INVALID
struct TextFault {
  absl::string_view field;    // lowerCamelCase
  absl::string_view problem;  // as TextProblem says
};
absl::Status TextInvalidError(const TextFault& fault);   // TEXT_INVALID
absl::Status EmailInvalidError();                        // EMAIL_INVALID
absl::Status KindsInvalidError();                        // KINDS_INVALID
absl::Status RolesMissingError();                        // ROLES_MISSING
absl::Status RoleUnknownError();                         // ROLE_UNKNOWN
absl::Status RoleRepeatedError(absl::string_view role);  // ROLE_REPEATED
absl::Status EncryptionCertificateMissingError();        // ENCRYPTION_CERTIFICATE_MISSING
absl::Status EncryptionCertificateUnexpectedError();     // ENCRYPTION_CERTIFICATE_UNEXPECTED
absl::Status EncryptionCertificateTooLargeError(
    size_t size_bytes);                                     // ENCRYPTION_CERTIFICATE_TOO_LARGE
absl::Status RegistrationTooLargeError(size_t size_bytes);  // REGISTRATION_TOO_LARGE
absl::Status NonceInvalidError();                           // NONCE_INVALID

// UNAUTHENTICATED
absl::Status ChallengeInvalidError();  // CHALLENGE_INVALID: not ours, or for another certificate
absl::Status ChallengeExpiredError();  // CHALLENGE_EXPIRED
absl::Status ChallengeUsedError();     // CHALLENGE_USED
absl::Status
CertificateNotRegisteredError();  // CERTIFICATE_NOT_REGISTERED: unknown or not approved

// PERMISSION_DENIED
absl::Status OrganizationSuspendedError();  // ORGANIZATION_SUSPENDED
absl::Status NotYourOrganizationError();    // NOT_YOUR_ORGANIZATION

// NOT_FOUND
absl::Status OrganizationNotFoundError();  // ORGANIZATION_NOT_FOUND
absl::Status PersonNotFoundError();        // PERSON_NOT_FOUND
absl::Status CertificateNotFoundError();   // CERTIFICATE_NOT_FOUND: nobody who may act has it

// ALREADY_EXISTS
absl::Status OrganizationExistsError(absl::string_view organization_id);  // ORGANIZATION_EXISTS
absl::Status CertificateAlreadyBoundError();  // CERTIFICATE_ALREADY_BOUND
absl::Status KeyAlreadyBoundError();          // KEY_ALREADY_BOUND

// FAILED_PRECONDITION
struct Misuse {
  State state;
  Event action;
};
absl::Status WrongStateError(const Misuse& misuse);        // WRONG_STATE
absl::Status OrganizationNotActiveError(State state);      // ORGANIZATION_NOT_ACTIVE
absl::Status RegistrationLapsedError();                    // REGISTRATION_LAPSED
absl::Status RegistrationMismatchError();                  // REGISTRATION_MISMATCH
absl::Status RoleNotAllowedError(absl::string_view role);  // ROLE_NOT_ALLOWED
absl::Status SignerCertificateUnclearError();              // SIGNER_CERTIFICATE_UNCLEAR
struct CertificateVerdict {
  absl::string_view indication;
  absl::string_view sub_indication;
  absl::string_view check;
};
absl::Status EncryptionCertificateRefusedError(
    const CertificateVerdict& verdict);  // ENCRYPTION_CERTIFICATE_REFUSED
absl::Status SessionKeyMismatchError();  // SESSION_KEY_MISMATCH

// RESOURCE_EXHAUSTED
absl::Status PeopleLimitError();  // PEOPLE_LIMIT

// UNAVAILABLE
absl::Status SignatureServiceAwayError();  // SIGNATURE_SERVICE_AWAY

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_ERRORS_H_
