// The commit pipeline: transaction, idempotency, change feed and transparency log as one mechanism.
//
//   Update(request, body)   body runs on a snapshot; what it read is recorded, what it writes and
//                           the events it emits are collected
//    └► the committer (one thread, one queue) takes all waiting updates → finds the stale ones and
//       runs their bodies again on the newest state → numbers events, fills the numbers into the
//       state that asks for them (Txn::PutWithSeq), stamps the commit time, appends the leaves to
//       the Merkle tree → ONE durable write of state, events, answers and tree head → signs ONE
//       checkpoint
//        └► the answerer (one thread) sends every caller its receipt, while the next batch is
//           synced
//
// No state changes without a log entry and no log entry without its state change: an update that
// writes must emit. A batch forms while the previous one is being synced, and for up to 4 ms more
// if the previous one had several updates. The committer waits for the answerer when two batches
// are durable and not answered yet; the queue fills meanwhile.
// After a failed write the ledger stops: every later call answers UNAVAILABLE LEDGER_STOPPED until
// the process restarts and recovers from the store. What had been published of the log before stays
// readable, and updates that were durable before are still answered. Thread-safe.
//
// Refusals of Update (nothing was written, unless said otherwise):
//   whatever body returned, as it is
//   INVALID_ARGUMENT    SHARD_OUT_OF_RANGE, COMMIT_TOO_LARGE (state keys, events or bytes),
//                       KEY_TOO_LONG, VALUE_TOO_LARGE (a value, an event's body or the response),
//                       ENTRY_TOO_LARGE (an event's type, subject and role), HOUSEKEEPING_KEY
//   INTERNAL            UPDATE_WITHOUT_EVENT
//   ALREADY_EXISTS      REQUEST_ID_REUSED
//   RESOURCE_EXHAUSTED  LEDGER_QUEUE_FULL
//   UNAVAILABLE         CLOCK_JUMPED (the clock is more than kClockBackMax behind the log),
//                       LEDGER_STOPPED, COMMIT_UNKNOWN (the write failed: it may or may not be
//                       there after recovery; ask again with the same request id)
//   FAILED_PRECONDITION LEDGER_FENCED (someone else writes to the store)
// An update that neither writes nor emits is answered without receipts and is not remembered.
#ifndef JODAL_COMMON_LEDGER_LEDGER_H_
#define JODAL_COMMON_LEDGER_LEDGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/crypto/ed25519.h"
#include "common/kv/backend.h"

