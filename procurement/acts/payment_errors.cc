#include "procurement/acts/payment_errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "procurement/acts/account.h"
#include "procurement/acts/errors.h"
#include "procurement/acts/payment.h"

namespace jodal::procurement {

absl::Status AccountNumberInvalidError() {
  return MakeError(
      kActErrors["ACCOUNT_NUMBER_INVALID"],
      absl::StrCat("an account number has ", kAccountNumberBytesMin, " to ", kAccountNumberBytesMax,
                   " characters: digits, capital letters and inner hyphens"));
}
absl::Status AccountHolderInvalidError() {
  return MakeError(
      kActErrors["ACCOUNT_HOLDER_INVALID"],
      absl::StrCat("the holder's name is needed, at most ", kHolderBytesMax, " bytes"));
}
absl::Status AccountNonceInvalidError() {
  return MakeError(kActErrors["ACCOUNT_NONCE_INVALID"],
                   absl::StrCat("the nonce is ", kAccountNonceBytes,
                                " random bytes in lower-case hex: without it the public digest "
                                "would let the account number be guessed"));
}
absl::Status BankReferenceInvalidError() {
  return MakeError(
      kActErrors["BANK_REFERENCE_INVALID"],
      absl::StrCat("the bank's reference is needed, at most ", kBankReferenceBytesMax, " bytes"));
}
absl::Status AccountVersionError(int expected) {
  return MakeError(kActErrors["ACCOUNT_VERSION"],
                   "the document is not about the version that is next",
                   {{"expected", absl::StrCat(expected)}});
}
absl::Status AccountDigestMismatchError() {
  return MakeError(kActErrors["ACCOUNT_DIGEST_MISMATCH"],
                   "the approval is not of the account document on record");
}
absl::Status AccountMissingError() {
  return MakeError(kActErrors["ACCOUNT_MISSING"], "the supplier has submitted no bank account yet");
}
absl::Status AccountChangedError(absl::string_view field) {
  return MakeError(kActErrors["ACCOUNT_CHANGED"],
                   "the bank account is not the one in force: read the payment again; if the "
                   "supplier has changed accounts, a new invoice is needed",
                   {{"field", std::string(field)}});
}
absl::Status InvoicedAlreadyError(const std::string& state) {
  return MakeError(kActErrors["WRONG_STATE"],
                   "the payment has an invoice, and the account that it names is in force",
                   {{"state", state}, {"act", "invoice"}});
}
absl::Status InspectionMismatchError() {
  return MakeError(kActErrors["INSPECTION_MISMATCH"],
                   "the invoice is not for the inspection on record");
}
absl::Status InvoiceMismatchError() {
  return MakeError(kActErrors["INVOICE_MISMATCH"], "the approval is not of the invoice on record");
}
absl::Status PaymentMismatchError(absl::string_view field) {
  return MakeError(kActErrors["PAYMENT_MISMATCH"], "the document is about another payment",
                   {{"field", std::string(field)}});
}
absl::Status SequenceMismatchError() {
  return MakeError(kActErrors["SEQUENCE_MISMATCH"], "the payment has another number");
}
absl::Status OrderMismatchError() {
  return MakeError(kActErrors["ORDER_MISMATCH"], "the settlement is not of the order on record");
}
absl::Status InspectionMalformedError(absl::string_view field) {
  return MakeError(kActErrors["INSPECTION_MALFORMED"],
                   "an inspection in the contract log cannot be made into a payment",
                   {{"field", std::string(field)}});
}

}  // namespace jodal::procurement
