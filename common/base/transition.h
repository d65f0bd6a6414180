// Life cycles as tables of (state, event, state): what may follow what, and the one walk over it.
#ifndef JODAL_COMMON_BASE_TRANSITION_H_
#define JODAL_COMMON_BASE_TRANSITION_H_

#include <cstddef>

namespace jodal {

// A row.
template <typename StateType, typename EventType>
struct Transition {
  StateType from;
  EventType event;
  StateType to;
};

// The row for `event` in `from`, null if the table has none: then it may not happen there.
template <typename Row, size_t n, typename StateType, typename EventType>
constexpr const Row* FindTransition(const Row (&table)[n], StateType from, EventType event) {
  for (const Row& row : table) {
    if (row.from == from && row.event == event) return &row;
  }
  return nullptr;
}

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_TRANSITION_H_
