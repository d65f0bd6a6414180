#include "services/signature/errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/signature/limits.h"

namespace jodal::signature {

absl::Status CrlInvalid(absl::string_view why) {
  return MakeError(kErrors["CRL_INVALID"],
                   absl::StrCat("the revocation list cannot be used: ", why));
}
absl::Status CrlNotTrusted() {
  return MakeError(kErrors["CRL_NOT_TRUSTED"],
                   "the revocation list is not signed by an authority that this system trusts");
}
absl::Status CrlNotNewer(absl::string_view number) {
  return MakeError(kErrors["CRL_NOT_NEWER"],
                   "a revocation list of this number or a later one is already in force",
                   {{"number", std::string(number)}});
}
absl::Status TooManyDigests(int count) {
  return MakeError(kErrors["TOO_MANY_DIGESTS"],
                   absl::StrCat("ask for at most ", kEvidencePerRequestMax, " at once"),
                   {{"count", absl::StrCat(count)}});
}
absl::Status TooManyDocuments(int count) {
  return MakeError(kErrors["TOO_MANY_DOCUMENTS"],
                   absl::StrCat("verify at most ", kDocumentsPerRequestMax, " at once"),
                   {{"count", absl::StrCat(count)}});
}
absl::Status EvidenceNotFound(absl::string_view sha256) {
  return MakeError(kErrors["EVIDENCE_NOT_FOUND"],
                   "no verdict rested on a certificate or list with this digest",
                   {{"sha256", std::string(sha256)}});
}
absl::Status PurposeMissing() {
  return MakeError(kErrors["PURPOSE_MISSING"],
                   "say whether the certificate is for signing or for key agreement");
}

}  // namespace jodal::signature
