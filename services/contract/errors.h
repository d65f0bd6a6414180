// The refusals of the contract service itself; those of the acts are in
// procurement/acts/contract_errors.h.
#ifndef JODAL_SERVICES_CONTRACT_ERRORS_H_
#define JODAL_SERVICES_CONTRACT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::contract {

// PERMISSION_DENIED NOT_ALLOWED.
absl::Status NotAllowedError();
// INVALID_ARGUMENT.
absl::Status DocumentTooLargeError(size_t limit_bytes);  // DOCUMENT_TOO_LARGE
absl::Status DocumentKindError(absl::string_view kind);  // DOCUMENT_KIND
absl::Status TenderIdMissingError();                     // TENDER_ID_MISSING
// NOT_FOUND CONTRACT_NOT_FOUND.
absl::Status ContractNotFoundError();
// DATA_LOSS AWARD_MALFORMED: an award in the tender log that no contract can be made of.
absl::Status AwardMalformedError(absl::string_view field);

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_ERRORS_H_
