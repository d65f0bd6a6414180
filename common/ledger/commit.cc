#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/base/thread.h"
#include "common/base/waiting.h"
#include "common/crypto/hash.h"
#include "common/ledger/errors.h"
#include "common/ledger/ledger_impl.h"
#include "common/ledger/overlay_reader.h"
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

absl::Status ReusedError() {
  return MakeError(kErrors["REQUEST_ID_REUSED"],
                   "this request id was used for a request with other content");
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

}  // namespace

absl::StatusOr<Committed> LedgerImpl::Update(const UpdateRequest& request, Body body) {
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

}  // namespace jodal::ledger
