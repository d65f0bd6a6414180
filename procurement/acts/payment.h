// The life of a payment as a fold over its signed documents.
//
//   PAYABLE -> INVOICED -> APPROVED_ONCE -> ORDERED -> SETTLED
//                 ^-------------+   a new invoice, once the supplier's account has changed
//
// Money leaves on two signatures of different people: two approvals stand between invoice and
// order, each over contract, amount, account, sequence and invoice, and the second one makes the
// order. The service runs the fold when a document arrives, the auditor and the check of the store
// run it again over the documents that were kept. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_PAYMENT_H_
#define JODAL_PROCUREMENT_ACTS_PAYMENT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/payment/v1/case.pb.h"
#include "procurement/acts/act.h"

namespace jodal::procurement {

inline constexpr int kPaymentApprovals = 2;  // people that it takes
inline constexpr size_t kBankReferenceBytesMax = 64;

// What an act on a payment knows beside its document and the payment.
struct PaymentFacts : ActFacts {
  std::string system;                // name of the installation, part of the order
  payment::v1::AccountCase account;  // the supplier's, At() the arrival
  std::string signer;                // person id
  // For who folds without the account's number: digest of the order, as the log says it.
  std::string order_sha256;
};

inline absl::Status CheckShape(const document::v1::Invoice&) { return absl::OkStatus(); }
inline absl::Status CheckShape(const document::v1::PaymentApproval&) { return absl::OkStatus(); }
absl::Status CheckShape(const document::v1::PaymentSettlement& doc);  // BANK_REFERENCE_INVALID

absl::Status Decide(const document::v1::Invoice& doc, const PaymentFacts& facts,
                    payment::v1::PaymentCase& state);
absl::Status Decide(const document::v1::PaymentApproval& doc, const PaymentFacts& facts,
                    payment::v1::PaymentCase& state);
absl::Status Decide(const document::v1::PaymentSettlement& doc, const PaymentFacts& facts,
                    payment::v1::PaymentCase& state);

// Every document that acts on a payment.
using PaymentDocuments = DocumentList<document::v1::Invoice, document::v1::PaymentApproval,
                                      document::v1::PaymentSettlement>;

// The fold begins with an accepted delivery: what the log says of the payment, the `sequence`th of
// its contract, and the payment that it makes. DATA_LOSS INSPECTION_MALFORMED for an inspection
// that no payment can be made of.
absl::StatusOr<event::v1::PayableRecorded> RecordPayable(const event::v1::ContractActed& inspected,
                                                         int sequence);
payment::v1::PaymentCase PaymentFrom(const event::v1::PayableRecorded& recorded);

Standing StandingOf(const payment::v1::PaymentCase& state);
// What the log says of an act, from the payment as it stands after it: of the act, and of the order
// if that made it.
std::vector<event::v1::Event> PaymentEvents(const Act& act, const ActFacts& facts,
                                            const payment::v1::Payment& payment);

// The fold's step: `state` changes only on OK. Gives what the log says of it. The refusals of
// MayAct, those of Decide.
template <typename Doc>
absl::StatusOr<std::vector<event::v1::Event>> ApplyToPayment(const Doc& doc,
                                                             const PaymentFacts& facts,
                                                             const Actor* actor,
                                                             payment::v1::PaymentCase& state) {
  const Act& act = *ActOf(*Doc::descriptor());
  RETURN_IF_ERROR(MayAct(act, actor, StandingOf(state)));
  payment::v1::PaymentCase next = state;
  RETURN_IF_ERROR(Decide(doc, facts, next));
  RETURN_IF_ERROR(EnterState(act, next.mutable_payment()));
  state = std::move(next);
  return PaymentEvents(act, facts, state.payment());
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_PAYMENT_H_
