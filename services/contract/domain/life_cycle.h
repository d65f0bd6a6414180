// The life cycle of a contract as a table of (state, event, state). Pure and thread-safe.
//
//   AWARDED -> OFFERED -> CONSENTED -> FORMED -> COMPLETED
//                                      |  ^
//                                      +--+ reports and inspections
#ifndef JODAL_SERVICES_CONTRACT_DOMAIN_LIFE_CYCLE_H_
#define JODAL_SERVICES_CONTRACT_DOMAIN_LIFE_CYCLE_H_

#include <span>

#include "absl/status/statusor.h"
#include "common/base/transition.h"

namespace jodal::contract {

// Numbers as in jodal.contract.v1.Contract.State.
enum class State { kAwarded = 1, kOffered, kConsented, kFormed, kCompleted };
inline constexpr State kStates[] = {State::kAwarded, State::kOffered, State::kConsented,
                                    State::kFormed, State::kCompleted};

enum class Event {
  kOffer,
  kConsent,
  kConfirm,
  kReport,
  kInspect,   // rejected, or accepted and not the last
  kComplete,  // an inspection that accepts the final delivery
};
inline constexpr Event kEvents[] = {Event::kOffer,  Event::kConsent, Event::kConfirm,
                                    Event::kReport, Event::kInspect, Event::kComplete};

using Transition = jodal::Transition<State, Event>;
std::span<const Transition> Transitions();

// FAILED_PRECONDITION WRONG_STATE with metadata "state" and "event".
absl::StatusOr<State> Next(State state, Event event);

const char* Name(State state);  // "FORMED"
const char* Name(Event event);  // "OFFER"

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_DOMAIN_LIFE_CYCLE_H_
