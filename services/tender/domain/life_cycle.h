// The life cycle of a tender as a table of (state, event, state). What must hold
// besides the state, the engine asks. Pure and thread-safe.
//
//   DRAFT -> SUBMITTED -> PUBLISHING -> PUBLISHED -> CLOSED -> OPENED -> EVALUATED -> AWARDED
//              |return                   |^                                    |
//            DRAFT                     AMENDING                              FAILED
//   CANCELLED from every state before AWARDED and FAILED.
#ifndef JODAL_SERVICES_TENDER_DOMAIN_LIFE_CYCLE_H_
#define JODAL_SERVICES_TENDER_DOMAIN_LIFE_CYCLE_H_

#include <span>

#include "absl/status/statusor.h"
#include "common/base/transition.h"

namespace jodal::tender {

enum class State {
  kDraft,
  kSubmitted,   // waits for the approval of a second person
  kPublishing,  // approved; the bid box is being made
  kPublished,
  kAmending,  // a corrected notice is being put in place; bids are not accepted
  kClosed,
  kOpened,
  kEvaluated,
  kAwarded,
  kFailed,  // 유찰
  kCancelled,
};
inline constexpr int kStateCount = 11;

enum class Event {
  kSubmit,
  kReturn,  // the approver sends it back
  kApprove,
  kBoxMade,
  kAmend,
  kAmended,
  kAmendAbandoned,
  kClose,
  kOpen,
  kEvaluate,
  kAward,
  kFail,
  kCancel,
};
inline constexpr int kEventCount = 13;

using Transition = jodal::Transition<State, Event>;

std::span<const Transition> Transitions();

// The state after `event`. FAILED_PRECONDITION WRONG_STATE with metadata "state" and
// "event".
absl::StatusOr<State> Next(State state, Event event);

const char* Name(State state);  // "PUBLISHED"
const char* Name(Event event);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_DOMAIN_LIFE_CYCLE_H_
