#include "services/payment/errors.h"

#include <string>

#include "common/status/error.h"

namespace jodal::payment {

absl::Status ContractIdMissingError() {
  return MakeError(kErrors["CONTRACT_ID_MISSING"], "name the contract whose payments are listed");
}

absl::Status AccountNotFoundError() {
  return MakeError(kErrors["ACCOUNT_NOT_FOUND"], "the supplier has no such account");
}
absl::Status PaymentNotFoundError() {
  return MakeError(kErrors["PAYMENT_NOT_FOUND"], "no such payment");
}
absl::Status OrderNotFoundError() {
  return MakeError(kErrors["ORDER_NOT_FOUND"], "the payment has not been ordered");
}

absl::Status BankUnknownError() {
  return MakeError(kErrors["BANK_UNKNOWN"], "bank_id names no active organisation of type bank");
}

absl::Status InspectionMalformedError(absl::string_view field) {
  return MakeError(kErrors["INSPECTION_MALFORMED"],
                   "an inspection in the contract log cannot be made into a payment",
                   {{"field", std::string(field)}});
}
absl::Status RecordsDamagedError() {
  return MakeError(kErrors["STORED_RECORD_DAMAGED"], "stored payment records do not fit together");
}

}  // namespace jodal::payment
