// The lists of tenders, in the order of a date. Tenders lie in the shards of their ids and a commit
// never crosses one, so the lists are written by a follower of the service's own log, all in one
// shard and without events:
//
//   "~follower/list/row/" id                                     ListRow, as it is in the lists
//   "~follower/list/" which "/" order "/" ns "/" id              ListRow
//
// `which` is "all" (every tender that is or was public), "agency/" agency id (those of them that
// are this agency's) or "own/" agency id (these and the ones that were never public, for the agency
// itself); `order` is "deadline" or "published"; ns are 16 hex digits of Unix ns.
#ifndef JODAL_SERVICES_TENDER_STORE_TENDER_LIST_H_
#define JODAL_SERVICES_TENDER_STORE_TENDER_LIST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "services/tender/store/tender_store.h"

namespace jodal::tender::store {

// The shard of all lists.
uint16_t ListShard();

// The row of a tender. DATA_LOSS if its deadline is no time.
absl::StatusOr<v1::ListRow> ListRowOf(const TenderRecord& record);

// `text` as it is searched: without spaces, English letters in lower case.
std::string SearchText(absl::string_view text);

// nullopt if the tender is in no list.
absl::StatusOr<std::optional<v1::ListRow>> FindListRow(const kv::Reader& reader,
                                                       absl::string_view tender_id);
// Takes the place of the tender's row in every list.
absl::Status PutListRow(ledger::Txn& txn, const v1::ListRow& row);

enum class ListOrder { kPublished, kDeadline };

// A walk through one list.
struct ListRange {
  std::string agency_id;     // "": of all agencies
  bool unpublished = false;  // of this agency, also those that were never public
  ListOrder order = ListOrder::kPublished;
  bool last_first = true;
  // Of the order's date, where both are from 0.
  int64_t from_ns = 0;
  std::optional<int64_t> until_ns;  // exclusive
};
struct ListedRow {
  std::string position;  // in this list; holds whatever else changes
  v1::ListRow row;
};
// At most `limit` rows after `position` ("": from the begin).
absl::StatusOr<std::vector<ListedRow>> ReadList(const kv::Reader& reader, const ListRange& range,
                                                absl::string_view position, size_t limit);

}  // namespace jodal::tender::store

#endif  // JODAL_SERVICES_TENDER_STORE_TENDER_LIST_H_
