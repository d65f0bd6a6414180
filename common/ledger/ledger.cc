#include "common/ledger/ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/bytes.h"
#include "common/base/waiting.h"
#include "common/crypto/hash.h"
#include "common/ledger/errors.h"
#include "common/ledger/ledger_impl.h"
#include "common/log/checkpoint.h"
#include "common/log/note.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::ledger {
namespace {

constexpr int kTakeOversMax = 20;  // while another process keeps writing to the store

}  // namespace

absl::Status StoppedError() {
  return MakeError(kErrors["LEDGER_STOPPED"],
                   "the ledger has stopped and accepts nothing until it is restarted");
}

absl::Status FencedError() {
  return MakeError(kErrors["LEDGER_FENCED"],
                   "someone else has written to the store; this ledger has stopped");
}

bool IsConflict(const absl::Status& written) { return ErrorReason(written) == "STORE_CONFLICT"; }

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

absl::Status LedgerImpl::View(uint16_t shard,
                              absl::FunctionRef<absl::Status(const kv::Reader&)> body) const {
  RETURN_IF_ERROR(CheckRequest({.shard = shard}));
  // After a failed write nobody knows whether what can be read will be there after recovery.
  if (stopped_.load()) return StoppedError();
  const auto snapshot = backend_->NewSnapshot();
  return body(ShardReader(*snapshot, shard));
}

absl::StatusOr<Receipt> LedgerImpl::ReceiptOf(uint64_t seq, std::string entry,
                                              const Published& head,
                                              const crypto::NodeReader& nodes) const {
  ASSIGN_OR_RETURN(auto path, crypto::InclusionPath(seq, head.size, nodes));
  return Receipt{seq, std::move(entry), log::FormatProof({seq, std::move(path), *head.checkpoint})};
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
