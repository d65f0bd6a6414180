// Typed tables over a shard: a key prefix and a protobuf record.
//
//   const ledger::Table<store::TenderRecord> kTenders("tender/");
//   ASSIGN_OR_RETURN(auto tender, kTenders.Find(txn, id));   // std::optional
//   kTenders.Put(txn, id, *tender);
//
// A record that does not parse is DATA_LOSS STORED_RECORD_DAMAGED.
#ifndef JODAL_COMMON_LEDGER_TABLE_H_
#define JODAL_COMMON_LEDGER_TABLE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::ledger {

template <typename Record>
class Table {
 public:
  explicit Table(std::string prefix) : prefix_(std::move(prefix)) {}

  // The key of a row in its shard, for UpdateRequest::reads.
  std::string KeyOf(absl::string_view key) const { return absl::StrCat(prefix_, key); }

  struct Row {
    std::string key;  // without the table's prefix
    Record record;
  };

  absl::StatusOr<std::optional<Record>> Find(const kv::Reader& reader,
                                             absl::string_view key) const {
    ASSIGN_OR_RETURN(auto value, reader.Get(absl::StrCat(prefix_, key)));
    if (!value.has_value()) return std::optional<Record>();
    ASSIGN_OR_RETURN(Record record, Parse(key, *value));
    return std::optional<Record>(std::move(record));
  }

  void Put(Txn& txn, absl::string_view key, const Record& record) const {
    txn.Put(absl::StrCat(prefix_, key), record.SerializeAsString());
  }
  void Delete(Txn& txn, absl::string_view key) const { txn.Delete(absl::StrCat(prefix_, key)); }

  // Rows whose keys start with `key_prefix`, ascending, after `after` (exclusive; "" from the
  // start).
  absl::StatusOr<std::vector<Row>> List(const kv::Reader& reader, absl::string_view key_prefix,
                                        absl::string_view after, size_t limit) const {
    const std::string from = absl::StrCat(prefix_, key_prefix);
    std::string begin = from;
    if (!after.empty()) {
      begin = absl::StrCat(prefix_, after);
      begin.push_back('\0');
    }
    ASSIGN_OR_RETURN(auto pairs, reader.Scan(begin, kv::PrefixEnd(from), limit));
    std::vector<Row> rows;
    rows.reserve(pairs.size());
    for (auto& pair : pairs) {
      Row row;
      row.key = pair.key.substr(prefix_.size());
      ASSIGN_OR_RETURN(row.record, Parse(row.key, pair.value));
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  absl::StatusOr<Record> Parse(absl::string_view key, const std::string& value) const {
    Record record;
    if (!record.ParseFromString(value)) {
      return MakeError(absl::StatusCode::kDataLoss, "STORED_RECORD_DAMAGED",
                       absl::StrCat("the record ", prefix_, key, " does not parse"));
    }
    return record;
  }

  std::string prefix_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_TABLE_H_
