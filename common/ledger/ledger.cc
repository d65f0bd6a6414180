#include "common/ledger/ledger.h"

#include <atomic>
#include <deque>
#include <iterator>
#include <thread>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/base/bytes.h"
#include "common/base/thread.h"
#include "common/base/waiting.h"
#include "common/crypto/hash.h"
#include "common/ledger/errors.h"
#include "common/ledger/overlay_reader.h"
#include "common/ledger/recent_keys.h"
#include "common/ledger/records.h"
#include "common/ledger/steady_values.h"
#include "common/ledger/tile_store.h"
#include "common/ledger/transaction.h"
#include "common/log/checkpoint.h"
#include "common/log/note.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::ledger {
namespace {

constexpr size_t kBatchUpdatesMax = 256;
constexpr size_t kBatchBytesMax = 1 << 20;
// A batch costs a sync, a signature and a wake-up of the answerer, as much as several updates. If
// the previous batch had more than one update, the next one is held back while updates keep coming:
// for kGatherRounds at most, until a round brings none, or until it has kGatherUpdates.
constexpr size_t kGatherUpdates = 128;
constexpr absl::Duration kGatherRound = absl::Microseconds(500);
constexpr int kGatherRounds = 8;
constexpr size_t kAnswerBatchesMax = 2;  // durable and not answered; past it the committer waits
constexpr int kTakeOversMax = 20;        // while another process keeps writing to the store
constexpr size_t kCachedTilesMax = 256;  // 16 KiB each

absl::Status StoppedError() {
  return MakeError(kErrors["LEDGER_STOPPED"],
                   "the ledger has stopped and accepts nothing until it is restarted");
}

absl::Status FencedError() {
  return MakeError(kErrors["LEDGER_FENCED"],
                   "someone else has written to the store; this ledger has stopped");
}

bool IsConflict(const absl::Status& written) { return ErrorReason(written) == "STORE_CONFLICT"; }

absl::Status ReusedError() {
  return MakeError(kErrors["REQUEST_ID_REUSED"],
                   "this request id was used for a request with other content");
}

absl::Status CheckRequest(const UpdateRequest& request) {
  if (request.shard >= kShards) {
    return MakeError(kErrors["SHARD_OUT_OF_RANGE"],
                     absl::StrCat("there is no shard ", request.shard));
  }
  if (request.content_digest.size() > kContentDigestBytesMax) {
    return MakeError(kErrors["CONTENT_DIGEST"], "the content digest is too long");
  }
  return absl::OkStatus();
}

// A body ends in effects to commit, or finds that its request had been answered before.
using Outcome = std::variant<Effects, Answer>;

// Runs an update on `base`. The idempotency record counts as read, looked for or not, so that two
// concurrent updates with one request id conflict like any others.
absl::StatusOr<Outcome> Run(const kv::Reader& base, const UpdateRequest& request,
                            bool may_be_answered, const Ledger::Body& body) {
  std::string answer_key;
  if (!request.request_id.empty()) {
    answer_key = AnswerKey({request.idempotency_scope, request.request_id});
  }
  if (!request.hints.reads.empty()) {
    std::vector<std::string> keys;
    if (may_be_answered) keys.push_back(answer_key);
    for (const std::string& key : request.hints.reads) {
      keys.push_back(absl::StrCat(ShardPrefix(request.shard), key));
    }
    base.Prefetch(keys);
  }
  if (!answer_key.empty() && may_be_answered) {
    ASSIGN_OR_RETURN(const auto stored, base.Get(answer_key));
    if (stored.has_value()) {
      ASSIGN_OR_RETURN(Answer answer, DecodeAnswer(*stored));
      if (answer.content_digest != request.content_digest) return ReusedError();
      return Outcome(std::move(answer));
    }
  }
  Transaction txn(base, request.shard);
  RETURN_IF_ERROR(body(txn));
  ASSIGN_OR_RETURN(Effects effects, std::move(txn).Finish(request.housekeeping));
  if (!answer_key.empty()) effects.reads.keys.push_back(std::move(answer_key));
  return Outcome(std::move(effects));
}

bool HasEffects(const absl::StatusOr<Outcome>& outcome) {
  if (!outcome.ok()) return false;
  const Effects* effects = std::get_if<Effects>(&*outcome);
  return effects != nullptr && !effects->Empty();
}

class LedgerImpl : public Ledger {
 public:
  LedgerImpl(std::unique_ptr<kv::Backend> backend, Options options)
      : backend_(std::move(backend)),
        options_(std::move(options)),
        tiles_(backend_.get(), kCachedTilesMax),
        recent_(RecentKeys::Window{}) {}

