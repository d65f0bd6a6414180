#include "services/registration/errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/kit/errors.h"
#include "services/registration/limits.h"

namespace jodal::registration {

absl::Status CertificateDigestInvalidError() {
  return MakeError(kErrors["CERTIFICATE_DIGEST_INVALID"],
                   "cert_sha256 is 64 lower-case hex digits");
}
absl::Status OrganizationTypeUnknownError() {
  return MakeError(kErrors["ORGANIZATION_TYPE_UNKNOWN"],
                   "type is one of supplier, agency, bank, auditor");
}
absl::Status BusinessNumberInvalidError() {
  return MakeError(kErrors["BUSINESS_NUMBER_INVALID"],
                   "a business number is ten digits without hyphens, the last one a check digit",
                   {{"field", "businessNumber"}});
}
absl::Status TextInvalidError(const TextFault& fault) {
  return MakeError(kErrors["TEXT_INVALID"],
                   absl::StrCat("the text of ", fault.field, " is refused: ", fault.problem),
                   {{"field", std::string(fault.field)}, {"problem", std::string(fault.problem)}});
}
absl::Status EmailInvalidError() {
  return MakeError(kErrors["EMAIL_INVALID"],
                   "email is an address of the form local@domain in ASCII", {{"field", "email"}});
}
absl::Status KindsInvalidError() {
  return MakeError(kErrors["KINDS_INVALID"],
                   "a supplier names each of works, goods, services that it offers once and at "
                   "least one; nobody else names any",
                   {{"field", "kinds"}});
}
absl::Status RolesMissingError() {
  return MakeError(kErrors["ROLES_MISSING"], "a registration names at least one role",
                   {{"field", "roles"}});
}
absl::Status RoleUnknownError() {
  return MakeError(kErrors["ROLE_UNKNOWN"], "there is no such role", {{"field", "roles"}});
}
absl::Status RoleRepeatedError(absl::string_view role) {
  return MakeError(kErrors["ROLE_REPEATED"], "a role is named once",
                   {{"field", "roles"}, {"role", std::string(role)}});
}
absl::Status EncryptionCertificateMissingError() {
  return MakeError(kErrors["ENCRYPTION_CERTIFICATE_MISSING"],
                   "a committee member registers an encryption certificate",
                   {{"field", "encryptionCertificate"}});
}
absl::Status EncryptionCertificateUnexpectedError() {
  return MakeError(kErrors["ENCRYPTION_CERTIFICATE_UNEXPECTED"],
                   "only committee members register an encryption certificate",
                   {{"field", "encryptionCertificate"}});
}
absl::Status EncryptionCertificateTooLargeError(size_t size_bytes) {
  return MakeError(kErrors["ENCRYPTION_CERTIFICATE_TOO_LARGE"],
                   absl::StrCat("an encryption certificate has at most ",
                                kEncryptionCertificateBytesMax, " bytes"),
                   {{"size", absl::StrCat(size_bytes)},
                    {"limit", absl::StrCat(kEncryptionCertificateBytesMax)}});
}
absl::Status RegistrationTooLargeError(size_t size_bytes) {
  return MakeError(
      kErrors["REGISTRATION_TOO_LARGE"],
      absl::StrCat("documents of the registration have at most ", kDocumentBytesMax, " bytes"),
      {{"size", absl::StrCat(size_bytes)}, {"limit", absl::StrCat(kDocumentBytesMax)}});
}
absl::Status NonceInvalidError() {
  return MakeError(kErrors["NONCE_INVALID"], "nonce is 16 random bytes as 32 lower-case hex digits",
                   {{"field", "nonce"}});
}

absl::Status ChallengeInvalidError() {
  return MakeError(kErrors["CHALLENGE_INVALID"],
                   "the challenge was not made by this service for this certificate");
}
absl::Status ChallengeExpiredError() {
  return MakeError(kErrors["CHALLENGE_EXPIRED"],
                   absl::StrCat("a challenge is answered within ",
                                absl::ToInt64Seconds(kChallengeLife), " s; ask for a new one"));
}
absl::Status ChallengeUsedError() {
  return MakeError(kErrors["CHALLENGE_USED"],
                   "a session was opened with this challenge before; ask for a new one");
}
absl::Status CertificateNotRegisteredError() {
  return MakeError(kErrors["CERTIFICATE_NOT_REGISTERED"],
                   "the certificate belongs to nobody who is registered and approved");
}

absl::Status OrganizationSuspendedError() {
  return MakeError(kErrors["ORGANIZATION_SUSPENDED"], "the organisation is suspended");
}
absl::Status NotYourOrganizationError() {
  return MakeError(kErrors["NOT_YOUR_ORGANIZATION"],
                   "only an active representative of the same organisation may do this");
}

absl::Status OrganizationNotFoundError() {
  return MakeError(kErrors["ORGANIZATION_NOT_FOUND"], "no organisation of this id is registered");
}
absl::Status PersonNotFoundError() {
  return MakeError(kErrors["PERSON_NOT_FOUND"], "no person of this id is registered");
}
absl::Status CertificateNotFoundError() {
  return MakeError(kErrors["CERTIFICATE_NOT_FOUND"],
                   "the certificate belongs to nobody who may act now");
}

absl::Status OrganizationExistsError(absl::string_view organization_id) {
  return MakeError(kErrors["ORGANIZATION_EXISTS"],
                   "the organisation is registered or waits for approval",
                   {{"organizationId", std::string(organization_id)}});
}
absl::Status CertificateAlreadyBoundError() {
  return MakeError(kErrors["CERTIFICATE_ALREADY_BOUND"],
                   "the certificate is registered: one certificate is one person");
}
absl::Status KeyAlreadyBoundError() {
  return MakeError(kErrors["KEY_ALREADY_BOUND"],
                   "the certificate's key is registered: a key has one holder and one use");
}

absl::Status WrongStateError(const Misuse& misuse) {
  return kit::WrongStateError({StateName(misuse.state), EventName(misuse.action)});
}
absl::Status OrganizationNotActiveError(State state) {
  return MakeError(kErrors["ORGANIZATION_NOT_ACTIVE"],
                   "people register with an organisation that is approved and not suspended",
                   {{"state", StateName(state)}});
}
absl::Status RegistrationLapsedError() {
  return MakeError(kErrors["REGISTRATION_LAPSED"],
                   absl::StrCat("the registration was not approved within ",
                                absl::ToInt64Hours(kPendingLife) / 24, " days; register again"));
}
absl::Status RegistrationMismatchError() {
  return MakeError(kErrors["REGISTRATION_MISMATCH"],
                   "registration_sha256 is not that of the registration to be decided on");
}
absl::Status RoleNotAllowedError(absl::string_view role) {
  return MakeError(kErrors["ROLE_NOT_ALLOWED"],
                   "people of this type of organisation do not register for this role",
                   {{"role", std::string(role)}});
}
absl::Status SignerCertificateUnclearError() {
  return MakeError(kErrors["SIGNER_CERTIFICATE_UNCLEAR"],
                   "the certificate in the signature is not the one it was verified with");
}
absl::Status EncryptionCertificateRefusedError(const CertificateVerdict& verdict) {
  return MakeError(kErrors["ENCRYPTION_CERTIFICATE_REFUSED"],
                   absl::StrCat("the encryption certificate was refused: ", verdict.indication,
                                verdict.sub_indication.empty() ? "" : "/", verdict.sub_indication),
                   {{"indication", std::string(verdict.indication)},
                    {"sub_indication", std::string(verdict.sub_indication)},
                    {"check", std::string(verdict.check)}});
}

absl::Status SessionKeyMismatchError() {
  return MakeError(kErrors["SESSION_KEY_MISMATCH"],
                   "session-registration.key in the keys folder does not follow from session.key");
}

absl::Status PeopleLimitError() {
  return MakeError(kErrors["PEOPLE_LIMIT"], absl::StrCat("an organisation registers at most ",
                                                         kPeoplePerOrganizationMax, " people"));
}

absl::Status SignatureServiceAwayError() {
  return MakeError(kErrors["SIGNATURE_SERVICE_AWAY"], "the signature service gave no verdict");
}

}  // namespace jodal::registration
