// Everything of this service lies in one shard: one thread writes it, in one order.
//
//   "tender/" tender id "/" sequence   the items of one commit that belong to the tender
//   "page/" sequence                   which of these groups one commit wrote: the order over all
//
// Both are keyed by the last sequence in them, so one seek finds the first record with an item
// after any other.
#ifndef JODAL_SERVICES_TRACKING_STORE_TABLES_H_
#define JODAL_SERVICES_TRACKING_STORE_TABLES_H_

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/ledger/table.h"
#include "jodal/tracking/store/v1/tracking_store.pb.h"

namespace jodal::tracking {

inline constexpr char kParent[] = "tracking";

// Sequence as a key: 16 hex digits sort as numbers do.
inline std::string SequenceKey(uint64_t sequence) {
  return absl::StrCat(absl::Hex(sequence, absl::kZeroPad16));
}
// The sequence that `key` ends with, 0 if with none.
inline uint64_t SequenceOf(absl::string_view key) {
  uint64_t sequence = 0;
  if (key.size() < 16 || !absl::SimpleHexAtoi(key.substr(key.size() - 16), &sequence)) return 0;
  return sequence;
}

inline ledger::Table<store::v1::Group> GroupTable() {
  return ledger::Table<store::v1::Group>("tender/");
}
inline std::string GroupPrefix(absl::string_view tender_id) { return absl::StrCat(tender_id, "/"); }
inline std::string GroupKey(absl::string_view tender_id, uint64_t last_sequence) {
  return absl::StrCat(tender_id, "/", absl::Hex(last_sequence, absl::kZeroPad16));
}
inline ledger::Table<store::v1::Page> PageTable() {
  return ledger::Table<store::v1::Page>("page/");
}
inline ledger::Table<store::v1::FollowedLog> LogTable() {
  return ledger::Table<store::v1::FollowedLog>("log/");
}
inline ledger::Table<store::v1::Counter> CounterTable() {
  return ledger::Table<store::v1::Counter>("counter");
}

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_STORE_TABLES_H_
