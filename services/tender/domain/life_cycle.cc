#include "services/tender/domain/life_cycle.h"

#include <string>

#include "common/base/transition.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::tender {
namespace {

constexpr Transition kTransitions[] = {
    {State::kDraft, Event::kSubmit, State::kSubmitted, Guard::kNoticeClean},
    {State::kSubmitted, Event::kReturn, State::kDraft, Guard::kNone},
    {State::kSubmitted, Event::kApprove, State::kPublishing, Guard::kSecondPerson},
    {State::kPublishing, Event::kBoxMade, State::kPublished, Guard::kBoxMade},
    {State::kPublished, Event::kAmend, State::kAmending, Guard::kBeforeDeadline},
    {State::kAmending, Event::kAmended, State::kPublished, Guard::kNoticeClean},
    {State::kAmending, Event::kAmendAbandoned, State::kPublished, Guard::kNone},
    {State::kPublished, Event::kClose, State::kClosed, Guard::kDeadlinePassed},
    {State::kClosed, Event::kOpen, State::kOpened, Guard::kQuorumAtOpening},
    {State::kClosed, Event::kFail, State::kFailed, Guard::kNoWinner},
    {State::kOpened, Event::kEvaluate, State::kEvaluated, Guard::kNone},
    {State::kOpened, Event::kFail, State::kFailed, Guard::kNoWinner},
    {State::kEvaluated, Event::kAward, State::kAwarded, Guard::kHasCandidate},
    {State::kEvaluated, Event::kFail, State::kFailed, Guard::kNoWinner},
    {State::kDraft, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kSubmitted, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kPublishing, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kPublished, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kAmending, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kClosed, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kOpened, Event::kCancel, State::kCancelled, Guard::kNone},
    {State::kEvaluated, Event::kCancel, State::kCancelled, Guard::kNone},
};

absl::Status WrongState(State state, Event event) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "WRONG_STATE",
                   "the tender's state does not allow this",
                   {{"state", Name(state)}, {"event", Name(event)}});
}

bool Holds(Guard guard, const GuardFacts& facts) {
  switch (guard) {
    case Guard::kNone:
      return true;
    case Guard::kNoticeClean:
      return facts.notice_clean;
    case Guard::kSecondPerson:
      return facts.second_person;
    case Guard::kBoxMade:
      return facts.box_made;
    case Guard::kBeforeDeadline:
      return !facts.deadline_passed;
    case Guard::kDeadlinePassed:
      return facts.deadline_passed;
    case Guard::kQuorumAtOpening:
      return facts.quorum_at_opening;
    case Guard::kHasCandidate:
      return facts.has_candidate;
    case Guard::kNoWinner:
      return facts.no_winner;
  }
  return false;
}

}  // namespace

std::span<const Transition> Transitions() { return kTransitions; }

absl::StatusOr<State> Next(State state, Event event) {
  const Transition* t = FindTransition(kTransitions, state, event);
  if (t == nullptr) return WrongState(state, event);
  return t->to;
}

absl::StatusOr<State> Advance(State state, Event event, const GuardFacts& facts) {
  const Transition* t = FindTransition(kTransitions, state, event);
  if (t == nullptr) return WrongState(state, event);
  if (!Holds(t->guard, facts)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "GUARD_REFUSED",
                     "a condition of this step is not met",
                     {{"state", Name(state)}, {"event", Name(event)}, {"guard", Name(t->guard)}});
  }
  return t->to;
}

bool IsFinal(State state) {
  return state == State::kAwarded || state == State::kFailed || state == State::kCancelled;
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

const char* Name(Guard guard) {
  switch (guard) {
    case Guard::kNone:
      return "NONE";
    case Guard::kNoticeClean:
      return "NOTICE_CLEAN";
    case Guard::kSecondPerson:
      return "SECOND_PERSON";
    case Guard::kBoxMade:
      return "BOX_MADE";
    case Guard::kBeforeDeadline:
      return "BEFORE_DEADLINE";
    case Guard::kDeadlinePassed:
      return "DEADLINE_PASSED";
    case Guard::kQuorumAtOpening:
      return "QUORUM_AT_OPENING";
    case Guard::kHasCandidate:
      return "HAS_CANDIDATE";
    case Guard::kNoWinner:
      return "NO_WINNER";
  }
  return "UNKNOWN";
}

std::optional<State> ParseState(absl::string_view name) {
  for (int i = 0; i < kStateCount; ++i) {
    const State state = static_cast<State>(i);
    if (name == Name(state)) return state;
  }
  return std::nullopt;
}

}  // namespace jodal::tender
