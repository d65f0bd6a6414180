#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/kv/backend.h"
#include "common/kv/errors.h"
#include "common/kv/rocks_logs.h"
#include "common/metrics/logging.h"
#include "common/metrics/metrics.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::kv {
namespace {

// Of one operation in a batch: its type and the lengths, rounded up.
constexpr size_t kOpOverheadBytes = 12;
// Below this a value costs more as a reference than as itself.
constexpr uint64_t kBlobBytesMin = 1024;

rocksdb::Slice ToSlice(absl::string_view s) { return rocksdb::Slice(s.data(), s.size()); }

absl::Status StoreError(const rocksdb::Status& status) {
  if (status.IsCorruption()) {
    return MakeError(kErrors["STORE_DAMAGED"],
                     absl::StrCat("stored data fails its checks: ", status.ToString()));
  }
  // Not every error at the lock file: it may be the disk that fails.
  if (status.IsIOError() && (absl::StrContains(status.ToString(), "While lock file") ||
                             absl::StrContains(status.ToString(), "lock hold by"))) {
    return MakeError(kErrors["STORE_LOCKED"], "another process has the store open");
  }
  return MakeError(kErrors["STORE_FAILED"], absl::StrCat("the store failed: ", status.ToString()));
}

// RocksDB's info log is dropped. It would contain keys, and this build of RocksDB aborts the
// process when a line of the log cannot be written, as on a full disk.
class NullLogger : public rocksdb::Logger {
 public:
  NullLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Reports the store's memory, and failures that no caller waits for: those of flushes and
// compactions, which RocksDB tries again.
class Listener : public rocksdb::EventListener {
 public:
  Listener(std::string name, std::shared_ptr<rocksdb::Cache> cache)
      : name_(std::move(name)), cache_(std::move(cache)) {}

  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) override { Tell(db); }
  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) override {
    Tell(db);
  }
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    // The text of other errors may tell keys.
    logging::Write(logging::Level::kError,
                   {{"event", "store error"},
                    {"cause", status->IsIOError() ? status->ToString() : "data fails its checks"}});
  }

 private:
  void Tell(rocksdb::DB* db) const {
    if (name_.empty()) return;
    uint64_t buffers = 0;
    uint64_t tables = 0;
    db->GetIntProperty(rocksdb::DB::Properties::kSizeAllMemTables, &buffers);
    db->GetIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &tables);
    Set("cache", cache_->GetUsage());
    Set("buffers", buffers);
    Set("tables", tables);
  }
  void Set(const char* part, uint64_t bytes) const {
    metrics::Set(
        "jodal_store_memory_bytes",
        "Memory of a store when it last wrote a file: block cache, what is not in files yet, "
        "indexes and filters of the files.",
        {{"store", name_}, {"part", part}}, static_cast<double>(bytes));
  }

  const std::string name_;
  const std::shared_ptr<rocksdb::Cache> cache_;
};

class RocksReader : public Reader {
 public:
  RocksReader(rocksdb::DB* db, const rocksdb::Snapshot* snapshot) : db_(db), snapshot_(snapshot) {}
  ~RocksReader() override { db_->ReleaseSnapshot(snapshot_); }
  RocksReader(const RocksReader&) = delete;
  RocksReader& operator=(const RocksReader&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    std::string value;
    const rocksdb::Status status = db_->Get(ReadOptions(), ToSlice(key), &value);
    if (status.ok()) return std::optional<std::string>(std::move(value));
    if (status.IsNotFound()) return std::optional<std::string>();
    return StoreError(status);
  }

  absl::StatusOr<std::vector<KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                             size_t limit) const override {
    std::vector<KeyValue> out;
    if (limit == 0 || (!end.empty() && begin >= end)) return out;
    const rocksdb::Slice upper = ToSlice(end);
    rocksdb::ReadOptions options = ReadOptions();
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
    for (it->Seek(ToSlice(begin)); it->Valid(); it->Next()) {
      out.push_back({it->key().ToString(), it->value().ToString()});
      if (out.size() >= limit) break;
    }
    if (!it->status().ok()) return StoreError(it->status());
    return out;
  }

  absl::StatusOr<std::vector<KeyValue>> ScanReverse(absl::string_view begin, absl::string_view end,
                                                    size_t limit) const override {
    std::vector<KeyValue> out;
    if (limit == 0 || (!end.empty() && begin >= end)) return out;
    const rocksdb::Slice lower = ToSlice(begin);
    const rocksdb::Slice upper = ToSlice(end);
    rocksdb::ReadOptions options = ReadOptions();
    options.iterate_lower_bound = &lower;
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
    for (it->SeekToLast(); it->Valid(); it->Prev()) {
      out.push_back({it->key().ToString(), it->value().ToString()});
      if (out.size() >= limit) break;
    }
    if (!it->status().ok()) return StoreError(it->status());
    return out;
  }

 private:
  rocksdb::ReadOptions ReadOptions() const {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.snapshot = snapshot_;
    return options;
  }

  rocksdb::DB* const db_;
  const rocksdb::Snapshot* const snapshot_;
};