  ~LedgerImpl() override {
    {
      absl::MutexLock lock(&queue_mu_);
      closing_ = true;
    }
    if (committer_.joinable()) committer_.join();
    {
      absl::MutexLock lock(&answers_mu_);
      answers_end_ = true;
    }
    if (answerer_.joinable()) answerer_.join();
  }

  absl::Status Start();

  absl::StatusOr<Committed> Update(const UpdateRequest& request, Body body) override {
    absl::Notification finished;
    absl::StatusOr<Committed> result;
    UpdateAsync(request, std::move(body), [&](absl::StatusOr<Committed> r) {
      result = std::move(r);
      finished.Notify();
    });
    const ScopedWait waiting;
    finished.WaitForNotification();
    return result;
  }

  void UpdateAsync(UpdateRequest request, Body body, Done done) override;
  absl::StatusOr<std::optional<Committed>> FindCommitted(
      const UpdateRequest& request, std::optional<uint64_t>* unanswered) override;
  absl::Status View(uint16_t shard,
                    absl::FunctionRef<absl::Status(const kv::Reader&)> body) const override;

  uint64_t Size() const override { return GetPublished().size; }
  std::string Checkpoint() const override { return *GetPublished().checkpoint; }
  absl::StatusOr<std::vector<LoggedEntry>> Entries(uint64_t begin, size_t limit,
                                                   bool with_restricted) const override;
  uint64_t WaitForEntry(uint64_t size, absl::Duration timeout) const override;
  absl::StatusOr<Receipt> MakeReceipt(uint64_t seq) const override;
  absl::StatusOr<std::vector<std::string>> ConsistencyProof(uint64_t old_size,
                                                            uint64_t new_size) const override;
  absl::StatusOr<std::string> Tile(int level, uint64_t index) const override;

  const std::string& origin() const override { return options_.origin; }
  std::string public_key() const override { return options_.log_key->public_key(); }
  bool stopped() const override { return stopped_.load(); }

 private:
  // What may be shown of the log: durable, and covered by a checkpoint.
  struct Published {
    uint64_t size = 0;
    uint64_t commits = 0;  // durable writes of this process
    int64_t last_commit_ns = 0;
    std::shared_ptr<const std::string> checkpoint;
  };

  struct Pending {
    UpdateRequest request;
    Body body;
    Done done;
    uint64_t snapshot = 0;  // the latest commit that the run has certainly seen
    Effects effects;
  };

  absl::StatusOr<std::optional<Answer>> FindAnswer(const UpdateRequest& request) const;

  // How an update of a batch ends once the batch is durable. The outcome of a body that ran on the
  // batch's overlay rests on writes that are not durable yet, so it waits as well.
  struct Decided {
    absl::Status status;
    uint64_t first_seq = 0;
    uint32_t events = 0;
    int64_t commit_ns = 0;
    std::string response;
    bool repeated = false;
  };

  // One batch on its way to the backend and then to the callers that wait for it.
  struct Batch {
    std::vector<Pending> pending;
    std::vector<Decided> decided;
    Writes writes;  // state and answers
    // What is written comes in runs of rising keys, which stores that sort take in best: the
    // entries, in order of their numbers, then the rest.
    kv::WriteBatch write;
    size_t entries = 0;      // the first so many of write.ops
    uint64_t first_seq = 0;  // of the first entry
    int64_t now_ns = 0;
    int64_t last_commit_ns = 0;
    uint64_t size = 0;
    BatchStats stats;
  };

  Published GetPublished() const {
    absl::MutexLock lock(&mu_);
    return published_;
  }
  absl::Status TakeOver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status VerifyTail(const kv::Reader& reader) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status Publish(const Head& head, uint64_t commits)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  void Stop() {
    stopped_.store(true);
    absl::MutexLock lock(&mu_);  // wakes WaitForEntry
    stop_seen_ = true;
  }

