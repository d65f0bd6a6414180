// The life cycle of a bid box. Pure and thread-safe.
//
//   OPEN -CLOSE-> CLOSED -QUORUM-> OPENING -COMPLETE-> OPENED
//   CANCELLED from OPEN and CLOSED.
#ifndef JODAL_SERVICES_BIDDING_DOMAIN_LIFE_CYCLE_H_
#define JODAL_SERVICES_BIDDING_DOMAIN_LIFE_CYCLE_H_

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "common/base/transition.h"

namespace jodal::bidding {

// Numbers as of jodal.bidding.v1.Box.State.
enum class State { kOpen = 1, kClosed, kOpening, kOpened, kCancelled };
inline constexpr int kStateCount = 5;

enum class Event {
  kSupersede,  // a corrected notice empties the box
  kSubmit,
  kWithdraw,  // a bidder cancels its bid
  kClose,
  kRelease,  // a member's shares come in
  kQuorum,   // the k-th member's
  kOpenBid,
  kComplete,
  kCancel,
};
inline constexpr int kEventCount = 9;

using Transition = jodal::Transition<State, Event>;
std::span<const Transition> Transitions();

// FAILED_PRECONDITION WRONG_STATE with metadata "state" and "event".
absl::StatusOr<State> Next(State state, Event event);

struct Moment {
  int64_t now_ns = 0;
  int64_t deadline_ns = 0;
};
// The state as it stands at a time: an open box takes nothing any more once its deadline has come,
// whether or not the closer has run.
State StateAt(State stored, const Moment& moment);

const char* Name(State state);  // "OPEN"
const char* Name(Event event);

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_DOMAIN_LIFE_CYCLE_H_