namespace jodal::ledger {

inline constexpr int kShards = 1024;  // fixed for ever; a commit never crosses one

// Limits of one update, from the narrowest engine that should ever fit (docs/architecture.md).
inline constexpr size_t kStateKeysMax = 100;
inline constexpr size_t kEventsMax = 100;
inline constexpr size_t kCommitBytesMax = 1 << 20;                 // keys, values and event bodies
inline constexpr size_t kStateKeyBytesMax = kv::kKeyBytesMax - 3;  // tag and shard come before it
inline constexpr size_t kValueBytesMax = kv::kValueBytesMax;
inline constexpr size_t kEventNameBytesMax = 4096;    // type, subject and role together
inline constexpr size_t kEventBodyBytesMax = 95'000;  // with its entry it is one value (records.h)
// A clock this far behind the last commit time is taken for broken, not for coarse.
inline constexpr absl::Duration kClockBackMax = absl::Seconds(1);
// The only keys that may be written without an event, by housekeeping updates: how far a follower
// has come, and values that count only once something names their digest (blobs.h).
inline constexpr absl::string_view kHousekeepingPrefix = "~follower/";
inline constexpr absl::string_view kBlobPrefix = "~blob/";

// The virtual shard of a parent id (tender, supplier, contract): first 10 bits of its SHA-256.
uint16_t ShardOf(absl::string_view id);

// What happened, to be appended to the log. `body` is what may be shown of it (a serialized
// jodal.event.v1.Event); the log carries only its digest.
struct Event {
  std::string type;        // dotted, lower case: "bid.received"
  std::string subject;     // resource name: "tenders/R26BK00000001"
  std::string actor_role;  // "supplier", "officer", "system" ...; never a name
  std::string body;
  bool is_public = true;              // may anyone read the body, or only its digest
  std::optional<absl::Time> arrival;  // when the request arrived, where "in time" matters
};

// One line of the log as it is hashed: a serialized jodal.log.v1.Entry. See proto/jodal/log/v1.
struct LoggedEntry {
  uint64_t seq = 0;   // leaf index, from 0
  std::string entry;  // the leaf's bytes
  std::string body;   // empty if the reader may not see it
  bool is_public = true;
};

// Proof that an entry is in the log, verifiable offline with the log's public key
// (common/log/receipt.h).
struct Receipt {
  uint64_t seq = 0;
  std::string entry;  // the leaf's bytes
  std::string proof;  // c2sp.org/tlog-proof@v1 text: index, path, checkpoint
};

struct Committed {
  std::string response;           // what body set, or the stored answer if the request is a repeat
  std::vector<Receipt> receipts;  // one per event of this update, in order of emission
  absl::Time commit_time;         // of the last event
  bool repeated = false;          // this request id had been committed before
};

// An event of the transaction that emitted it. Its number in the log is known at commit.
struct EventHandle {
  uint32_t index = 0;
};

inline constexpr size_t kSeqBytes = 8;

// The handle that body works on. Keys are relative to the request's shard. Reads see the
// transaction's own writes. Not thread-safe; do not keep it.
class Txn : public kv::Reader {
 public:
  virtual void Put(absl::string_view key, std::string value) = 0;
  // As Put, of `value` followed by the event's number in the log in kSeqBytes, lowest byte first.
  // The committer fills it in; until then it reads as 0. For protobuf records: Table::PutWithSeq.
  virtual void PutWithSeq(absl::string_view key, std::string value, EventHandle event) = 0;
  virtual void Delete(absl::string_view key) = 0;
  virtual EventHandle Emit(Event event) = 0;
  // The bytes a repeat of this request answers with (the RPC's response without its receipt).
  virtual void SetResponse(std::string response) = 0;
};

// What the caller of an update knows beforehand. For the path of a bid only, where thousands of
// updates a second do the same: with two changes beside them these took a bid from 192 to 182 us
// (docs/adr/0017, docs/performance.md). Hints change what an update costs, never how it ends: an
// update with `steady` or `unanswered` takes a short cut to its commit, and if it comes to anything
// else (an error, nothing to do), its body runs again without them.
struct Hints {
  // Keys that body will probably read: fetched together (kv::Reader::Prefetch).
  std::vector<std::string> reads;
  // A key that many updates read and few write: its value is kept in memory (steady_values.h).
  std::string steady;
  // From FindCommitted: the request had no answer up to this commit, so none is looked for again.
  std::optional<uint64_t> unanswered;
};

struct UpdateRequest {
  uint16_t shard = 0;
  // The caller and its request; empty for internal updates that are idempotent by themselves. Same
  // scope and id with the same digest gives the stored answer again; with another digest
  // ALREADY_EXISTS REQUEST_ID_REUSED.
  std::string idempotency_scope;  // the actor, e.g. a person's id
  std::string request_id;
  std::string content_digest;  // SHA-256 of the request's content
  Hints hints;
  // Allows writes without an event if all their keys begin with one of these prefixes.
  bool housekeeping = false;
};

// What one durable write of the committer held. For metrics.
struct BatchStats {
  size_t updates = 0;  // committed
  size_t events = 0;
  size_t reruns = 0;   // bodies that were stale and ran again
  size_t bytes = 0;    // written
  size_t waiting = 0;  // updates left in the queue
};

class Ledger {
 public:
  struct Options {
    std::string origin;  // the log's name, first line of its checkpoints
    const Clock* clock = nullptr;
    std::shared_ptr<const crypto::Ed25519PrivateKey> log_key;
    size_t queue_max = 4096;  // waiting updates; past it RESOURCE_EXHAUSTED LEDGER_QUEUE_FULL
    // Called on the committer's thread after every durable write. May be empty.
    std::function<void(const BatchStats&)> on_batch;
  };

