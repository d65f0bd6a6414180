#include "services/contract/errors.h"

#include <string>

namespace jodal::contract {

absl::Status DocumentKindError(absl::string_view kind) {
  return MakeError(kErrors["DOCUMENT_KIND"], "no document of this kind acts on a contract",
                   {{"kind", std::string(kind)}});
}
absl::Status TenderIdMissingError() {
  return MakeError(kErrors["TENDER_ID_MISSING"],
                   "without a session, name the tender whose contracts are listed");
}
absl::Status ContractNotFoundError() {
  return MakeError(kErrors["CONTRACT_NOT_FOUND"], "no such contract");
}
absl::Status ContractNumbersExhaustedError() {
  return MakeError(kErrors["CONTRACT_NUMBERS_EXHAUSTED"],
                   "no contract number of this year is left for the tender's part of the store");
}

absl::Status AwardMalformedError(absl::string_view field) {
  return MakeError(kErrors["AWARD_MALFORMED"],
                   "an award in the tender log cannot be made into a contract",
                   {{"field", std::string(field)}});
}

}  // namespace jodal::contract
