// The life cycle of a payment as a table of (state, event, state). Pure and thread-safe.
//
//   PAYABLE -> INVOICED -> APPROVED_ONCE -> ORDERED -> SETTLED
//                 ^-------------+   a new invoice, once the supplier's account has changed
//
// Money leaves on two signatures of different people: two approvals stand between invoice and order
// (threats.md, changed bank accounts).
#ifndef JODAL_SERVICES_PAYMENT_DOMAIN_LIFE_CYCLE_H_
#define JODAL_SERVICES_PAYMENT_DOMAIN_LIFE_CYCLE_H_

#include <span>

#include "absl/status/statusor.h"
#include "common/base/transition.h"

namespace jodal::payment {

// Numbers as in jodal.payment.v1.Payment.State.
enum class State { kPayable = 1, kInvoiced, kApprovedOnce, kOrdered, kSettled };
inline constexpr State kStates[] = {State::kPayable, State::kInvoiced, State::kApprovedOnce,
                                    State::kOrdered, State::kSettled};

enum class Event {
  kInvoice,       // the first invoice
  kInvoiceAgain,  // the invoice's account is not in force any more; approvals so far are void
  kApprove,       // the second one makes the order
  kSettle,
};
inline constexpr Event kEvents[] = {Event::kInvoice, Event::kInvoiceAgain, Event::kApprove,
                                    Event::kSettle};

using Transition = jodal::Transition<State, Event>;
std::span<const Transition> Transitions();

// FAILED_PRECONDITION WRONG_STATE with metadata "state" and "event".
absl::StatusOr<State> Next(State state, Event event);

const char* Name(State state);  // "APPROVED_ONCE"
const char* Name(Event event);  // "INVOICE_AGAIN"

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_DOMAIN_LIFE_CYCLE_H_
