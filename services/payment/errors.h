// Every refusal of the payment service, one constructor per condition. Messages and metadata carry
// no amounts, no account data and no names.
#ifndef JODAL_SERVICES_PAYMENT_ERRORS_H_
#define JODAL_SERVICES_PAYMENT_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"
#include "services/kit/errors.h"

namespace jodal::payment {

using kit::DocumentTooLargeError;
using kit::NotAllowedError;
using kit::WrongStateError;

inline constexpr ErrorTable kErrors({
    {"ACCOUNT_CHANGED", absl::StatusCode::kFailedPrecondition},
    {"ACCOUNT_DIGEST_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"ACCOUNT_HOLDER_INVALID", absl::StatusCode::kInvalidArgument},
    {"ACCOUNT_MISSING", absl::StatusCode::kFailedPrecondition},
    {"ACCOUNT_NONCE_INVALID", absl::StatusCode::kInvalidArgument},
    {"ACCOUNT_NOT_FOUND", absl::StatusCode::kNotFound},
    {"ACCOUNT_NUMBER_INVALID", absl::StatusCode::kInvalidArgument},
    {"ACCOUNT_SAME_PERSON", absl::StatusCode::kFailedPrecondition},
    {"ACCOUNT_VERSION", absl::StatusCode::kFailedPrecondition},
    {"APPROVER_ALREADY_SIGNED", absl::StatusCode::kFailedPrecondition},
    {"BANK_REFERENCE_INVALID", absl::StatusCode::kInvalidArgument},
    {"BANK_UNKNOWN", absl::StatusCode::kFailedPrecondition},
    {"CONTRACT_ID_MISSING", absl::StatusCode::kInvalidArgument},
    {"INSPECTION_MALFORMED", absl::StatusCode::kDataLoss},
    {"INSPECTION_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"INVOICE_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"ORDER_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"ORDER_NOT_FOUND", absl::StatusCode::kNotFound},
    {"PAYMENT_AMOUNT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PAYMENT_CONTRACT_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PAYMENT_CURRENCY_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PAYMENT_NOT_FOUND", absl::StatusCode::kNotFound},
    {"PAYMENT_SEQUENCE_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"STORED_RECORD_DAMAGED", absl::StatusCode::kDataLoss},
});

// INVALID_ARGUMENT: wrong in itself.
absl::Status AccountNumberInvalidError();  // ACCOUNT_NUMBER_INVALID
absl::Status AccountHolderInvalidError();  // ACCOUNT_HOLDER_INVALID
absl::Status AccountNonceInvalidError();   // ACCOUNT_NONCE_INVALID
absl::Status BankReferenceInvalidError();  // BANK_REFERENCE_INVALID
absl::Status ContractIdMissingError();     // CONTRACT_ID_MISSING

// NOT_FOUND.
absl::Status AccountNotFoundError();  // ACCOUNT_NOT_FOUND
absl::Status PaymentNotFoundError();  // PAYMENT_NOT_FOUND
absl::Status OrderNotFoundError();    // ORDER_NOT_FOUND

// FAILED_PRECONDITION: does not fit what is on record.
absl::Status BankUnknownError();                 // BANK_UNKNOWN
absl::Status AccountVersionError(int expected);  // ACCOUNT_VERSION
absl::Status AccountSamePersonError();           // ACCOUNT_SAME_PERSON
absl::Status AccountDigestMismatchError();       // ACCOUNT_DIGEST_MISMATCH
absl::Status AccountMissingError();              // ACCOUNT_MISSING
// ACCOUNT_CHANGED: the account is not the one that counts now. `field` says where it shows:
// "accountVersion" or "accountSha256" of the document, "active" for the supplier's account.
absl::Status AccountChangedError(absl::string_view field);
absl::Status InspectionMismatchError();     // INSPECTION_MISMATCH
absl::Status InvoiceMismatchError();        // INVOICE_MISMATCH
absl::Status ContractMismatchError();       // PAYMENT_CONTRACT_MISMATCH
absl::Status AmountMismatchError();         // PAYMENT_AMOUNT_MISMATCH
absl::Status CurrencyMismatchError();       // PAYMENT_CURRENCY_MISMATCH
absl::Status SequenceMismatchError();       // PAYMENT_SEQUENCE_MISMATCH
absl::Status ApproverAlreadySignedError();  // APPROVER_ALREADY_SIGNED
absl::Status OrderMismatchError();          // ORDER_MISMATCH

// DATA_LOSS: an inspection in the contract log that no payment can be made of.
absl::Status InspectionMalformedError(absl::string_view field);  // INSPECTION_MALFORMED
// DATA_LOSS: records that contradict each other.
absl::Status RecordsDamagedError();  // STORED_RECORD_DAMAGED

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_ERRORS_H_