  void CommitLoop();
  bool TakeBatch(std::vector<Pending>& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status CommitBatch(Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  Decided Decide(Pending& pending, const kv::Reader& newest, Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status WriteDurably(Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  void AnswerLoop();
  absl::StatusOr<Committed> Answered(Decided decided, const Batch* batch) const;
  absl::StatusOr<Committed> AnswerRepeat(Answer answer) const;
  absl::StatusOr<Receipt> ReceiptOf(uint64_t seq, std::string entry, const Published& head,
                                    const crypto::NodeReader& nodes) const;

  const std::unique_ptr<kv::Backend> backend_;
  const Options options_;
  TileStore tiles_;
  SteadyValues steady_;
  std::atomic<bool> stopped_ = false;

  mutable absl::Mutex mu_;
  Published published_ ABSL_GUARDED_BY(mu_);
  bool stop_seen_ ABSL_GUARDED_BY(mu_) = false;

  absl::Mutex queue_mu_;
  std::deque<Pending> queue_ ABSL_GUARDED_BY(queue_mu_);
  size_t queue_bytes_ ABSL_GUARDED_BY(queue_mu_) = 0;
  bool closing_ ABSL_GUARDED_BY(queue_mu_) = false;

  // Played by the committer, and by Start() before there is one.
  ThreadPart committing_;
  RecentKeys recent_ ABSL_GUARDED_BY(committing_);
  crypto::Frontier frontier_ ABSL_GUARDED_BY(committing_);
  Head head_ ABSL_GUARDED_BY(committing_);
  std::string head_bytes_ ABSL_GUARDED_BY(committing_);  // as stored
  uint64_t commits_ ABSL_GUARDED_BY(committing_) = 0;    // of this process
  // Whether the previous batch had more than one update.
  bool gather_ ABSL_GUARDED_BY(committing_) = false;
  std::thread committer_;

  // Batches whose fate is known go to a thread of their own: while it answers, the next is synced.
  absl::Mutex answers_mu_;
  std::deque<Batch> answers_ ABSL_GUARDED_BY(answers_mu_);
  bool answers_end_ ABSL_GUARDED_BY(answers_mu_) = false;
  std::thread answerer_;
};

absl::Status LedgerImpl::Start() {
  const PlayPart committing(committing_);
  absl::Status taken = TakeOver();
  for (int left = kTakeOversMax - 1; left > 0 && IsConflict(taken); --left) taken = TakeOver();
  if (!taken.ok()) return IsConflict(taken) ? FencedError() : taken;
  const auto reader = backend_->NewSnapshot();
  ASSIGN_OR_RETURN(frontier_, crypto::Frontier::Restore(head_.size, head_.frontier));
  RETURN_IF_ERROR(tiles_.LoadEdge(head_.size));
  RETURN_IF_ERROR(VerifyTail(*reader));
  RETURN_IF_ERROR(Publish(head_, 0));
  answerer_ = std::thread([this] { AnswerLoop(); });
  committer_ = std::thread([this] { CommitLoop(); });
  return absl::OkStatus();
}

// Reads the head and moves it on by a commit of its own. From then on any earlier owner of the
// store is fenced, including a write of theirs that is still on its way to a database.
absl::Status LedgerImpl::TakeOver() {
  const auto reader = backend_->NewSnapshot();
  ASSIGN_OR_RETURN(auto stored, reader->Get(HeadKey()));
  if (stored.has_value()) {
    ASSIGN_OR_RETURN(head_, DecodeHead(*stored));
    if (head_.origin != options_.origin) {
      return MakeError(kErrors["ORIGIN_MISMATCH"], "the store belongs to another log",
                       {{"expected", options_.origin}, {"found", head_.origin}});
    }
    ++head_.commits;
  } else {
    ASSIGN_OR_RETURN(const auto any, reader->Scan("", "", 1));
    if (!any.empty()) return DamagedError("there is data but no head");
    head_.origin = options_.origin;
  }
  head_bytes_ = EncodeHead(head_);
  return backend_->Write(
      {.guard = kv::WriteBatch::Guard{HeadKey(), std::move(stored), head_bytes_}});
}

// What will be signed again must follow from what is stored: the head's hashes from the tiles, and
// the newest tile from the entries. CheckLedger recomputes the rest.
absl::Status LedgerImpl::VerifyTail(const kv::Reader& reader) {
  const TileStore::Nodes nodes(tiles_);
  uint64_t begin = 0;
  size_t next = 0;
  for (int level = 63; level >= 0; --level) {
    if (((head_.size >> level) & 1) == 0) continue;
    ASSIGN_OR_RETURN(const std::string hash, nodes.Node(level, begin >> level));
    if (hash != head_.frontier[next++]) return DamagedError("the head does not fit the tiles");
    begin += uint64_t{1} << level;
  }
  if (head_.size == 0) return absl::OkStatus();
  const uint64_t first = (head_.size - 1) / log::kTileWidth * log::kTileWidth;
  ASSIGN_OR_RETURN(const auto entries, reader.Scan(EntryKey(first), "F", log::kTileWidth + 1));
  if (entries.size() != head_.size - first)
    return DamagedError("the head does not fit the entries");
  for (size_t i = 0; i < entries.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string hash, nodes.Node(0, first + i));
    ASSIGN_OR_RETURN(const StoredEntry record, DecodeEntry(entries[i].value));
    jodal::log::v1::Entry entry;
    if (entries[i].key != EntryKey(first + i) || crypto::LeafHash(record.leaf) != hash ||
        !entry.ParseFromArray(record.leaf.data(), static_cast<int>(record.leaf.size())) ||
        entry.seq() != first + i || crypto::Sha256(record.body) != entry.body_sha256()) {
      return DamagedError(absl::StrCat("entry ", first + i, " does not fit the tree"));
    }
    if (i + 1 == entries.size() && entry.commit_time_ns() > head_.last_commit_ns) {
      return DamagedError("the head is older than the last entry");
    }
  }
  return absl::OkStatus();
}

// Signs the head, which must be durable, and shows it. An unchanged tree keeps its checkpoint.
absl::Status LedgerImpl::Publish(const Head& head, uint64_t commits) {
  Published next{head.size, commits, head.last_commit_ns, GetPublished().checkpoint};
  if (next.checkpoint == nullptr || head.size != Size()) {
    ASSIGN_OR_RETURN(
        std::string note,
        log::SignCheckpoint({head.origin, head.size, frontier_.Root()}, *options_.log_key));
    next.checkpoint = std::make_shared<const std::string>(std::move(note));
  }
  absl::MutexLock lock(&mu_);
  published_ = std::move(next);
  return absl::OkStatus();
}

void LedgerImpl::UpdateAsync(UpdateRequest request, Body body, Done done) {
  const auto queue_state = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(queue_mu_) -> absl::Status {
    if (stopped_.load() || closing_) return StoppedError();
    if (queue_.size() >= options_.queue_max) {
      return MakeError(kErrors["LEDGER_QUEUE_FULL"],
                       "too many updates are waiting; try again later");
    }
    return absl::OkStatus();
  };
  absl::Status status = CheckRequest(request);
  if (status.ok()) {
    absl::MutexLock lock(&queue_mu_);
    status = queue_state();
  }
  if (!status.ok()) return done(status);
  Pending pending{std::move(request), std::move(body), std::move(done)};
  // The number is taken before the snapshot: a commit is published after its write has returned, so
  // the snapshot contains every commit up to the number. It may contain later ones too; a read of
  // theirs is then taken for stale and runs again, which is safe.
  const Published seen = GetPublished();
  const Hints& hints = pending.request.hints;
  pending.snapshot = std::min(seen.commits, hints.unanswered.value_or(seen.commits));
  auto snapshot = backend_->NewSnapshot();
  absl::StatusOr<Outcome> outcome;
  const bool fast_path = !hints.steady.empty() || hints.unanswered.has_value();
  if (fast_path) {
    const SteadyReader reader(*snapshot, seen.commits,
                              absl::StrCat(ShardPrefix(pending.request.shard), hints.steady),
                              steady_);
    outcome = Run(reader, pending.request, !hints.unanswered.has_value(), pending.body);
  }
  // Effects are checked for conflicts before they are committed. Any other outcome, an error above
  // all, must rest on one snapshot and on a search for the answer: the body may have failed because
  // this very request was committed before.
  if (!fast_path || !HasEffects(outcome)) {
    outcome = Run(*snapshot, pending.request, true, pending.body);
  }
  snapshot.reset();  // answers below may take another one, of which a backend has not many
  if (!outcome.ok()) {
    // Some engines tell a reader that another one has written.
    if (!IsConflict(outcome.status())) return pending.done(outcome.status());
    Stop();
    return pending.done(FencedError());
  }
  if (Answer* answer = std::get_if<Answer>(&*outcome)) {
    return pending.done(AnswerRepeat(std::move(*answer)));
  }
  pending.effects = std::get<Effects>(*std::move(outcome));
  if (pending.effects.Empty()) {
    Committed committed;
    committed.response = std::move(pending.effects.response);
    committed.commit_time = absl::FromUnixNanos(seen.last_commit_ns);
    return pending.done(std::move(committed));
  }
  {
    absl::MutexLock lock(&queue_mu_);
    status = queue_state();
    if (status.ok()) {
      queue_bytes_ += pending.effects.bytes;
      queue_.push_back(std::move(pending));
    }
  }
  if (!status.ok()) pending.done(status);
}

void LedgerImpl::CommitLoop() {
  const PlayPart committing(committing_);
  NameThread("committer");
  ShortenThreadSlice();
  const auto room = [this]() ABSL_SHARED_LOCKS_REQUIRED(answers_mu_) {
    return answers_.size() < kAnswerBatchesMax;
  };
  for (Batch batch; TakeBatch(batch.pending); batch = Batch()) {
    if (const absl::Status refused = CommitBatch(batch); !refused.ok()) {
      batch.decided.assign(batch.pending.size(), {.status = refused});
    }
    absl::MutexLock lock(&answers_mu_);
    answers_mu_.Await(absl::Condition(&room));
    answers_.push_back(std::move(batch));
  }
}

void LedgerImpl::AnswerLoop() {
  NameThread("answerer");
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(answers_mu_) {
    return !answers_.empty() || answers_end_;
  };
  while (true) {
    Batch batch;
    {
      absl::MutexLock lock(&answers_mu_);
      answers_mu_.Await(absl::Condition(&ready));
      if (answers_.empty()) return;
      batch = std::move(answers_.front());
      answers_.pop_front();
    }
    for (size_t i = 0; i < batch.pending.size(); ++i) {
      const Pending answered = std::move(batch.pending[i]);  // what `done` holds ends with its call
      Decided& decided = batch.decided[i];
      answered.done(decided.status.ok() ? Answered(std::move(decided), &batch)
                                        : absl::StatusOr<Committed>(decided.status));
    }
  }
}

// False when the ledger is closing and the queue is drained.
bool LedgerImpl::TakeBatch(std::vector<Pending>& batch) {
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(queue_mu_) {
    return !queue_.empty() || closing_;
  };
  const auto gathered = [this]() ABSL_SHARED_LOCKS_REQUIRED(queue_mu_) {
    return queue_.size() >= kGatherUpdates || queue_bytes_ >= kBatchBytesMax || closing_;
  };
  absl::MutexLock lock(&queue_mu_);
  queue_mu_.Await(absl::Condition(&ready));
  size_t before = gather_ ? 0 : queue_.size();
  for (int rounds = kGatherRounds; rounds > 0 && queue_.size() > before; --rounds) {
    before = queue_.size();
    if (queue_mu_.AwaitWithTimeout(absl::Condition(&gathered), kGatherRound)) break;
  }
  size_t bytes = 0;
  while (!queue_.empty() && batch.size() < kBatchUpdatesMax) {
    bytes += queue_.front().effects.bytes;
    if (!batch.empty() && bytes > kBatchBytesMax) break;
    queue_bytes_ -= queue_.front().effects.bytes;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  gather_ = batch.size() > 1;
  return !batch.empty();
}

LedgerImpl::Decided LedgerImpl::Decide(Pending& pending, const kv::Reader& newest, Batch& batch) {
  Decided decided;
  const UpdateRequest& request = pending.request;
  if (recent_.Stale(pending.effects.reads, pending.snapshot)) {
    // Here, on the newest state, it cannot become stale again: every update makes progress.
    ++batch.stats.reruns;
    auto outcome = Run(newest, request, true, pending.body);
    if (!outcome.ok()) {
      decided.status = outcome.status();
      return decided;
    }
    if (Answer* answer = std::get_if<Answer>(&*outcome)) {
      decided.first_seq = answer->first_seq;
      decided.events = answer->events;
      decided.commit_ns = answer->commit_ns;
      decided.response = std::move(answer->response);
      decided.repeated = true;
      return decided;
    }
    pending.effects = std::get<Effects>(*std::move(outcome));
  }
  Effects& effects = pending.effects;
  decided.first_seq = batch.size;
  decided.events = static_cast<uint32_t>(effects.events.size());
  decided.response = effects.response;
  decided.commit_ns = batch.last_commit_ns;
  if (effects.Empty()) return decided;

  for (Event& event : effects.events) {
    batch.last_commit_ns = std::max(batch.now_ns, batch.last_commit_ns + 1);
    jodal::log::v1::Entry entry;
    entry.set_seq(batch.size);
    entry.set_type(std::move(event.type));
    entry.set_subject(std::move(event.subject));
    entry.set_actor_role(std::move(event.actor_role));
    entry.set_commit_time_ns(batch.last_commit_ns);
    if (event.arrival.has_value()) entry.set_arrival_time_ns(absl::ToUnixNanos(*event.arrival));
    entry.set_body_sha256(crypto::Sha256(event.body));
    ++batch.entries;
    batch.write.ops.push_back({EntryKey(batch.size), EncodeEntry({entry.SerializeAsString(),
                                                                  event.is_public, event.body})});
    ++batch.size;
  }
  effects.FillSeqs(decided.first_seq);
  decided.commit_ns = batch.last_commit_ns;
  if (!request.request_id.empty()) {
    effects.writes[AnswerKey({request.idempotency_scope, request.request_id})] =
        EncodeAnswer({request.content_digest, decided.first_seq, decided.events, decided.commit_ns,
                      decided.response});
  }
  while (!effects.writes.empty()) {
    auto write = effects.writes.extract(effects.writes.begin());
    recent_.Add(write.key(), commits_ + 1);
    auto placed = batch.writes.insert(std::move(write));
    if (!placed.inserted) placed.position->second = std::move(placed.node.mapped());
  }
  batch.stats.bytes += effects.bytes;
  ++batch.stats.updates;
  return decided;
}

// An error refuses the whole batch.
absl::Status LedgerImpl::CommitBatch(Batch& batch) {
  if (stopped_.load()) return StoppedError();
  batch.now_ns = absl::ToUnixNanos(options_.clock->Now());
  batch.last_commit_ns = head_.last_commit_ns;
  batch.first_seq = batch.size = head_.size;
  if (batch.now_ns < head_.last_commit_ns - absl::ToInt64Nanoseconds(kClockBackMax)) {
    return MakeError(kErrors["CLOCK_JUMPED"],
                     "the clock is behind the last commit; nothing is accepted until it has been "
                     "set right");
  }
  const auto durable = backend_->NewSnapshot();
  const OverlayReader newest(*durable, batch.writes);
  batch.decided.reserve(batch.pending.size());
  for (Pending& p : batch.pending) batch.decided.push_back(Decide(p, newest, batch));
  if (batch.stats.updates == 0) return absl::OkStatus();

  if (const absl::Status written = WriteDurably(batch); !written.ok()) {
    Stop();
    if (IsConflict(written)) return FencedError();
    return MakeError(kErrors["COMMIT_UNKNOWN"],
                     absl::StrCat("the write failed and its outcome is unknown; ask again with the "
                                  "same request id: ",
                                  written.message()));
  }
  if (options_.on_batch) {
    {
      absl::MutexLock lock(&queue_mu_);
      batch.stats.waiting = queue_.size();
    }
    options_.on_batch(batch.stats);
  }
  return absl::OkStatus();
}

// Persist, sync, sign, publish, in this order. After an error nothing of the batch may ever be
// acknowledged by this process.
absl::Status LedgerImpl::WriteDurably(Batch& batch) {
  kv::WriteBatch& write = batch.write;
  crypto::Frontier frontier = frontier_;
  std::vector<std::string> hashes;
  std::vector<std::pair<int, uint64_t>> whole;  // tiles that an entry has filled
  std::vector<kv::WriteBatch::Op> tiles;
  for (size_t i = 0; i < batch.entries; ++i) {
    ASSIGN_OR_RETURN(const StoredEntry entry, DecodeEntry(*write.ops[i].value));
    hashes.push_back(crypto::LeafHash(entry.leaf));
    // Nobody reads these nodes before the size that covers them is published.
    whole.clear();
    frontier.Append(hashes.back(), [&](int level, uint64_t index, const std::string& hash) {
      tiles_.Add(level, index, hash);
      if (level % log::kTileHeight == 0 && (index + 1) % log::kTileWidth == 0) {
        whole.emplace_back(level / log::kTileHeight, index / log::kTileWidth);
      }
    });
    for (const auto& [level, index] : whole) {
      ASSIGN_OR_RETURN(std::string row, tiles_.TileHashes(level, index, log::kTileWidth));
      tiles.push_back({TileKey(level, index), std::move(row)});
    }
  }
  batch.stats.events = batch.entries;
  std::move(tiles.begin(), tiles.end(), std::back_inserter(write.ops));
  steady_.Forget(batch.writes, commits_ + 1);
  while (!batch.writes.empty()) {
    auto op = batch.writes.extract(batch.writes.begin());
    write.ops.push_back({std::move(op.key()), std::move(op.mapped())});
  }
  Head head = head_;
  ++head.commits;
  head.size = frontier.size();
  head.last_commit_ns = batch.last_commit_ns;
  head.frontier = frontier.hashes();
  std::string head_bytes = EncodeHead(head);
  write.guard = {HeadKey(), head_bytes_, head_bytes};
  RETURN_IF_ERROR(backend_->Write(write));

  // A bit that flipped while the batch waited would end the log if it were signed.
  for (size_t i = 0; i < batch.entries; ++i) {
    ASSIGN_OR_RETURN(const StoredEntry written, DecodeEntry(*write.ops[i].value));
    if (crypto::LeafHash(written.leaf) != hashes[i]) {
      return DamagedError("an entry changed in memory while it was written");
    }
  }
  head_ = std::move(head);
  head_bytes_ = std::move(head_bytes);
  frontier_ = std::move(frontier);
  ++commits_;
  recent_.Trim();
  return Publish(head_, commits_);
}

// `batch` has the entries at hand if the update was committed in it.
absl::StatusOr<Committed> LedgerImpl::Answered(Decided decided, const Batch* batch) const {
  Committed committed;
  committed.response = std::move(decided.response);
  committed.commit_time = absl::FromUnixNanos(decided.commit_ns);
  committed.repeated = decided.repeated;
  const Published head = GetPublished();
  const TileStore::Nodes nodes(tiles_);
  std::vector<LoggedEntry> stored;
  const bool at_hand = batch != nullptr && decided.first_seq >= batch->first_seq;
  if (!at_hand) {
    ASSIGN_OR_RETURN(stored, Entries(decided.first_seq, decided.events, false));
    if (stored.size() != decided.events) return DamagedError("a committed entry is missing");
  }
  for (uint32_t i = 0; i < decided.events; ++i) {
    const uint64_t seq = decided.first_seq + i;
    std::string leaf;
    if (at_hand) {
      ASSIGN_OR_RETURN(const StoredEntry entry,
                       DecodeEntry(*batch->write.ops[seq - batch->first_seq].value));
      leaf = std::string(entry.leaf);
    } else {
      leaf = std::move(stored[i].entry);
    }
    ASSIGN_OR_RETURN(Receipt receipt, ReceiptOf(seq, std::move(leaf), head, nodes));
    committed.receipts.push_back(std::move(receipt));
  }
  return committed;
}

absl::StatusOr<Committed> LedgerImpl::AnswerRepeat(Answer answer) const {
  // The record may be durable a moment before the checkpoint that covers its entries is published.
  const uint64_t needed = answer.first_seq + answer.events;
  const auto covered = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return published_.size >= needed || stop_seen_;
  };
  {
    const ScopedWait waiting;
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&covered));
    if (published_.size < needed) return StoppedError();
  }
  return Answered({absl::OkStatus(), answer.first_seq, answer.events, answer.commit_ns,
                   std::move(answer.response), true},
                  nullptr);
}

absl::StatusOr<Receipt> LedgerImpl::ReceiptOf(uint64_t seq, std::string entry,
                                              const Published& head,
                                              const crypto::NodeReader& nodes) const {
  ASSIGN_OR_RETURN(auto path, crypto::InclusionPath(seq, head.size, nodes));
  return Receipt{seq, std::move(entry), log::FormatProof({seq, std::move(path), *head.checkpoint})};
}

absl::StatusOr<std::optional<Answer>> LedgerImpl::FindAnswer(const UpdateRequest& request) const {
  RETURN_IF_ERROR(CheckRequest(request));
  if (stopped_.load()) return StoppedError();
  if (request.request_id.empty()) return std::optional<Answer>();
  ASSIGN_OR_RETURN(
      const auto stored,
      backend_->NewSnapshot()->Get(AnswerKey({request.idempotency_scope, request.request_id})));
  if (!stored.has_value()) return std::optional<Answer>();
  ASSIGN_OR_RETURN(Answer answer, DecodeAnswer(*stored));
  if (answer.content_digest != request.content_digest) return ReusedError();
  return std::optional<Answer>(std::move(answer));
}

absl::StatusOr<std::optional<Committed>> LedgerImpl::FindCommitted(
    const UpdateRequest& request, std::optional<uint64_t>* unanswered) {
  const uint64_t commits = GetPublished().commits;  // before the look, as in UpdateAsync
  ASSIGN_OR_RETURN(auto answer, FindAnswer(request));
  if (!answer.has_value()) {
    if (unanswered != nullptr) *unanswered = commits;
    return std::optional<Committed>();
  }
  ASSIGN_OR_RETURN(Committed committed, AnswerRepeat(*std::move(answer)));
  return std::optional<Committed>(std::move(committed));
}

absl::Status LedgerImpl::View(uint16_t shard,
                              absl::FunctionRef<absl::Status(const kv::Reader&)> body) const {
  RETURN_IF_ERROR(CheckRequest({.shard = shard}));
  // After a failed write nobody knows whether what can be read will be there after recovery.
  if (stopped_.load()) return StoppedError();
  const auto snapshot = backend_->NewSnapshot();
  return body(ShardReader(*snapshot, shard));
}

absl::StatusOr<std::vector<LoggedEntry>> LedgerImpl::Entries(uint64_t begin, size_t limit,
                                                             bool with_restricted) const {
  std::vector<LoggedEntry> out;
  const uint64_t size = Size();
  if (begin >= size || limit == 0) return out;
  const uint64_t end = begin + std::min<uint64_t>(limit, size - begin);
  const auto snapshot = backend_->NewSnapshot();
  ASSIGN_OR_RETURN(const auto stored, snapshot->Scan(EntryKey(begin), EntryKey(end), end - begin));
  if (stored.size() != end - begin) return DamagedError("the log has gaps");
  out.reserve(stored.size());
  for (const kv::KeyValue& pair : stored) {
    ASSIGN_OR_RETURN(const StoredEntry record, DecodeEntry(pair.value));
    LoggedEntry& entry = out.emplace_back();
    entry.seq = begin + out.size() - 1;
    entry.entry = std::string(record.leaf);
    entry.is_public = record.is_public;
    if (entry.is_public || with_restricted) entry.body = std::string(record.body);
  }
  return out;
}

uint64_t LedgerImpl::WaitForEntry(uint64_t size, absl::Duration timeout) const {
  const auto grown = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return published_.size > size || stop_seen_;
  };
  const ScopedWait waiting;
  absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(&grown), timeout);
  return published_.size;
}

