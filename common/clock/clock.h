// Time, passed in. Nothing outside common/clock reads the wall clock (a test enforces it).
#ifndef JODAL_COMMON_CLOCK_CLOCK_H_
#define JODAL_COMMON_CLOCK_CLOCK_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace jodal {

// The current time, UTC. Thread-safe. Not monotonic: callers that need order use commit times.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock. The only clock of a production system.
const Clock& SystemClock();

// A clock that stands still until it is moved. For tests.
class ManualClock : public Clock {
 public:
  explicit ManualClock(absl::Time start) : now_(start) {}
  absl::Time Now() const override {
    absl::MutexLock lock(&mu_);
    return now_;
  }
  void Set(absl::Time now) {
    absl::MutexLock lock(&mu_);
    now_ = now;
  }
  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mu_);
    now_ += by;
  }

 private:
  mutable absl::Mutex mu_;
  absl::Time now_ ABSL_GUARDED_BY(mu_);
};

// The machine's clock plus an offset that a training system may move forward. The offset lives in a
// small memory-mapped file, so all processes of one machine move together and a restart keeps it.
// Thread- and process-safe.
class TrainingClock : public Clock {
 public:
  // Creates the file with offset 0 if it does not exist. UNAVAILABLE if it cannot be mapped.
  static absl::StatusOr<std::unique_ptr<TrainingClock>> Open(const std::string& path);
  ~TrainingClock() override;

  absl::Time Now() const override;
  // Moves the clock so that Now() == to. FAILED_PRECONDITION CLOCK_BACKWARDS when `to` lies in the
  // past of a clock that has been moved before (the first move of a fresh file may go back).
  absl::Status MoveTo(absl::Time to);

 private:
  struct Shared;
  explicit TrainingClock(Shared* shared) : shared_(shared) {}
  Shared* shared_;
};

}  // namespace jodal

#endif  // JODAL_COMMON_CLOCK_CLOCK_H_
