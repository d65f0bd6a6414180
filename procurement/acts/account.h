// The bank account of a supplier as a fold over its signed documents.
//
//   version 1     ACTIVE from its submission: there is no older account to protect, and nothing has
//                 been paid yet
//   version n+1   SUBMITTED --second person--> WAITING --kAccountWaitingPeriod--> ACTIVE
//                 A later submission replaces one that is not active yet: this is how the supplier
//                 stops a change that it did not want.
//
// No timer moves anything: what time changes is worked out by At(). The number is confidential: the
// log says versions and digests, and whoever folds the log alone knows a case without numbers.
// Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_ACCOUNT_H_
#define JODAL_PROCUREMENT_ACTS_ACCOUNT_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/payment/v1/case.pb.h"
#include "procurement/acts/act.h"
#include "procurement/acts/contract_errors.h"

namespace jodal::procurement {

// How long an approved change of account waits before money goes there: long enough for the
// supplier's people to see account.approved in the log and to submit another version against it.
inline constexpr absl::Duration kAccountWaitingPeriod = absl::Hours(3 * 24);

// Korean account numbers have 10 to 16 digits, an IBAN up to 34 characters; hyphens are kept as
// written.
inline constexpr size_t kAccountNumberBytesMin = 6;
inline constexpr size_t kAccountNumberBytesMax = 34;
inline constexpr size_t kHolderBytesMax = 200;
inline constexpr size_t kAccountNonceBytes = 16;  // more than can be guessed

// `account` at `now`: a change whose waiting time is over is in force.
payment::v1::AccountCase At(payment::v1::AccountCase account, absl::Time now);

// ACCOUNT_NUMBER_INVALID, ACCOUNT_HOLDER_INVALID, ACCOUNT_NONCE_INVALID.
absl::Status CheckShape(const document::v1::BankAccount& account);
inline absl::Status CheckShape(const document::v1::BankAccountApproval&) {
  return absl::OkStatus();
}

// `account` stands At() the arrival. `signer`: person id, for the second person to differ from.
struct AccountFacts : ActFacts {
  std::string signer;
};
absl::Status Decide(const document::v1::BankAccount& doc, const AccountFacts& facts,
                    payment::v1::AccountCase& account);
absl::Status Decide(const document::v1::BankAccountApproval& doc, const AccountFacts& facts,
                    payment::v1::AccountCase& account);

// Every document that acts on an account.
using AccountDocuments = DocumentList<document::v1::BankAccount, document::v1::BankAccountApproval>;

Standing StandingOf(const payment::v1::AccountCase& account);
// What the log says of an act, from the case as it stands after it.
event::v1::Event AccountEvent(const Act& act, const ActFacts& facts,
                              const payment::v1::AccountCase& account);

// The fold's step: `account`, empty but for the supplier's id before its first version, changes
// only on OK. Gives what the log says of it. PARTY_MISMATCH if the document is about another
// supplier's account, the refusals of MayAct, those of Decide.
template <typename Doc>
absl::StatusOr<event::v1::Event> ApplyToAccount(const Doc& doc, const ActFacts& facts,
                                                const Actor* actor,
                                                payment::v1::AccountCase& account) {
  const Act& act = *ActOf(*Doc::descriptor());
  if (doc.supplier_id() != account.supplier_id()) return PartyMismatchError("supplierId");
  payment::v1::AccountCase next = At(account, facts.arrival);
  RETURN_IF_ERROR(MayAct(act, actor, StandingOf(next)));
  RETURN_IF_ERROR(Decide(doc, {facts, actor == nullptr ? "" : actor->person_id}, next));
  RETURN_IF_ERROR(EnterState(act, &next));
  account = std::move(next);
  return AccountEvent(act, facts, account);
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_ACCOUNT_H_