absl::StatusOr<Receipt> LedgerImpl::MakeReceipt(uint64_t seq) const {
  const Published head = GetPublished();
  if (seq >= head.size) {
    return MakeError(kErrors["ENTRY_NOT_FOUND"], absl::StrCat("the log has no entry ", seq));
  }
  ASSIGN_OR_RETURN(const auto stored, backend_->NewSnapshot()->Get(EntryKey(seq)));
  if (!stored.has_value()) return DamagedError("the log has gaps");
  ASSIGN_OR_RETURN(const StoredEntry entry, DecodeEntry(*stored));
  return ReceiptOf(seq, std::string(entry.leaf), head, TileStore::Nodes(tiles_));
}

absl::StatusOr<std::vector<std::string>> LedgerImpl::ConsistencyProof(uint64_t old_size,
                                                                      uint64_t new_size) const {
  if (old_size == 0 || old_size > new_size || new_size > Size()) {
    return MakeError(kErrors["PROOF_RANGE"],
                     "a consistency proof needs 0 < old size <= new size <= size of the log");
  }
  return crypto::ConsistencyPath(old_size, new_size, TileStore::Nodes(tiles_));
}

absl::StatusOr<std::string> LedgerImpl::Tile(int level, uint64_t index) const {
  if (level < 0 || level > log::kTileLevelMax) {
    return MakeError(kErrors["TILE_LEVEL"], "no such tile level");
  }
  const uint64_t hashes = Size() >> (level * log::kTileHeight);
  if (index >= (hashes + log::kTileWidth - 1) / log::kTileWidth) {
    return MakeError(kErrors["TILE_NOT_FOUND"], "the log has not grown to this tile");
  }
  const uint64_t width = std::min<uint64_t>(log::kTileWidth, hashes - index * log::kTileWidth);
  return tiles_.TileHashes(level, index, static_cast<int>(width));
}

}  // namespace

uint16_t ShardOf(absl::string_view id) { return ReadU16Be(crypto::Sha256(id)) >> 6; }

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(std::unique_ptr<kv::Backend> backend,
                                                     Options options) {
  if (backend == nullptr || options.clock == nullptr || options.log_key == nullptr ||
      !log::IsNoteKeyName(options.origin) || options.origin.size() > kEventNameBytesMax) {
    return MakeError(kErrors["LEDGER_OPTIONS"],
                     "a ledger needs a backend, a clock, a key and an origin without spaces");
  }
  auto ledger = std::make_unique<LedgerImpl>(std::move(backend), std::move(options));
  RETURN_IF_ERROR(ledger->Start());
  return ledger;
}

}  // namespace jodal::ledger
