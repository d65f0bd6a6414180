// Typed tables over a shard: a key prefix and a protobuf record.
//
//   const ledger::Table<store::TenderRecord> kTenders("tender/");
//   ASSIGN_OR_RETURN(auto tender, kTenders.Find(txn, id));   // std::optional
//   kTenders.Put(txn, id, *tender);
//
// A record that does not parse is DATA_LOSS STORED_RECORD_DAMAGED.
#ifndef JODAL_COMMON_LEDGER_TABLE_H_
#define JODAL_COMMON_LEDGER_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/errors.h"
#include "common/ledger/ledger.h"
#include "common/status/macros.h"

namespace jodal::ledger {

// What Table::PutWithSeq adds to a record, for field numbers below 2048.
inline constexpr size_t kSeqFieldBytesMax = kSeqBytes + 2;

template <typename Record>
class Table {
 public:
  explicit Table(std::string prefix) : prefix_(std::move(prefix)) {}

  // The key of a row in its shard, for Hints::reads.
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
  // As Put; at commit the field `number`, a fixed64 of the record, becomes the event's number in
  // the log.
  struct SeqField {
    int number = 0;
    EventHandle event;
  };
  void PutWithSeq(Txn& txn, absl::string_view key, const Record& record,
                  const SeqField& field) const {
    PutBytesWithSeq(txn, key, record.SerializeAsString(), field);
  }
  // The same for a record that was serialized before, where the transaction should be short.
  void PutBytesWithSeq(Txn& txn, absl::string_view key, absl::string_view record,
                       const SeqField& field) const {
    std::string value;
    value.reserve(record.size() + kSeqFieldBytesMax);
    value.append(record.data(), record.size());
    // In the wire format the last value of a field counts, and a fixed64 is 8 bytes, lowest first.
    uint32_t tag = static_cast<uint32_t>(field.number) << 3 | 1;
    for (; tag >= 0x80; tag >>= 7) value.push_back(static_cast<char>(tag | 0x80));
    value.push_back(static_cast<char>(tag));
    txn.PutWithSeq(KeyOf(key), std::move(value), field.event);
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

  // `each` is given all rows that List would give without a limit, kRowsAtOnce of them in memory at
  // a time. Ends with the first error.
  absl::Status ForEach(const kv::Reader& reader, absl::string_view key_prefix,
                       absl::string_view after,
                       absl::FunctionRef<absl::Status(Row& row)> each) const {
    std::string last(after);
    while (true) {
      ASSIGN_OR_RETURN(std::vector<Row> rows, List(reader, key_prefix, last, kRowsAtOnce));
      for (Row& row : rows) RETURN_IF_ERROR(each(row));
      if (rows.size() < kRowsAtOnce) return absl::OkStatus();
      last = std::move(rows.back().key);
    }
  }

 private:
  static constexpr size_t kRowsAtOnce = 1000;

  absl::StatusOr<Record> Parse(absl::string_view key, const std::string& value) const {
    Record record;
    if (!record.ParseFromString(value)) return RecordDamagedError(absl::StrCat(prefix_, key));
    return record;
  }

  std::string prefix_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_TABLE_H_
