// The life cycle of a tender as a table of (state, event, state, guard). Pure and thread-safe.
//
//   DRAFT -> SUBMITTED -> PUBLISHING -> PUBLISHED -> CLOSED -> OPENED -> EVALUATED -> AWARDED
//              |return                   |^                |        |          |
//            DRAFT                     AMENDING          FAILED   FAILED     FAILED
//   CANCELLED from every state before AWARDED and FAILED.
#ifndef JODAL_SERVICES_TENDER_DOMAIN_LIFE_CYCLE_H_
#define JODAL_SERVICES_TENDER_DOMAIN_LIFE_CYCLE_H_

#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

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

// What must hold besides the state. The service establishes the facts.
enum class Guard {
  kNone,
  kNoticeClean,   // no error-level violation of notice_check and periods
  kSecondPerson,  // the approver is not the author
  kBoxMade,       // the bid box exists and its entry is in the log
  kBeforeDeadline,
  kDeadlinePassed,
  kQuorumAtOpening,  // opening time reached and k good shares per bid
  kHasCandidate,
  kNoWinner,  // too few bids, none in range, none passed or the winner refuses
};

struct GuardFacts {
  bool notice_clean = false;
  bool second_person = false;
  bool box_made = false;
  bool deadline_passed = false;
  bool quorum_at_opening = false;
  bool has_candidate = false;
  bool no_winner = false;
};

struct Transition {
  State from;
  Event event;
  State to;
  Guard guard;
};

std::span<const Transition> Transitions();

// The state after `event`, guards aside. FAILED_PRECONDITION WRONG_STATE with metadata "state" and
// "event".
absl::StatusOr<State> Next(State state, Event event);

// Next() and its guard. Also FAILED_PRECONDITION GUARD_REFUSED with metadata "guard".
absl::StatusOr<State> Advance(State state, Event event, const GuardFacts& facts);

// AWARDED, FAILED, CANCELLED.
bool IsFinal(State state);

const char* Name(State state);  // "PUBLISHED"
const char* Name(Event event);
const char* Name(Guard guard);
std::optional<State> ParseState(absl::string_view name);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_DOMAIN_LIFE_CYCLE_H_
