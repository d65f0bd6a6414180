// Everything of this service lies in one shard: one thread writes it, in one order.
//
//   "tender/" tender id "/" sequence   the items of one commit that belong to the tender
//   "page/" sequence                   which of these groups one commit wrote: the order over all
//
// Both are keyed by the last sequence in them, so one seek finds the first record with an item
// after any other.
#ifndef JODAL_SERVICES_TRACKING_STORE_TRACKING_STORE_H_
#define JODAL_SERVICES_TRACKING_STORE_TRACKING_STORE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "common/ledger/table.h"
#include "jodal/tracking/store/v1/tracking_store.pb.h"

namespace jodal::tracking {

inline constexpr char kParent[] = "tracking";

// Sequence as a key: 16 hex digits sort as numbers do.
std::string SequenceKey(uint64_t sequence);
// The sequence that `key` ends with, 0 if with none.
uint64_t SequenceOf(absl::string_view key);

const ledger::Table<store::v1::Group>& GroupTable();
std::string GroupPrefix(absl::string_view tender_id);
std::string GroupKey(absl::string_view tender_id, uint64_t last_sequence);
const ledger::Table<store::v1::Page>& PageTable();
const ledger::Table<store::v1::FollowedLog>& LogTable();
const ledger::Table<store::v1::Counter>& CounterTable();

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_STORE_TRACKING_STORE_H_
