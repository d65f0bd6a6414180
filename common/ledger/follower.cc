#include "common/ledger/follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/ledger/errors.h"
#include "common/status/macros.h"

namespace jodal::ledger {
namespace {

constexpr size_t kFetchMax = 256;
constexpr uint64_t kSaveEvery = 256;  // entries
constexpr uint16_t kCursorShard = 0;
constexpr absl::Duration kLocalWait = absl::Milliseconds(200);

std::string GuardKey(absl::string_view name) {
  return absl::StrCat(kHousekeepingPrefix, name, "/applied");
}
std::string CursorKey(absl::string_view name) {
  return absl::StrCat(kHousekeepingPrefix, name, "/cursor");
}

std::string EncodeSeq(uint64_t seq) {
  std::string out;
  AppendU64Be(out, seq);
  return out;
}

absl::StatusOr<uint64_t> ReadSeq(const kv::Reader& reader, const std::string& key) {
  ASSIGN_OR_RETURN(const auto value, reader.Get(key));
  if (!value.has_value()) return 0;
  if (value->size() != 8) {
    return MakeError(kErrors["LEDGER_DAMAGED"], absl::StrCat(key, " holds no sequence number"));
  }
  return ReadU64Be(*value);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Follower>> Follower::Create(Options options) {
  if (options.name.empty() || absl::StrContains(options.name, "/") || options.own == nullptr ||
      !options.fetch || !options.handler) {
    return MakeError(kErrors["FOLLOWER_OPTIONS"],
                     "a follower needs a name without '/', a ledger, a fetch and a handler");
  }
  return std::unique_ptr<Follower>(new Follower(std::move(options)));
}

Follower::~Follower() { Stop(); }

absl::Status Follower::Start() {
  RETURN_IF_ERROR(options_.own->View(kCursorShard, [this](const kv::Reader& reader) {
    const auto cursor = ReadSeq(reader, CursorKey(options_.name));
    if (cursor.ok()) cursor_ = saved_cursor_ = *cursor;
    return cursor.status();
  }));
  {
    absl::MutexLock lock(&mu_);
    stopping_ = false;
  }
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

void Follower::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool Follower::stopping() const {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

bool Follower::Backoff(absl::Duration& delay) {
  absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(&stopping_), delay);
  delay = std::min(delay * 2, options_.retry_max);
  return !stopping_;
}

absl::Status Follower::Apply(const LoggedEntry& entry) {
  ASSIGN_OR_RETURN(const std::optional<FollowUpdate> update, options_.handler(entry));
  if (!update.has_value()) return absl::OkStatus();
  const std::string guard = GuardKey(options_.name);
  UpdateRequest request;
  request.shard = update->shard;
  request.housekeeping = true;  // the guard of an entry that changes nothing else
  return options_.own
      ->Update(request,
               [&](Txn& txn) -> absl::Status {
                 ASSIGN_OR_RETURN(const uint64_t applied, ReadSeq(txn, guard));
                 if (applied > entry.seq) return absl::OkStatus();
                 RETURN_IF_ERROR(update->body(txn));
                 txn.Put(guard, EncodeSeq(entry.seq + 1));
                 return absl::OkStatus();
               })
      .status();
}

absl::Status Follower::SaveCursor() {
  const uint64_t cursor = cursor_.load();
  if (cursor == saved_cursor_) return absl::OkStatus();
  UpdateRequest request;
  request.shard = kCursorShard;
  request.housekeeping = true;
  RETURN_IF_ERROR(options_.own
                      ->Update(request,
                               [&](Txn& txn) {
                                 txn.Put(CursorKey(options_.name), EncodeSeq(cursor));
                                 return absl::OkStatus();
                               })
                      .status());
  saved_cursor_ = cursor;
  return absl::OkStatus();
}

void Follower::Loop() {
  absl::Duration delay = options_.retry_min;
  // Runs one step; after an error waits. False if it must be tried again.
  const auto attempt = [&](const absl::Status& status) {
    if (status.ok()) {
      delay = options_.retry_min;
      return true;
    }
    if (options_.on_error) options_.on_error(cursor_.load(), status);
    Backoff(delay);
    return false;
  };
  while (!stopping()) {
    const auto entries = options_.fetch(cursor_.load(), kFetchMax);
    if (!attempt(entries.status())) continue;
    if (entries->empty()) attempt(SaveCursor());
    for (const LoggedEntry& entry : *entries) {
      if (stopping()) break;
      const bool left_out = entry.entry.empty();
      if (left_out ? entry.seq < cursor_.load() : entry.seq != cursor_.load()) {
        attempt(MakeError(kErrors["FOLLOWER_GAP"],
                          absl::StrCat("asked for entry ", cursor_.load(), ", got ", entry.seq)));
        break;
      }
      if (!left_out && !attempt(Apply(entry))) break;  // fetched again, in order
      cursor_ = entry.seq + 1;
      if (cursor_.load() - saved_cursor_ >= kSaveEvery) attempt(SaveCursor());
    }
  }
  // Best effort: the guards make a lost cursor harmless.
  if (const absl::Status saved = SaveCursor(); !saved.ok() && options_.on_error) {
    options_.on_error(cursor_.load(), saved);
  }
}

Follower::Fetch FetchFrom(const Ledger* source) {
  return [source](uint64_t begin, size_t limit) {
    source->WaitForEntry(begin, kLocalWait);
    return source->Entries(begin, limit, true);
  };
}

}  // namespace jodal::ledger
