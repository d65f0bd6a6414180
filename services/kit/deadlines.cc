#include "services/kit/deadlines.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/thread.h"
#include "common/kv/scan.h"
#include "common/status/macros.h"
#include "services/kit/errors.h"

namespace jodal::kit {
namespace {

constexpr char kPrefix[] = "due/";
constexpr size_t kTimeDigits = 16;
// Handlers of one wake-up: some seconds of commits.
constexpr size_t kDueMax = 1000;
// How often the clock is looked at, which a training system may move, and what is not yet done.
constexpr absl::Duration kDueLook = absl::Milliseconds(20);
constexpr absl::Duration kDueRetry = absl::Seconds(1);  // after an error

std::string KeyOf(const Deadline& deadline) {
  return absl::StrCat(
      kPrefix, absl::StrFormat("%016x", static_cast<uint64_t>(absl::ToUnixNanos(deadline.at))), "/",
      deadline.rule, "/", deadline.case_id);
}

absl::StatusOr<Deadline> Parse(const std::string& key) {
  const absl::string_view text = absl::string_view(key).substr(sizeof(kPrefix) - 1);
  const size_t slash = text.find('/', kTimeDigits + 1);
  uint64_t ns = 0;
  if (slash == absl::string_view::npos || text[kTimeDigits] != '/' ||
      !absl::SimpleHexAtoi(text.substr(0, kTimeDigits), &ns)) {
    return MakeError(kErrors["DEADLINE_DAMAGED"], absl::StrCat(key, " names no deadline"));
  }
  return Deadline{absl::FromUnixNanos(static_cast<int64_t>(ns)),
                  std::string(text.substr(kTimeDigits + 1, slash - kTimeDigits - 1)),
                  std::string(text.substr(slash + 1))};
}

}  // namespace

void PutDeadline(ledger::Txn& txn, const Deadline& deadline) { txn.Put(KeyOf(deadline), ""); }
void RemoveDeadline(ledger::Txn& txn, const Deadline& deadline) { txn.Delete(KeyOf(deadline)); }

// Under the mutex, so that of two readings the later one has seen the later state.
absl::Status Deadlines::ReadShard(uint16_t shard) {
  Rows found;
  RETURN_IF_ERROR(options_.ledger->View(shard, [&](const kv::Reader& reader) -> absl::Status {
    return kv::ForEachWithPrefix(reader, kPrefix, [&](const kv::KeyValue& row) -> absl::Status {
      ASSIGN_OR_RETURN(Deadline deadline, Parse(row.key));
      found.insert(std::move(deadline));
      return absl::OkStatus();
    });
  }));
  Rows& known = by_shard_[shard];
  for (const Deadline& deadline : known) rows_.erase(deadline);
  rows_.insert(found.begin(), found.end());
  known = std::move(found);
  if (known.empty()) by_shard_.erase(shard);
  changed_ = true;
  return absl::OkStatus();
}

absl::Status Deadlines::Recover() {
  for (int shard = 0; shard < ledger::kShards; ++shard) {
    absl::MutexLock lock(&mu_);
    RETURN_IF_ERROR(ReadShard(static_cast<uint16_t>(shard)));
  }
  return absl::OkStatus();
}

void Deadlines::Refresh(absl::string_view case_id) {
  absl::MutexLock lock(&mu_);
  // What cannot be read stays as it was known: its handler finds out for itself.
  ReadShard(ledger::ShardOf(case_id)).IgnoreError();
}

std::vector<Deadline> Deadlines::Due() {
  const Deadline end = {options_.clock->Now() + absl::Nanoseconds(1), "", ""};
  const auto due = rows_.lower_bound(end);
  std::vector<Deadline> out;
  const auto take = [&](Rows::const_iterator from, Rows::const_iterator to) {
    for (; from != to && out.size() < kDueMax; ++from) out.push_back(*from);
  };
  const auto next = last_tried_ < end ? rows_.upper_bound(last_tried_) : rows_.begin();
  take(next, due);
  take(rows_.begin(), next);
  return out;
}

absl::Status Deadlines::RunDue() {
  std::vector<Deadline> due;
  {
    absl::MutexLock lock(&mu_);
    due = Due();
    last_tried_ = due.size() == kDueMax ? due.back() : Deadline();
  }
  absl::Status first;
  for (const Deadline& deadline : due) {
    const auto rule = options_.rules.find(deadline.rule);
    if (rule == options_.rules.end()) {
      first.Update(
          MakeError(kErrors["DEADLINE_DAMAGED"], absl::StrCat("there is no rule ", deadline.rule)));
      continue;
    }
    const absl::StatusOr<bool> done = rule->second(deadline);
    first.Update(done.status());
    if (done.ok() && *done) Refresh(deadline.case_id);
    absl::MutexLock lock(&mu_);
    if (stopping_) break;
  }
  return first;
}

void Deadlines::Start() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = false;
  }
  thread_ = std::thread([this] { Loop(); });
}

void Deadlines::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mu_);
  stopping_ = false;
}

void Deadlines::Loop() {
  NameThread("deadlines");
  bool recovered = false;
  while (true) {
    absl::Status status;
    if (!recovered) {
      status = Recover();
      recovered = status.ok();
    }
    if (recovered) {
      {
        absl::MutexLock lock(&mu_);
        changed_ = false;
      }
      status = RunDue();
    }
    if (!status.ok() && options_.on_error) options_.on_error(status);
    absl::MutexLock lock(&mu_);
    absl::Duration wait = status.ok() ? kDueLook : kDueRetry;
    if (status.ok() && !rows_.empty()) {
      const absl::Duration left = rows_.begin()->at - options_.clock->Now();
      if (left > absl::ZeroDuration()) wait = std::min(wait, left);
    }
    if (status.ok()) {
      mu_.AwaitWithTimeout(absl::Condition(
                               +[](Deadlines* self) ABSL_EXCLUSIVE_LOCKS_REQUIRED(self->mu_) {
                                 return self->Woken();
                               },
                               this),
                           wait);
    } else {
      mu_.AwaitWithTimeout(absl::Condition(&stopping_), wait);
    }
    if (stopping_) return;
  }
}

}  // namespace jodal::kit
