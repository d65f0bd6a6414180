// Versions of a supplier's bank account and when they count. Pure and thread-safe.
//
//   version 1     ACTIVE from its submission: there is no older account to protect, and nothing has
//                 been paid yet
//   version n+1   SUBMITTED --second person--> WAITING --kAccountWaitingPeriod--> ACTIVE
//                 A later submission replaces one that is not active yet: this is how the supplier
//                 stops a change that it did not want.
//   the former    REPLACED
//
// No timer moves anything: what time changes is worked out on read.
#ifndef JODAL_SERVICES_PAYMENT_DOMAIN_ACCOUNT_H_
#define JODAL_SERVICES_PAYMENT_DOMAIN_ACCOUNT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::payment {

// Numbers as in jodal.payment.v1.Account.State.
enum class AccountState { kSubmitted = 1, kWaiting, kActive, kReplaced };
const char* Name(AccountState state);  // "WAITING"

// Version numbers; 0 is none. pending > active.
struct Versions {
  int latest = 0;
  int active = 0;
  int pending = 0;
  bool pending_approved = false;
  absl::Time pending_effective = absl::InfiniteFuture();  // of an approved one

  friend bool operator==(const Versions&, const Versions&) = default;
};

// `versions` at `now`: a pending version whose waiting time is over is the active one.
Versions At(const Versions& versions, absl::Time now);

// State of `version`, 1..latest, in versions that stand At() the time asked about.
AccountState StateOf(const Versions& versions, int version);

// The next version is submitted. `versions` stands At() now.
Versions Submitted(const Versions& versions);
// The pending version is approved; it counts from `effective` on. Requires a pending version.
Versions Approved(const Versions& versions, absl::Time effective);

// INVALID_ARGUMENT ACCOUNT_NUMBER_INVALID unless kAccountNumberBytesMin..Max digits, capital
// letters and inner hyphens.
absl::Status CheckAccountNumber(absl::string_view number);

// "****1234": the last kMaskedTailBytes characters, hyphens left out; nothing of the length.
std::string MaskAccountNumber(absl::string_view number);

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_DOMAIN_ACCOUNT_H_
