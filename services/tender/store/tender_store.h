// The tables of the tender service, all in the shard of the tender's id.
//
//   "tender/" id                          TenderRecord
//   "~follower/boxes/" id                 WorkRecord; a housekeeping key, because an
//   acknowledgement
//                                         of the bidding service changes nothing else here
//   "notice/" id "/" notice hash          StoredDocument, every notice ever submitted (chunked)
//   "approval/" id "/" notice hash        StoredDocument (chunked)
//   "cancellation/" id, "entered/" id, "award/" id   StoredDocument (chunked)
//   "result/" id                          canonical JSON of the EvaluationResult without rows
//                                         (chunked); its pages of rows are blobs (ledger/blobs.h)
//
// Errors: DATA_LOSS of damaged records, the store's own.
#ifndef JODAL_SERVICES_TENDER_STORE_TENDER_STORE_H_
#define JODAL_SERVICES_TENDER_STORE_TENDER_STORE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "common/ledger/table.h"
#include "jodal/document/v1/signed.pb.h"
#include "jodal/tender/store/v1/tender_store.pb.h"
#include "services/tender/domain/life_cycle.h"

namespace jodal::tender::store {

using v1::TenderRecord;

const ledger::Table<TenderRecord>& Tenders();
const ledger::Table<v1::WorkRecord>& Work();

// The record's state in the words of the life cycle; AMENDING is PUBLISHING with an earlier
// version.
State StateOf(const TenderRecord& record);
void SetState(State state, TenderRecord* record);

// Keys of chunked values. A name is a table's ("notice"); notice_hash is left out where it is "".
struct DocumentKey {
  absl::string_view table;
  absl::string_view tender_id;
  absl::string_view notice_hash;
};
absl::Status PutDocument(ledger::Txn& txn, const DocumentKey& key,
                         const document::v1::StoredDocument& document);
// nullopt if absent.
absl::StatusOr<std::optional<document::v1::StoredDocument>> FindDocument(const kv::Reader& reader,
                                                                         const DocumentKey& key);

// Byte for byte what was put.
struct ResultValue {
  absl::string_view tender_id;
  absl::string_view summary;
};
absl::Status PutResult(ledger::Txn& txn, const ResultValue& value);
// nullopt if absent.
absl::StatusOr<std::optional<std::string>> FindResult(const kv::Reader& reader,
                                                      absl::string_view tender_id);

}  // namespace jodal::tender::store

#endif  // JODAL_SERVICES_TENDER_STORE_TENDER_STORE_H_
