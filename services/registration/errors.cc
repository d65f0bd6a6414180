#include "services/registration/errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/registration/limits.h"

namespace jodal::registration {

absl::Status CertificateDigestInvalidError() {
  return MakeError(kErrors["CERTIFICATE_DIGEST_INVALID"],
                   "cert_sha256 is 64 lower-case hex digits");
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

absl::Status SignatureServiceAwayError() {
  return MakeError(kErrors["SIGNATURE_SERVICE_AWAY"], "the signature service gave no verdict");
}

}  // namespace jodal::registration
