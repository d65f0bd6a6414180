// Every refusal of an act on an organisation or a person, one constructor per condition. No text or
// metadata carries a person's name or address.
#ifndef JODAL_PROCUREMENT_ACTS_REGISTRATION_ERRORS_H_
#define JODAL_PROCUREMENT_ACTS_REGISTRATION_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::procurement {

// INVALID_ARGUMENT: wrong in itself.
struct TextFault {
  absl::string_view field;    // lowerCamelCase
  absl::string_view problem;  // as TextProblem says
};
absl::Status OrganizationTypeUnknownError();             // ORGANIZATION_TYPE_UNKNOWN
absl::Status BusinessNumberInvalidError();               // BUSINESS_NUMBER_INVALID
absl::Status TextInvalidError(const TextFault& fault);   // TEXT_INVALID
absl::Status EmailInvalidError();                        // EMAIL_INVALID
absl::Status KindsInvalidError();                        // KINDS_INVALID
absl::Status RolesMissingError();                        // ROLES_MISSING
absl::Status RoleUnknownError();                         // ROLE_UNKNOWN
absl::Status RoleRepeatedError(absl::string_view role);  // ROLE_REPEATED
absl::Status EncryptionCertificateMissingError();        // ENCRYPTION_CERTIFICATE_MISSING
absl::Status EncryptionCertificateUnexpectedError();     // ENCRYPTION_CERTIFICATE_UNEXPECTED
absl::Status EncryptionCertificateTooLargeError(
    size_t size_bytes);            // ENCRYPTION_CERTIFICATE_TOO_LARGE
absl::Status NonceInvalidError();  // NONCE_INVALID

// PERMISSION_DENIED.
absl::Status OrganizationSuspendedError();  // ORGANIZATION_SUSPENDED
absl::Status NotYourOrganizationError();    // NOT_YOUR_ORGANIZATION

// FAILED_PRECONDITION: does not fit what is on record.
absl::Status OrganizationNotActiveError(absl::string_view state);  // ORGANIZATION_NOT_ACTIVE
absl::Status RegistrationLapsedError();                            // REGISTRATION_LAPSED
absl::Status RegistrationMismatchError();                          // REGISTRATION_MISMATCH
absl::Status RoleNotAllowedError(absl::string_view role);          // ROLE_NOT_ALLOWED

// RESOURCE_EXHAUSTED.
absl::Status PeopleLimitError();  // PEOPLE_LIMIT

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_REGISTRATION_ERRORS_H_
