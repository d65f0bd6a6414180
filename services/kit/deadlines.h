// What a service has to do when a time comes.
//
// A deadline is a case (a tender, a contract ...), a rule (procurement/acts/deadlines.h) and an
// instant. It is written and removed by the transaction that changes the case, in the case's shard,
// so it is there exactly as long as the case waits:
//
//   "due/" 16 hex digits of Unix ns "/" rule "/" case    no value
//
// One thread of the process does what is due: it sleeps until the first instant and runs the rule's
// handler, whose commit changes the case and removes the row. A crash between the two leaves the
// row; the next start reads all rows again. What must hold at an instant, to the nanosecond, is
// decided on read by whoever asks; the thread only makes it last.
#ifndef JODAL_SERVICES_KIT_DEADLINES_H_
#define JODAL_SERVICES_KIT_DEADLINES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/ledger/ledger.h"

namespace jodal::kit {

struct Deadline {
  absl::Time at;        // not before 1970
  std::string rule;     // without '/'
  std::string case_id;  // in whose shard it lies

  bool operator<(const Deadline& other) const {
    return std::tie(at, rule, case_id) < std::tie(other.at, other.rule, other.case_id);
  }
};

// Both in a transaction of the case's shard.
void PutDeadline(ledger::Txn& txn, const Deadline& deadline);
void RemoveDeadline(ledger::Txn& txn, const Deadline& deadline);

// Thread-safe.
class Deadlines {
 public:
  // Does what is due, and returns true when the row is gone, false if it is not yet the moment: it
  // is asked again within kDueLook. May find that there is nothing to do.
  using Handler = std::function<absl::StatusOr<bool>(const Deadline&)>;
  struct Options {
    ledger::Ledger* ledger = nullptr;                          // outlives this
    const Clock* clock = nullptr;                              // outlives this
    std::map<std::string, Handler> rules;                      // by id
    std::function<void(const absl::Status& status)> on_error;  // on the thread; may be empty
  };
  explicit Deadlines(Options options) : options_(std::move(options)) {}
  ~Deadlines() { Stop(); }

  // Reads every row; before the rest. Errors of the ledger's View.
  absl::Status Recover();
  // After a commit that may have written or removed deadlines of a case: reads its shard again.
  void Refresh(absl::string_view case_id);
  // One wake-up: tries what is due, at most kDueMax of it, and goes on from there the next time, so
  // that nothing which fails holds up the others. Returns the first error.
  absl::Status RunDue();

  // Recovers, then does what is due in the background. From one thread.
  void Start();
  // Returns when the thread has ended: after the handler under way.
  void Stop();

 private:
  using Rows = std::set<Deadline>;
  absl::Status ReadShard(uint16_t shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::vector<Deadline> Due() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Woken() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_ || changed_; }
  void Loop();

  const Options options_;
  absl::Mutex mu_;
  // A copy of the store's rows, made again by Recover.
  Rows rows_ ABSL_GUARDED_BY(mu_);
  std::map<uint16_t, Rows> by_shard_ ABSL_GUARDED_BY(mu_);
  Deadline last_tried_ ABSL_GUARDED_BY(mu_);
  bool changed_ ABSL_GUARDED_BY(mu_) = false;  // since the thread last looked
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_DEADLINES_H_
