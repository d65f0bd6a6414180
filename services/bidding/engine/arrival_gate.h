// Knows which requests that must be in time have arrived and are not yet decided, so that a box
// closes only after all that arrived before its deadline has been committed.
//
// Why this is enough. The gate stamps an arrival under its mutex, in the same step in which it
// notes it. MayClose reads the clock under the same mutex. So when MayClose has seen the clock at
// or past the deadline and no noted arrival before it, every arrival before the deadline had been
// noted and has been decided, and every later one is stamped at or past the deadline: it is late by
// its own stamp. The stamp is taken before HandlerKit is called, that is before any queue, and it
// is the arrival that the request is judged by.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_ARRIVAL_GATE_H_
#define JODAL_SERVICES_BIDDING_ENGINE_ARRIVAL_GATE_H_

#include <memory>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace jodal::bidding {

// Thread-safe. Tickets may outlive the gate.
class ArrivalGate {
  struct Book {
    absl::Mutex mu;
    std::multiset<absl::Time> under_way ABSL_GUARDED_BY(mu);
  };

 public:
  class Ticket {
   public:
    Ticket(std::shared_ptr<Book> book, std::multiset<absl::Time>::iterator entry)
        : book_(std::move(book)), entry_(entry) {}
    ~Ticket() {
      absl::MutexLock lock(&book_->mu);
      book_->under_way.erase(entry_);
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    absl::Time arrival() const { return *entry_; }

   private:
    const std::shared_ptr<Book> book_;
    const std::multiset<absl::Time>::iterator entry_;
  };

  explicit ArrivalGate(const Clock* clock) : clock_(clock) {}

  // Stamps an arrival; it counts as under way until the last copy of the ticket is gone, which must
  // be after its commit or refusal.
  std::shared_ptr<const Ticket> Enter() {
    absl::MutexLock lock(&book_->mu);
    return std::make_shared<const Ticket>(book_, book_->under_way.insert(clock_->Now()));
  }

  // True from `deadline` on once nothing that arrived before it is under way, and in any case from
  // deadline + `grace` on.
  bool MayClose(absl::Time deadline, absl::Duration grace) const {
    absl::MutexLock lock(&book_->mu);
    const absl::Time now = clock_->Now();
    if (now < deadline) return false;
    return now >= deadline + grace || book_->under_way.empty() ||
           *book_->under_way.begin() >= deadline;
  }

 private:
  const Clock* const clock_;
  const std::shared_ptr<Book> book_ = std::make_shared<Book>();
};

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_ARRIVAL_GATE_H_
