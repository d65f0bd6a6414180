// The storage seam: an ordered space of byte keys, with snapshots and atomic durable writes.
//
// Everything above it (transactions, log, receipts) is common/ledger; everything below is one
// engine (memory, RocksDB, the PostgreSQL protocol). No column families, TTLs, merge
// operators or iterators cross this seam, so an engine is a few hundred lines and one conformance
// suite (tests/conformance) holds for all.
#ifndef JODAL_COMMON_KV_BACKEND_H_
#define JODAL_COMMON_KV_BACKEND_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/random.h"

namespace jodal::kv {

// Limits of the narrowest engine that should ever fit (docs/architecture.md, Store seam).
inline constexpr size_t kKeyBytesMax = 1024;
inline constexpr size_t kValueBytesMax = 100 * 1000;

struct KeyValue {
  std::string key;
  std::string value;
};

// A consistent view of the keys. Reads may be called from one thread at a time. It must not outlive
// its backend.
class Reader {
 public:
  virtual ~Reader() = default;

  // The value of `key`, nullopt if absent. UNAVAILABLE if the engine fails, DATA_LOSS if what is
  // stored fails its checksum.
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const = 0;

  // A hint that these keys will be asked for: an engine where every read is a round trip gets them
  // in one. Get answers the same without it.
  virtual void Prefetch(const std::vector<std::string>& keys) const {}

  // At most `limit` pairs with begin <= key < end, ascending. An empty `end` is no bound (as
  // PrefixEnd gives it). Errors as Get.
  virtual absl::StatusOr<std::vector<KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                                     size_t limit) const = 0;
  // As Scan, but descending from the greatest key < end. For "the latest of ...".
  virtual absl::StatusOr<std::vector<KeyValue>> ScanReverse(absl::string_view begin,
                                                            absl::string_view end,
                                                            size_t limit) const = 0;
};

// Puts and deletes applied together. A later operation on a key wins.
struct WriteBatch {
  struct Op {
    std::string key;
    std::optional<std::string> value;  // nullopt deletes
  };
  // Compare and set: the batch is applied only if `key` holds `expected` (nullopt: is absent), and
  // sets it to `value`. This fences a writer that another one has replaced, if every write gives
  // the key a value that it never had. `ops` leave the key alone.
  struct Guard {
    std::string key;
    std::optional<std::string> expected;
    std::string value;
  };
  std::vector<Op> ops;
  std::optional<Guard> guard;
};

// One engine instance. Thread-safe.
class Backend {
 public:
  virtual ~Backend() = default;

  // A snapshot of all that was written before the call. It is fixed at the first read at the
  // latest: a write between the call and the first read may show, a later one does not.
  virtual std::unique_ptr<Reader> NewSnapshot() const = 0;

  // Applies the batch atomically. OK means durable: it survives kill -9 and power loss.
  // FAILED_PRECONDITION STORE_CONFLICT: the guard did not hold and nothing was written. On any
  // other error the outcome is unknown and the caller must stop writing (fsync gives no second
  // chance). One thread at a time.
  virtual absl::Status Write(const WriteBatch& batch) = 0;
};

// The error of a guard that did not hold. For engines.
absl::Status ConflictError();

// The smallest key that is greater than every key that starts with `prefix`, "" if there is none.
std::string PrefixEnd(absl::string_view prefix);

// A std::map under a mutex: the model that the other engines are tested against. Not durable.
std::unique_ptr<Backend> NewMemoryBackend();

struct RocksOptions {
  std::string path;
  std::string name;  // the store's label in the metrics; "": its memory is not measured
  size_t block_cache_bytes = 64 << 20;
  size_t write_buffer_bytes = 64 << 20;  // memory that is written to a table file at once
};

// Opens or creates a RocksDB database: synced writes, paranoid checks, verified WALs. UNAVAILABLE
// STORE_LOCKED if another process has it open; DATA_LOSS if it is damaged.
absl::StatusOr<std::unique_ptr<Backend>> OpenRocksBackend(const RocksOptions& options);

struct PostgresOptions {
  // libpq's keywords and values or URI; several hosts may be named, the one that takes writes is
  // used. Without a password: name a passfile or a service.
  std::string conninfo;
  std::string schema;  // holds this store's table and no other store's; made if it is not there
  // Snapshots that may be open at a time, a connection each; the writer has one more.
  size_t snapshots_max = 8;
  // How long a read or a write tries to find a server that takes writes. Longer than a failover.
  absl::Duration patience = absl::Seconds(30);
};

// A store in a database that speaks the PostgreSQL protocol (docs/stores.md). Several processes may
// have it open, so only guarded writes are safe. A read fails with STORE_CONFLICT if another
// process has written since this one did. `random` names this instance among the writers. Adds to
// the errors above:
//   Open   INVALID_ARGUMENT STORE_CONNINFO, UNAVAILABLE STORE_FAILED,
//          FAILED_PRECONDITION STORE_NOT_DURABLE (the server does not sync)
//   reads  UNAVAILABLE STORE_SNAPSHOT_LOST (its connection broke: take a new snapshot), STORE_BUSY
//          (too many snapshots), FAILED_PRECONDITION STORE_CONFLICT (another one has written)
//   Write  UNAVAILABLE STORE_OUTCOME_UNKNOWN
absl::StatusOr<std::unique_ptr<Backend>> OpenPostgresBackend(const PostgresOptions& options,
                                                             crypto::Random& random);

// OK if `conninfo` is well formed and holds no password. INVALID_ARGUMENT STORE_CONNINFO.
absl::Status CheckPostgresConninfo(const std::string& conninfo);

}  // namespace jodal::kv

#endif  // JODAL_COMMON_KV_BACKEND_H_
