// Limits of the payment service.
#ifndef JODAL_SERVICES_PAYMENT_LIMITS_H_
#define JODAL_SERVICES_PAYMENT_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::payment {

// How long an approved change of account waits before money goes there: long enough for the
// supplier's people to see account.approved in the log and to submit another version against it.
inline constexpr absl::Duration kAccountWaitingPeriod = absl::Hours(3 * 24);

// Korean account numbers have 10 to 16 digits, an IBAN up to 34 characters; hyphens are kept as
// written.
inline constexpr size_t kAccountNumberBytesMin = 6;
inline constexpr size_t kAccountNumberBytesMax = 34;
inline constexpr size_t kMaskedTailBytes = 4;  // shown of an account number

inline constexpr size_t kHolderBytesMax = 200;
inline constexpr size_t kBankReferenceBytesMax = 64;
inline constexpr size_t kNonceBytes = 16;  // more than can be guessed

// Every document here is a short form.
inline constexpr size_t kDocumentBytesMax = 16 << 10;

// A contract's deliveries are at most 200 (services/contract/limits.h).
inline constexpr int kPaymentSequenceMax = 999'999;

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 500;  // payments of about 1 KB

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_LIMITS_H_
