#include "services/tender/domain/life_cycle.h"

#include "services/kit/errors.h"

namespace jodal::tender {
namespace {

constexpr Transition kTransitions[] = {
    {State::kDraft, Event::kSubmit, State::kSubmitted},
    {State::kSubmitted, Event::kReturn, State::kDraft},
    {State::kSubmitted, Event::kApprove, State::kPublishing},
    {State::kPublishing, Event::kBoxMade, State::kPublished},
    {State::kPublished, Event::kAmend, State::kAmending},
    {State::kAmending, Event::kAmended, State::kPublished},
    {State::kAmending, Event::kAmendAbandoned, State::kPublished},
    {State::kPublished, Event::kClose, State::kClosed},
    {State::kClosed, Event::kOpen, State::kOpened},
    {State::kOpened, Event::kEvaluate, State::kEvaluated},
    {State::kEvaluated, Event::kAward, State::kAwarded},
    {State::kEvaluated, Event::kFail, State::kFailed},
    {State::kDraft, Event::kCancel, State::kCancelled},
    {State::kSubmitted, Event::kCancel, State::kCancelled},
    {State::kPublishing, Event::kCancel, State::kCancelled},
    {State::kPublished, Event::kCancel, State::kCancelled},
    {State::kAmending, Event::kCancel, State::kCancelled},
    {State::kClosed, Event::kCancel, State::kCancelled},
    {State::kOpened, Event::kCancel, State::kCancelled},
    {State::kEvaluated, Event::kCancel, State::kCancelled},
};

}  // namespace

std::span<const Transition> Transitions() { return kTransitions; }

absl::StatusOr<State> Next(State state, Event event) {
  if (const auto* t = FindTransition(kTransitions, state, event)) return t->to;
  return kit::WrongStateError({Name(state), Name(event)});
}

const char* Name(State state) {
  switch (state) {
    case State::kDraft:
      return "DRAFT";
    case State::kSubmitted:
      return "SUBMITTED";
    case State::kPublishing:
      return "PUBLISHING";
    case State::kPublished:
      return "PUBLISHED";
    case State::kAmending:
      return "AMENDING";
    case State::kClosed:
      return "CLOSED";
    case State::kOpened:
      return "OPENED";
    case State::kEvaluated:
      return "EVALUATED";
    case State::kAwarded:
      return "AWARDED";
    case State::kFailed:
      return "FAILED";
    case State::kCancelled:
      return "CANCELLED";
  }
  return "UNKNOWN";
}

const char* Name(Event event) {
  switch (event) {
    case Event::kSubmit:
      return "SUBMIT";
    case Event::kReturn:
      return "RETURN";
    case Event::kApprove:
      return "APPROVE";
    case Event::kBoxMade:
      return "BOX_MADE";
    case Event::kAmend:
      return "AMEND";
    case Event::kAmended:
      return "AMENDED";
    case Event::kAmendAbandoned:
      return "AMEND_ABANDONED";
    case Event::kClose:
      return "CLOSE";
    case Event::kOpen:
      return "OPEN";
    case Event::kEvaluate:
      return "EVALUATE";
    case Event::kAward:
      return "AWARD";
    case Event::kFail:
      return "FAIL";
    case Event::kCancel:
      return "CANCEL";
  }
  return "UNKNOWN";
}

}  // namespace jodal::tender
