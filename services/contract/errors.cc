#include "services/contract/errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace jodal::contract {
namespace {

absl::Status Invalid(absl::string_view reason, absl::string_view message,
                     const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message, metadata);
}

}  // namespace

absl::Status NotAllowedError() {
  return MakeError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED",
                   "the caller may not do this");
}
absl::Status DocumentTooLargeError(size_t limit_bytes) {
  return Invalid("DOCUMENT_TOO_LARGE", "a document of this kind may not be that large",
                 {{"bytesMax", absl::StrCat(limit_bytes)}});
}
absl::Status DocumentKindError(absl::string_view kind) {
  return Invalid("DOCUMENT_KIND", "no document of this kind acts on a contract",
                 {{"kind", std::string(kind)}});
}
absl::Status TenderIdMissingError() {
  return Invalid("TENDER_ID_MISSING", "without a session, say which tender's contracts");
}
absl::Status ContractNotFoundError() {
  return MakeError(absl::StatusCode::kNotFound, "CONTRACT_NOT_FOUND", "no such contract");
}
absl::Status AwardMalformedError(absl::string_view field) {
  return MakeError(absl::StatusCode::kDataLoss, "AWARD_MALFORMED",
                   "an award in the tender log cannot be made into a contract",
                   {{"field", std::string(field)}});
}

}  // namespace jodal::contract
