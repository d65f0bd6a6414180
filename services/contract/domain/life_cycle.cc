#include "services/contract/domain/life_cycle.h"

#include "services/contract/errors.h"

namespace jodal::contract {
namespace {

constexpr Transition kTransitions[] = {
    {State::kAwarded, Event::kOffer, State::kOffered},
    {State::kOffered, Event::kConsent, State::kConsented},
    {State::kConsented, Event::kConfirm, State::kFormed},
    {State::kFormed, Event::kReport, State::kFormed},
    {State::kFormed, Event::kInspect, State::kFormed},
    {State::kFormed, Event::kComplete, State::kCompleted},
};

}  // namespace

std::span<const Transition> Transitions() { return kTransitions; }

absl::StatusOr<State> Next(State state, Event event) {
  if (const auto* t = FindTransition(kTransitions, state, event)) return t->to;
  return WrongStateError({Name(state), Name(event)});
}

const char* Name(State state) {
  switch (state) {
    case State::kAwarded:
      return "AWARDED";
    case State::kOffered:
      return "OFFERED";
    case State::kConsented:
      return "CONSENTED";
    case State::kFormed:
      return "FORMED";
    case State::kCompleted:
      return "COMPLETED";
  }
  return "UNKNOWN";
}

const char* Name(Event event) {
  switch (event) {
    case Event::kOffer:
      return "OFFER";
    case Event::kConsent:
      return "CONSENT";
    case Event::kConfirm:
      return "CONFIRM";
    case Event::kReport:
      return "REPORT";
    case Event::kInspect:
      return "INSPECT";
    case Event::kComplete:
      return "COMPLETE";
  }
  return "UNKNOWN";
}

}  // namespace jodal::contract