  // May run more than once: first on the caller's thread (twice if a hint of the request did not
  // lead to a commit), and again on the committer's if what it read has changed meanwhile. Must
  // keep no state between runs and touch nothing but `txn`. Must be fast: no I/O, no public-key
  // cryptography. An error return writes nothing.
  using Body = std::function<absl::Status(Txn& txn)>;
  using Done = std::function<void(absl::StatusOr<Committed>)>;

  // Opens the log in `backend`, or begins an empty one, and takes the store over: another ledger
  // that has it open is fenced from then on. DATA_LOSS if the stored head does not fit the entries,
  // FAILED_PRECONDITION if the store belongs to another origin or has another layout (records.h),
  // or another ledger writes too fast to be taken over from.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(std::unique_ptr<kv::Backend> backend,
                                                      Options options);
  virtual ~Ledger() = default;

  // Blocks until the update is durable or refused. Never call it from the gRPC reactor threads.
  virtual absl::StatusOr<Committed> Update(const UpdateRequest& request, Body body) = 0;
  // As Update; `done` is called once, on the answerer's thread or, for an early refusal, on the
  // caller's. It hands over quickly and never waits for the ledger.
  virtual void UpdateAsync(UpdateRequest request, Body body, Done done) = 0;

  // The answer of an earlier request if it was committed: lets a use case answer a repeat before
  // it does any costly checks. Same refusal for a reused id as Update. If there is no answer,
  // `unanswered` (may be null) is what goes into Hints.
  virtual absl::StatusOr<std::optional<Committed>> FindCommitted(
      const UpdateRequest& request, std::optional<uint64_t>* unanswered = nullptr) = 0;

  // Runs `body` on one consistent snapshot of a shard.
  virtual absl::Status View(uint16_t shard,
                            absl::FunctionRef<absl::Status(const kv::Reader&)> body) const = 0;

  // --- The log -----------------------------------------------------------------------------
  virtual uint64_t Size() const = 0;           // entries committed and covered by Checkpoint()
  virtual std::string Checkpoint() const = 0;  // the newest signed note
  // Entries [begin, begin+limit), fewer at the end. Bodies that are not public are left out unless
  // `with_restricted`.
  virtual absl::StatusOr<std::vector<LoggedEntry>> Entries(uint64_t begin, size_t limit,
                                                           bool with_restricted) const = 0;
  // Blocks until Size() > after or the timeout; returns Size().
  virtual uint64_t WaitForEntry(uint64_t size, absl::Duration timeout) const = 0;
  // A receipt for entry `seq` against the newest checkpoint. NOT_FOUND past the end.
  virtual absl::StatusOr<Receipt> MakeReceipt(uint64_t seq) const = 0;
  // RFC 6962 consistency path between two sizes, 32 bytes a hash. INVALID_ARGUMENT unless
  // 0 < old_size <= new_size <= Size().
  virtual absl::StatusOr<std::vector<std::string>> ConsistencyProof(uint64_t old_size,
                                                                    uint64_t new_size) const = 0;
  // Hashes of tile `index` at `level` (c2sp.org/tlog-tiles), at most 256, 32 bytes each.
  virtual absl::StatusOr<std::string> Tile(int level, uint64_t index) const = 0;

  virtual const std::string& origin() const = 0;
  virtual std::string public_key() const = 0;  // 32 bytes
  virtual bool stopped() const = 0;            // after a failed write: report not serving
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_LEDGER_H_
