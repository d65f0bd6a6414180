#include "services/payment/errors.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/payment/limits.h"

namespace jodal::payment {
namespace {

absl::Status Invalid(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}
absl::Status NotFound(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kNotFound, reason, message);
}
absl::Status Precondition(absl::string_view reason, absl::string_view message,
                          const ErrorMetadata& metadata = {}) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

}  // namespace

absl::Status NotAllowedError() {
  return MakeError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED",
                   "the caller may not do this");
}

absl::Status DocumentTooLargeError() {
  return Invalid("DOCUMENT_TOO_LARGE",
                 absl::StrCat("a document of this kind has at most ", kDocumentBytesMax, " bytes"));
}
absl::Status AccountNumberInvalidError() {
  return Invalid(
      "ACCOUNT_NUMBER_INVALID",
      absl::StrCat("an account number has ", kAccountNumberBytesMin, " to ", kAccountNumberBytesMax,
                   " characters: digits, capital letters and inner hyphens"));
}
absl::Status AccountHolderInvalidError() {
  return Invalid("ACCOUNT_HOLDER_INVALID",
                 absl::StrCat("the holder's name is needed, at most ", kHolderBytesMax, " bytes"));
}
absl::Status AccountNonceInvalidError() {
  return Invalid("ACCOUNT_NONCE_INVALID",
                 absl::StrCat("the nonce is ", kNonceBytes,
                              " random bytes in lower-case hex: without it the public digest "
                              "would let the account number be guessed"));
}
absl::Status BankReferenceInvalidError() {
  return Invalid("BANK_REFERENCE_INVALID", absl::StrCat("the bank's reference is needed, at most ",
                                                        kBankReferenceBytesMax, " bytes"));
}
absl::Status ContractIdMissingError() {
  return Invalid("CONTRACT_ID_MISSING", "say which contract's payments");
}

absl::Status AccountNotFoundError() {
  return NotFound("ACCOUNT_NOT_FOUND", "the supplier has no such account");
}
absl::Status PaymentNotFoundError() { return NotFound("PAYMENT_NOT_FOUND", "no such payment"); }
absl::Status OrderNotFoundError() {
  return NotFound("ORDER_NOT_FOUND", "the payment has not been ordered");
}

absl::Status WrongStateError(const WrongState& what) {
  return Precondition("WRONG_STATE", "the state does not allow this",
                      {{"state", std::string(what.state)}, {"event", std::string(what.event)}});
}
absl::Status BankUnknownError() {
  return Precondition("BANK_UNKNOWN", "bank_id names no active organisation of type bank");
}
absl::Status AccountVersionError(int expected) {
  return Precondition("ACCOUNT_VERSION", "the document is not about the version that is next",
                      {{"expected", absl::StrCat(expected)}});
}
absl::Status AccountSamePersonError() {
  return Precondition("ACCOUNT_SAME_PERSON",
                      "a change of account is approved by another person than submitted it");
}
absl::Status AccountDigestMismatchError() {
  return Precondition("ACCOUNT_DIGEST_MISMATCH",
                      "the approval is not of the account document on record");
}
absl::Status AccountMissingError() {
  return Precondition("ACCOUNT_MISSING", "the supplier has submitted no bank account yet");
}
absl::Status AccountChangedError(absl::string_view field) {
  return Precondition("ACCOUNT_CHANGED",
                      "the bank account is not the one in force: read the payment again; if the "
                      "supplier has changed accounts, a new invoice is needed",
                      {{"field", std::string(field)}});
}
absl::Status InspectionMismatchError() {
  return Precondition("INSPECTION_MISMATCH", "the invoice is not for the inspection on record");
}
absl::Status InvoiceMismatchError() {
  return Precondition("INVOICE_MISMATCH", "the approval is not of the invoice on record");
}
absl::Status ContractMismatchError() {
  return Precondition("PAYMENT_CONTRACT_MISMATCH", "the payment is not of this contract");
}
absl::Status AmountMismatchError() {
  return Precondition("PAYMENT_AMOUNT_MISMATCH", "the amount is not the one on record");
}
absl::Status CurrencyMismatchError() {
  return Precondition("PAYMENT_CURRENCY_MISMATCH", "the currency is not the contract's");
}
absl::Status SequenceMismatchError() {
  return Precondition("PAYMENT_SEQUENCE_MISMATCH", "the payment has another number");
}
absl::Status ApproverAlreadySignedError() {
  return Precondition("APPROVER_ALREADY_SIGNED", "the second approval is by another person");
}
absl::Status OrderMismatchError() {
  return Precondition("ORDER_MISMATCH", "the settlement is not of the order on record");
}

absl::Status InspectionMalformedError(absl::string_view field) {
  return MakeError(absl::StatusCode::kDataLoss, "INSPECTION_MALFORMED",
                   "an inspection in the contract log cannot be made into a payment",
                   {{"field", std::string(field)}});
}
absl::Status RecordsDamagedError() {
  return MakeError(absl::StatusCode::kDataLoss, "STORED_RECORD_DAMAGED",
                   "stored payment records do not fit together");
}

}  // namespace jodal::payment
