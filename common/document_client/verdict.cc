#include "common/document_client/verdict.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/document_client/errors.h"
#include "common/status/error.h"

namespace jodal::document_client {

namespace pb = jodal::signature::v1;

absl::StatusOr<document::VerifiedSignature> FromVerdict(const pb::Verdict& verdict) {
  if (verdict.indication() != pb::Verdict::TOTAL_PASSED) {
    const std::string indication = absl::StrReplaceAll(
        pb::Verdict::Indication_Name(verdict.indication()), {{"TOTAL_", "TOTAL-"}});
    return MakeError(
        kErrors["SIGNATURE_REFUSED"],
        absl::StrCat("the signature was refused: ", indication,
                     verdict.sub_indication().empty() ? "" : "/", verdict.sub_indication()),
        {{"indication", indication},
         {"sub_indication", verdict.sub_indication()},
         {"check", verdict.check()}});
  }
  return document::VerifiedSignature{
      .cert_sha256 = verdict.cert_sha256(),
      .evidence_sha256 = {verdict.evidence_sha256().begin(), verdict.evidence_sha256().end()}};
}

absl::Status NoVerdict(const absl::Status& cause) {
  return MakeError(
      kErrors["SIGNATURE_SERVICE_AWAY"], "the signature service gave no verdict",
      {{"code", absl::StatusCodeToString(cause.code())}, {"cause", ErrorReason(cause)}});
}

}  // namespace jodal::document_client
