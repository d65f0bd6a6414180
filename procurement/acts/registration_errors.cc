#include "procurement/acts/registration_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "procurement/acts/errors.h"
#include "procurement/acts/registration.h"

namespace jodal::procurement {

absl::Status OrganizationTypeUnknownError() {
  return MakeError(kActErrors["ORGANIZATION_TYPE_UNKNOWN"],
                   "type is one of supplier, agency, bank, auditor");
}
absl::Status BusinessNumberInvalidError() {
  return MakeError(kActErrors["BUSINESS_NUMBER_INVALID"],
                   "a business number is ten digits without hyphens, the last one a check digit",
                   {{"field", "businessNumber"}});
}
absl::Status TextInvalidError(const TextFault& fault) {
  return MakeError(kActErrors["TEXT_INVALID"],
                   absl::StrCat("the text of ", fault.field, " is refused: ", fault.problem),
                   {{"field", std::string(fault.field)}, {"problem", std::string(fault.problem)}});
}
absl::Status EmailInvalidError() {
  return MakeError(kActErrors["EMAIL_INVALID"],
                   "email is an address of the form local@domain in ASCII", {{"field", "email"}});
}
absl::Status KindsInvalidError() {
  return MakeError(kActErrors["KINDS_INVALID"],
                   "a supplier names each of works, goods, services that it offers once and at "
                   "least one; nobody else names any",
                   {{"field", "kinds"}});
}
absl::Status RolesMissingError() {
  return MakeError(kActErrors["ROLES_MISSING"], "a registration names at least one role",
                   {{"field", "roles"}});
}
absl::Status RoleUnknownError() {
  return MakeError(kActErrors["ROLE_UNKNOWN"], "there is no such role", {{"field", "roles"}});
}
absl::Status RoleRepeatedError(absl::string_view role) {
  return MakeError(kActErrors["ROLE_REPEATED"], "a role is named once",
                   {{"field", "roles"}, {"role", std::string(role)}});
}
absl::Status EncryptionCertificateMissingError() {
  return MakeError(kActErrors["ENCRYPTION_CERTIFICATE_MISSING"],
                   "a committee member registers an encryption certificate",
                   {{"field", "encryptionCertificate"}});
}
absl::Status EncryptionCertificateUnexpectedError() {
  return MakeError(kActErrors["ENCRYPTION_CERTIFICATE_UNEXPECTED"],
                   "only committee members register an encryption certificate",
                   {{"field", "encryptionCertificate"}});
}
absl::Status EncryptionCertificateTooLargeError(size_t size_bytes) {
  return MakeError(kActErrors["ENCRYPTION_CERTIFICATE_TOO_LARGE"],
                   absl::StrCat("an encryption certificate has at most ",
                                kEncryptionCertificateBytesMax, " bytes"),
                   {{"size", absl::StrCat(size_bytes)},
                    {"limit", absl::StrCat(kEncryptionCertificateBytesMax)}});
}
absl::Status NonceInvalidError() {
  return MakeError(kActErrors["NONCE_INVALID"],
                   "nonce is 16 random bytes as 32 lower-case hex digits", {{"field", "nonce"}});
}
absl::Status OrganizationSuspendedError() {
  return MakeError(kActErrors["ORGANIZATION_SUSPENDED"], "the organisation is suspended");
}
absl::Status NotYourOrganizationError() {
  return MakeError(kActErrors["NOT_YOUR_ORGANIZATION"],
                   "only an active representative of the same organisation may do this");
}
absl::Status OrganizationNotActiveError(absl::string_view state) {
  return MakeError(kActErrors["ORGANIZATION_NOT_ACTIVE"],
                   "people register with an organisation that is approved and not suspended",
                   {{"state", std::string(state)}});
}
absl::Status RegistrationLapsedError() {
  return MakeError(kActErrors["REGISTRATION_LAPSED"],
                   absl::StrCat("the registration was not approved within ",
                                absl::ToInt64Hours(kPendingLife) / 24, " days; register again"));
}
absl::Status RegistrationMismatchError() {
  return MakeError(kActErrors["REGISTRATION_MISMATCH"],
                   "registration_sha256 is not that of the registration to be decided on");
}
absl::Status RoleNotAllowedError(absl::string_view role) {
  return MakeError(kActErrors["ROLE_NOT_ALLOWED"],
                   "people of this type of organisation do not register for this role",
                   {{"role", std::string(role)}});
}
absl::Status PeopleLimitError() {
  return MakeError(kActErrors["PEOPLE_LIMIT"], absl::StrCat("an organisation registers at most ",
                                                            kPeoplePerOrganizationMax, " people"));
}

}  // namespace jodal::procurement
