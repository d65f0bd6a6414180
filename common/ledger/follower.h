// Follows another service's log and applies its entries to an own ledger: in order, each exactly
// once, across restarts of either side.
//
// What makes it exactly once: the commit that applies entry N to a shard also writes N into that
// shard's guard key, and an entry at or below the guard is skipped. The cursor (where to go on
// after a restart) is only a hint kept in shard 0 and written now and then, so applying costs one
// commit.
//
//   "~follower/<name>/applied"   in each shard: u64be seq + 1 of the last entry applied to it
//   "~follower/<name>/cursor"    in shard 0: u64be next seq; everything before it is applied
#ifndef JODAL_COMMON_LEDGER_FOLLOWER_H_
#define JODAL_COMMON_LEDGER_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/ledger/ledger.h"

namespace jodal::ledger {

// What an entry means here: a body to run in a shard. The body may run more than once and must emit
// an event if it writes; it may also find that there is nothing to do.
struct FollowUpdate {
  uint16_t shard = 0;
  Ledger::Body body;
};

class Follower {
 public:
  // Entries of the followed log from `begin` on, at most `limit` and without gaps. One without
  // `entry` stands for all from the one before it, or from `begin`, up to and with its seq: they do
  // not concern this service. Waits up to about a second when there is nothing new and then returns
  // an empty list.
  using Fetch =
      std::function<absl::StatusOr<std::vector<LoggedEntry>>(uint64_t begin, size_t limit)>;
  // nullopt: the entry does not concern this service. An entry must lead to the same shard every
  // time. An error is tried again, for ever: the order of entries is kept.
  using Handler =
      std::function<absl::StatusOr<std::optional<FollowUpdate>>(const LoggedEntry& entry)>;

  struct Options {
    std::string name;       // of the followed log, as key part: not empty, no '/'
    Ledger* own = nullptr;  // outlives the follower
    Fetch fetch;
    Handler handler;
    // Called on the follower's thread for every failed try. May be empty.
    std::function<void(uint64_t seq, const absl::Status& status)> on_error;
    absl::Duration retry_min = absl::Milliseconds(50);
    absl::Duration retry_max = absl::Seconds(5);
  };

  // INVALID_ARGUMENT FOLLOWER_OPTIONS.
  static absl::StatusOr<std::unique_ptr<Follower>> Create(Options options);
  ~Follower();  // stops

  // Reads the cursor and starts the thread. Errors of the own ledger's View.
  absl::Status Start();
  // Returns when the thread has ended: after the current fetch or update. Start may follow.
  void Stop();

  // The next entry to apply; all before it are applied (or do not concern this service). Any
  // thread.
  uint64_t cursor() const { return cursor_.load(); }

 private:
  explicit Follower(Options options) : options_(std::move(options)) {}

  void Loop();
  absl::Status Apply(const LoggedEntry& entry);
  absl::Status SaveCursor();
  // Waits before the next try; false if stopping.
  bool Backoff(absl::Duration& delay);
  bool stopping() const;

  const Options options_;
  std::atomic<uint64_t> cursor_ = 0;
  uint64_t saved_cursor_ = 0;  // the thread's own
  mutable absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

// Fetches from a ledger in the same process, with restricted bodies. `source` outlives it.
Follower::Fetch FetchFrom(const Ledger* source);

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_FOLLOWER_H_
