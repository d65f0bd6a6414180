#include "services/payment/errors.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/payment/limits.h"

namespace jodal::payment {

absl::Status AccountNumberInvalidError() {
  return MakeError(
      kErrors["ACCOUNT_NUMBER_INVALID"],
      absl::StrCat("an account number has ", kAccountNumberBytesMin, " to ", kAccountNumberBytesMax,
                   " characters: digits, capital letters and inner hyphens"));
}
absl::Status AccountHolderInvalidError() {
  return MakeError(
      kErrors["ACCOUNT_HOLDER_INVALID"],
      absl::StrCat("the holder's name is needed, at most ", kHolderBytesMax, " bytes"));
}
absl::Status AccountNonceInvalidError() {
  return MakeError(kErrors["ACCOUNT_NONCE_INVALID"],
                   absl::StrCat("the nonce is ", kNonceBytes,
                                " random bytes in lower-case hex: without it the public digest "
                                "would let the account number be guessed"));
}
absl::Status BankReferenceInvalidError() {
  return MakeError(
      kErrors["BANK_REFERENCE_INVALID"],
      absl::StrCat("the bank's reference is needed, at most ", kBankReferenceBytesMax, " bytes"));
}
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
absl::Status AccountVersionError(int expected) {
  return MakeError(kErrors["ACCOUNT_VERSION"], "the document is not about the version that is next",
                   {{"expected", absl::StrCat(expected)}});
}
absl::Status AccountSamePersonError() {
  return MakeError(kErrors["ACCOUNT_SAME_PERSON"],
                   "a change of account is approved by another person than submitted it");
}
absl::Status AccountDigestMismatchError() {
  return MakeError(kErrors["ACCOUNT_DIGEST_MISMATCH"],
                   "the approval is not of the account document on record");
}
absl::Status AccountMissingError() {
  return MakeError(kErrors["ACCOUNT_MISSING"], "the supplier has submitted no bank account yet");
}
absl::Status AccountChangedError(absl::string_view field) {
  return MakeError(kErrors["ACCOUNT_CHANGED"],
                   "the bank account is not the one in force: read the payment again; if the "
                   "supplier has changed accounts, a new invoice is needed",
                   {{"field", std::string(field)}});
}
absl::Status InspectionMismatchError() {
  return MakeError(kErrors["INSPECTION_MISMATCH"],
                   "the invoice is not for the inspection on record");
}
absl::Status InvoiceMismatchError() {
  return MakeError(kErrors["INVOICE_MISMATCH"], "the approval is not of the invoice on record");
}
absl::Status ContractMismatchError() {
  return MakeError(kErrors["PAYMENT_CONTRACT_MISMATCH"], "the payment is not of this contract");
}
absl::Status AmountMismatchError() {
  return MakeError(kErrors["PAYMENT_AMOUNT_MISMATCH"], "the amount is not the one on record");
}
absl::Status CurrencyMismatchError() {
  return MakeError(kErrors["PAYMENT_CURRENCY_MISMATCH"], "the currency is not the contract's");
}
absl::Status SequenceMismatchError() {
  return MakeError(kErrors["PAYMENT_SEQUENCE_MISMATCH"], "the payment has another number");
}
absl::Status ApproverAlreadySignedError() {
  return MakeError(kErrors["APPROVER_ALREADY_SIGNED"], "the second approval is by another person");
}
absl::Status OrderMismatchError() {
  return MakeError(kErrors["ORDER_MISMATCH"], "the settlement is not of the order on record");
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
