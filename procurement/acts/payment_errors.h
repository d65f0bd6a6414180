// Every refusal of an act on a payment or a bank account, one constructor per condition. Messages
// carry no amounts, no account numbers and no personal data.
#ifndef JODAL_PROCUREMENT_ACTS_PAYMENT_ERRORS_H_
#define JODAL_PROCUREMENT_ACTS_PAYMENT_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::procurement {

// INVALID_ARGUMENT: wrong in itself.
absl::Status AccountNumberInvalidError();  // ACCOUNT_NUMBER_INVALID
absl::Status AccountHolderInvalidError();  // ACCOUNT_HOLDER_INVALID
absl::Status AccountNonceInvalidError();   // ACCOUNT_NONCE_INVALID
absl::Status BankReferenceInvalidError();  // BANK_REFERENCE_INVALID

// FAILED_PRECONDITION: does not fit what is on record.
absl::Status AccountVersionError(int expected);  // ACCOUNT_VERSION
absl::Status AccountDigestMismatchError();       // ACCOUNT_DIGEST_MISMATCH
absl::Status AccountMissingError();              // ACCOUNT_MISSING
// ACCOUNT_CHANGED: the account is not the one that counts now. `field` says where it shows:
// "accountVersion" or "accountSha256" of the document, "active" for the supplier's account.
absl::Status AccountChangedError(absl::string_view field);
// WRONG_STATE: there is an invoice, and its account is in force.
absl::Status InvoicedAlreadyError(const std::string& state);
absl::Status InspectionMismatchError();                      // INSPECTION_MISMATCH
absl::Status InvoiceMismatchError();                         // INVOICE_MISMATCH
absl::Status PaymentMismatchError(absl::string_view field);  // PAYMENT_MISMATCH
absl::Status SequenceMismatchError();                        // SEQUENCE_MISMATCH
absl::Status OrderMismatchError();                           // ORDER_MISMATCH

// DATA_LOSS: an inspection in the contract log that no payment can be made of.
absl::Status InspectionMalformedError(absl::string_view field);  // INSPECTION_MALFORMED

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_PAYMENT_ERRORS_H_
