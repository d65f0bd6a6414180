#include "services/bidding/domain/life_cycle.h"

#include "services/kit/errors.h"

namespace jodal::bidding {
namespace {

constexpr Transition kTransitions[] = {
    {State::kOpen, Event::kSupersede, State::kOpen},
    {State::kOpen, Event::kSubmit, State::kOpen},
    {State::kOpen, Event::kWithdraw, State::kOpen},
    {State::kOpen, Event::kClose, State::kClosed},
    {State::kOpen, Event::kCancel, State::kCancelled},
    {State::kClosed, Event::kRelease, State::kClosed},
    {State::kClosed, Event::kQuorum, State::kOpening},
    {State::kClosed, Event::kCancel, State::kCancelled},
    {State::kOpening, Event::kRelease, State::kOpening},
    {State::kOpening, Event::kOpenBid, State::kOpening},
    {State::kOpening, Event::kComplete, State::kOpened},
};

}  // namespace

std::span<const Transition> Transitions() { return kTransitions; }

absl::StatusOr<State> Next(State state, Event event) {
  if (const auto* t = FindTransition(kTransitions, state, event)) return t->to;
  return kit::WrongStateError({Name(state), Name(event)});
}

State StateAt(State stored, const Moment& moment) {
  if (stored == State::kOpen && moment.now_ns >= moment.deadline_ns) return State::kClosed;
  return stored;
}

const char* Name(State state) {
  switch (state) {
    case State::kOpen:
      return "OPEN";
    case State::kClosed:
      return "CLOSED";
    case State::kOpening:
      return "OPENING";
    case State::kOpened:
      return "OPENED";
    case State::kCancelled:
      return "CANCELLED";
  }
  return "UNKNOWN";
}

const char* Name(Event event) {
  switch (event) {
    case Event::kSupersede:
      return "SUPERSEDE";
    case Event::kSubmit:
      return "SUBMIT";
    case Event::kWithdraw:
      return "WITHDRAW";
    case Event::kClose:
      return "CLOSE";
    case Event::kRelease:
      return "RELEASE";
    case Event::kQuorum:
      return "QUORUM";
    case Event::kOpenBid:
      return "OPEN_BID";
    case Event::kComplete:
      return "COMPLETE";
    case Event::kCancel:
      return "CANCEL";
  }
  return "UNKNOWN";
}

}  // namespace jodal::bidding