class RocksBackend : public Backend {
 public:
  explicit RocksBackend(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
  // In a table file every byte is under a checksum; a flipped bit in the last record of the
  // write-ahead log could not be told from a write that was interrupted. If it fails, the log has
  // all.
  ~RocksBackend() override {
    if (!failed_) db_->Flush(rocksdb::FlushOptions()).PermitUncheckedError();
  }

  std::unique_ptr<Reader> NewSnapshot() const override {
    return std::make_unique<RocksReader>(db_.get(), db_->GetSnapshot());
  }

  absl::Status Write(const WriteBatch& batch) override {
    size_t bytes = 0;
    for (const WriteBatch::Op& op : batch.ops) {
      bytes += op.key.size() + (op.value.has_value() ? op.value->size() : 0) + kOpOverheadBytes;
    }
    rocksdb::WriteBatch writes(bytes);  // once, not while it grows
    for (const WriteBatch::Op& op : batch.ops) {
      const rocksdb::Status status = op.value.has_value()
                                         ? writes.Put(ToSlice(op.key), ToSlice(*op.value))
                                         : writes.Delete(ToSlice(op.key));
      if (!status.ok()) return StoreError(status);
    }
    if (batch.guard.has_value()) {
      // The database is open in this process only and Write runs on one thread at a time, so
      // nothing comes between the comparison and the write.
      const WriteBatch::Guard& guard = *batch.guard;
      std::string stored;
      const rocksdb::Status found = db_->Get({}, ToSlice(guard.key), &stored);
      if (!found.ok() && !found.IsNotFound()) return StoreError(found);
      if (found.ok() ? guard.expected != stored : guard.expected.has_value()) {
        return ConflictError();
      }
      const rocksdb::Status status = writes.Put(ToSlice(guard.key), ToSlice(guard.value));
      if (!status.ok()) return StoreError(status);
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status status = db_->Write(options, &writes);
    if (status.ok()) return absl::OkStatus();
    failed_ = true;
    return StoreError(status);
  }

 private:
  const std::unique_ptr<rocksdb::DB> db_;
  std::atomic<bool> failed_ = false;  // a write did
};

bool Supports(rocksdb::CompressionType type) {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::find(supported.begin(), supported.end(), type) != supported.end();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenRocksBackend(const RocksOptions& options) {
  rocksdb::Options rocks;
  rocks.create_if_missing = true;
  rocks.paranoid_checks = true;
  rocks.track_and_verify_wals_in_manifest = true;
  // A torn record at the end of the log is a write that was never acknowledged; recovery stops in
  // front of it. That it is at the end is checked first: recovery deletes what it leaves out. This
  // mode excludes recycled log files; they are preallocated instead.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocks.allow_fallocate = true;
  rocks.write_buffer_size = options.write_buffer_bytes;
  rocks.max_background_jobs = 2;
  // Keys come in no order (ids, digests), so merging fresh tables into a sorted level would rewrite
  // all of it every time, the more the longer the store lives. Tables of like size are merged
  // instead.
  rocks.compaction_style = rocksdb::kCompactionStyleUniversal;
  rocks.level0_file_num_compaction_trigger = 8;
  // Most reads ask for keys that are not there (ids that must be new). The filter over what has not
  // been flushed yet answers them without walking the list.
  rocks.memtable_prefix_bloom_size_ratio = 0.02;
  rocks.memtable_whole_key_filtering = true;
  // Large values (sealed bids, documents) hardly ever change: written once to files of their own
  // instead of with every compaction. They are random bytes, which no compression makes smaller. A
  // file goes when nothing points into it any more.
  rocks.enable_blob_files = true;
  rocks.min_blob_size = kBlobBytesMin;
  rocks.blob_file_size = 256 << 20;
  rocks.bytes_per_sync = 1 << 20;
  rocks.info_log = std::make_shared<NullLogger>();
  rocks.compression = Supports(rocksdb::kLZ4Compression)      ? rocksdb::kLZ4Compression
                      : Supports(rocksdb::kSnappyCompression) ? rocksdb::kSnappyCompression
                                                              : rocksdb::kNoCompression;
  // What is fresh is soon merged again: only what has settled is worth compressing.
  rocks.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression,
                                 rocks.compression};
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  rocks.listeners.push_back(std::make_shared<Listener>(options.name, table.block_cache));
  // Nearly every request asks for an idempotency key that is not there.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  RETURN_IF_ERROR(CheckRocksLogs(options.path));
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(rocks, options.path, &db);
  if (!status.ok()) return StoreError(status);
  return std::make_unique<RocksBackend>(std::unique_ptr<rocksdb::DB>(db));
}

}  // namespace jodal::kv
