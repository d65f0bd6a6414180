// Everything of this service lies in one shard: one thread writes it, in one order.
#ifndef JODAL_SERVICES_TRACKING_STORE_TABLES_H_
#define JODAL_SERVICES_TRACKING_STORE_TABLES_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/ledger/table.h"
#include "jodal/tracking/store/v1/tracking_store.pb.h"
#include "jodal/tracking/v1/tracking.pb.h"

namespace jodal::tracking {

inline constexpr char kParent[] = "tracking";

// Sequence as a key: 16 hex digits sort as numbers do.
inline std::string SequenceKey(uint64_t sequence) { return absl::StrFormat("%016x", sequence); }

inline ledger::Table<v1::TimelineItem> ItemTable() {
  return ledger::Table<v1::TimelineItem>("item/");
}
// "tender/<tender id>/<sequence>" -> "": the items of one tender in order.
inline std::string TenderIndexPrefix(const std::string& tender_id) {
  return absl::StrCat("tender/", tender_id, "/");
}
inline ledger::Table<store::v1::FollowedLog> LogTable() {
  return ledger::Table<store::v1::FollowedLog>("log/");
}
inline ledger::Table<store::v1::Counter> CounterTable() {
  return ledger::Table<store::v1::Counter>("counter");
}

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_STORE_TABLES_H_
