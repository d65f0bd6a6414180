// The lives of an organisation and of a person, as tables of (state, event, state).
#ifndef JODAL_SERVICES_REGISTRATION_DOMAIN_LIFE_CYCLE_H_
#define JODAL_SERVICES_REGISTRATION_DOMAIN_LIFE_CYCLE_H_

#include <cstddef>
#include <optional>

#include "common/base/transition.h"

namespace jodal::registration {

enum class State { kNone, kPending, kActive, kSuspended };
// kLapse is driven by time and evaluated on read: a registration that nobody approved is as none.
enum class Event { kRegister, kLapse, kApprove, kSuspend, kLift };
inline constexpr State kStates[] = {State::kNone, State::kPending, State::kActive,
                                    State::kSuspended};
inline constexpr Event kEvents[] = {Event::kRegister, Event::kLapse, Event::kApprove,
                                    Event::kSuspend, Event::kLift};

using Move = Transition<State, Event>;

inline constexpr Move kOrganizationMoves[] = {
    {State::kNone, Event::kRegister, State::kPending},
    {State::kPending, Event::kLapse, State::kNone},
    {State::kPending, Event::kApprove, State::kActive},
    {State::kActive, Event::kSuspend, State::kSuspended},
    {State::kSuspended, Event::kLift, State::kActive},
};

inline constexpr Move kPersonMoves[] = {
    {State::kNone, Event::kRegister, State::kPending},
    {State::kPending, Event::kLapse, State::kNone},
    {State::kPending, Event::kApprove, State::kActive},
};

// The state after `event`, nullopt if it may not happen in `from`.
template <size_t n>
constexpr std::optional<State> Next(const Move (&moves)[n], State from, Event event) {
  if (const Move* move = FindTransition(moves, from, event)) return move->to;
  return std::nullopt;
}

constexpr const char* StateName(State state) {
  switch (state) {
    case State::kNone:
      return "NONE";
    case State::kPending:
      return "PENDING";
    case State::kActive:
      return "ACTIVE";
    case State::kSuspended:
      return "SUSPENDED";
  }
  return "";
}

constexpr const char* EventName(Event event) {
  switch (event) {
    case Event::kRegister:
      return "register";
    case Event::kLapse:
      return "lapse";
    case Event::kApprove:
      return "approve";
    case Event::kSuspend:
      return "suspend";
    case Event::kLift:
      return "lift";
  }
  return "";
}

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_DOMAIN_LIFE_CYCLE_H_
