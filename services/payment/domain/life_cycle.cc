#include "services/payment/domain/life_cycle.h"

#include "services/payment/errors.h"

namespace jodal::payment {
namespace {

constexpr Transition kTransitions[] = {
    {State::kPayable, Event::kInvoice, State::kInvoiced},
    {State::kInvoiced, Event::kInvoiceAgain, State::kInvoiced},
    {State::kApprovedOnce, Event::kInvoiceAgain, State::kInvoiced},
    {State::kInvoiced, Event::kApprove, State::kApprovedOnce},
    {State::kApprovedOnce, Event::kApprove, State::kOrdered},
    {State::kOrdered, Event::kSettle, State::kSettled},
};

}  // namespace

std::span<const Transition> Transitions() { return kTransitions; }

absl::StatusOr<State> Next(State state, Event event) {
  if (const auto* t = FindTransition(kTransitions, state, event)) return t->to;
  return WrongStateError({Name(state), Name(event)});
}

const char* Name(State state) {
  switch (state) {
    case State::kPayable:
      return "PAYABLE";
    case State::kInvoiced:
      return "INVOICED";
    case State::kApprovedOnce:
      return "APPROVED_ONCE";
    case State::kOrdered:
      return "ORDERED";
    case State::kSettled:
      return "SETTLED";
  }
  return "UNKNOWN";
}

const char* Name(Event event) {
  switch (event) {
    case Event::kInvoice:
      return "INVOICE";
    case Event::kInvoiceAgain:
      return "INVOICE_AGAIN";
    case Event::kApprove:
      return "APPROVE";
    case Event::kSettle:
      return "SETTLE";
  }
  return "UNKNOWN";
}

}  // namespace jodal::payment
