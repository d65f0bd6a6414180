// The refusals of the contract service itself; those of the acts are in
// procurement/acts/contract_errors.h.
#ifndef JODAL_SERVICES_CONTRACT_ERRORS_H_
#define JODAL_SERVICES_CONTRACT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/kit/errors.h"

namespace jodal::contract {

using kit::NotAllowedError;

inline constexpr ErrorTable kErrors({
    {"AWARD_MALFORMED", absl::StatusCode::kDataLoss},
    {"CONTRACT_NOT_FOUND", absl::StatusCode::kNotFound},
    {"CONTRACT_NUMBERS_EXHAUSTED", absl::StatusCode::kResourceExhausted},
    {"DOCUMENT_KIND", absl::StatusCode::kInvalidArgument},
    {"STORED_RECORD_DAMAGED", absl::StatusCode::kDataLoss},
    {"TENDER_ID_MISSING", absl::StatusCode::kInvalidArgument},
});

// INVALID_ARGUMENT.
absl::Status DocumentKindError(absl::string_view kind);  // DOCUMENT_KIND
absl::Status TenderIdMissingError();                     // TENDER_ID_MISSING
// NOT_FOUND CONTRACT_NOT_FOUND.
absl::Status ContractNotFoundError();
// RESOURCE_EXHAUSTED CONTRACT_NUMBERS_EXHAUSTED: the year has no number left in a shard.
absl::Status ContractNumbersExhaustedError();
// DATA_LOSS AWARD_MALFORMED: an award in the tender log that no contract can be made of.
absl::Status AwardMalformedError(absl::string_view field);

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_ERRORS_H_
