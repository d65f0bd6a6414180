#include "services/tender/store/tender_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ledger/chunked.h"
#include "common/status/macros.h"
#include "services/tender/errors.h"

namespace jodal::tender::store {
namespace {

using Wire = tender::v1::Tender;

std::string Key(const DocumentKey& key) {
  std::string out = absl::StrCat(key.table, "/", key.tender_id);
  if (!key.notice_hash.empty()) absl::StrAppend(&out, "/", key.notice_hash);
  return out;
}

}  // namespace

const ledger::Table<TenderRecord>& Tenders() {
  static const auto* table = new ledger::Table<TenderRecord>("tender/");
  return *table;
}

const ledger::Table<v1::WorkRecord>& Work() {
  static const auto* table =
      new ledger::Table<v1::WorkRecord>(absl::StrCat(ledger::kHousekeepingPrefix, "boxes/"));
  return *table;
}

State StateOf(const TenderRecord& record) {
  switch (record.tender().state()) {
    case Wire::SUBMITTED:
      return State::kSubmitted;
    case Wire::PUBLISHING:
      return record.amending() ? State::kAmending : State::kPublishing;
    case Wire::PUBLISHED:
      return State::kPublished;
    case Wire::CLOSED:
      return State::kClosed;
    case Wire::OPENED:
      return State::kOpened;
    case Wire::EVALUATED:
      return State::kEvaluated;
    case Wire::AWARDED:
      return State::kAwarded;
    case Wire::FAILED:
      return State::kFailed;
    case Wire::CANCELLED:
      return State::kCancelled;
    default:
      return State::kDraft;
  }
}

void SetState(State state, TenderRecord* record) {
  record->set_amending(state == State::kAmending);
  Wire::State wire = Wire::DRAFT;
  switch (state) {
    case State::kDraft:
      break;
    case State::kSubmitted:
      wire = Wire::SUBMITTED;
      break;
    case State::kPublishing:
    case State::kAmending:
      wire = Wire::PUBLISHING;
      break;
    case State::kPublished:
      wire = Wire::PUBLISHED;
      break;
    case State::kClosed:
      wire = Wire::CLOSED;
      break;
    case State::kOpened:
      wire = Wire::OPENED;
      break;
    case State::kEvaluated:
      wire = Wire::EVALUATED;
      break;
    case State::kAwarded:
      wire = Wire::AWARDED;
      break;
    case State::kFailed:
      wire = Wire::FAILED;
      break;
    case State::kCancelled:
      wire = Wire::CANCELLED;
      break;
  }
  record->mutable_tender()->set_state(wire);
}

absl::Status PutDocument(ledger::Txn& txn, const DocumentKey& key,
                         const document::v1::StoredDocument& document) {
  return ledger::PutChunked(txn, Key(key), document.SerializeAsString());
}

absl::StatusOr<std::optional<document::v1::StoredDocument>> FindDocument(const kv::Reader& reader,
                                                                         const DocumentKey& key) {
  std::optional<document::v1::StoredDocument> out;
  ASSIGN_OR_RETURN(const auto bytes, ledger::GetChunked(reader, Key(key)));
  if (!bytes.has_value()) return out;
  out.emplace();
  if (!out->ParseFromString(*bytes)) {
    return MakeError(kErrors["STORED_RECORD_DAMAGED"],
                     absl::StrCat("the record ", Key(key), " does not parse"));
  }
  return out;
}

absl::Status PutResult(ledger::Txn& txn, const ResultValue& value) {
  return ledger::PutChunked(txn, absl::StrCat("result/", value.tender_id), value.summary);
}

absl::StatusOr<std::optional<std::string>> FindResult(const kv::Reader& reader,
                                                      absl::string_view tender_id) {
  return ledger::GetChunked(reader, absl::StrCat("result/", tender_id));
}

}  // namespace jodal::tender::store
