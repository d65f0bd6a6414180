// Server streams over something that grows, without a thread per watcher: one notifier thread
// notices growth and wakes the watchers that have seen everything; a small pump reads for them.
// Include only where gRPC is (api/ folders, common/log_service).
#ifndef JODAL_COMMON_RPC_WATCH_HUB_H_
#define JODAL_COMMON_RPC_WATCH_HUB_H_

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/rpc/errors.h"
#include "common/rpc/executor.h"
#include "common/rpc/status.h"

namespace jodal::rpc {

// A stream that is refused.
template <typename Message>
class RefusedWatch : public grpc::ServerWriteReactor<Message> {
 public:
  explicit RefusedWatch(const absl::Status& status) { this->Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

// Thread-safe. Positions are numbers that only grow; what they count is the source's.
template <typename Message>
class WatchHub {
 public:
  // Reads what follows `position` for one watcher and moves `position` past all it looked at, so
  // that an empty answer means: nothing up to there. Bounded in size.
  using Read = std::function<absl::StatusOr<std::vector<Message>>(uint64_t& position)>;

  struct Options {
    std::string metric;       // gauge of open streams
    size_t watchers_max = 0;  // past it RESOURCE_EXHAUSTED TOO_MANY_WATCHERS
    // Blocks until the source has grown beyond `known` or the timeout; returns how far it is. May
    // return at once, having waited itself, when nothing can come any more.
    std::function<uint64_t(uint64_t known, absl::Duration timeout)> wait;
  };

  explicit WatchHub(Options options)
      : options_(std::move(options)),
        pump_(std::make_unique<Executor>(kPumpThreads, options_.watchers_max, "watch")),
        notifier_([this] { Notify(); }) {}

  ~WatchHub() {
    Shutdown();
    notifier_.join();
    pump_.reset();
  }

  // The reactor of a new stream from `position`; never null.
  grpc::ServerWriteReactor<Message>* Watch(uint64_t position, Read read) {
    {
      absl::MutexLock lock(&mu_);
      if (stopping_) return new RefusedWatch<Message>(ShuttingDownError());
      if (watchers_ >= options_.watchers_max) {
        return new RefusedWatch<Message>(TooManyWatchersError(options_.watchers_max));
      }
      Count(1);
    }
    auto watcher = std::make_shared<Watcher>(this, position, std::move(read));
    Watcher* reactor = watcher.get();
    reactor->Begin(std::move(watcher));
    return reactor;
  }

  // Ends every stream with UNAVAILABLE SHUTTING_DOWN and refuses new ones.
  void Shutdown() {
    {
      absl::MutexLock lock(&mu_);
      stopping_ = true;
    }
    Wake(std::numeric_limits<uint64_t>::max());
  }

 private:
  static constexpr size_t kPumpThreads = 2;
  static constexpr absl::Duration kNotifierWait = absl::Milliseconds(500);
  // Between two rounds of waking: while something grows all the time, streams get it in portions.
  static constexpr absl::Duration kNotifierRest = absl::Milliseconds(5);

  // One stream. At any time one party owns it and only the owner starts the next operation: the
  // pump (reading), gRPC (a write under way) or, while it is idle, the first caller that wakes it.
  class Watcher : public grpc::ServerWriteReactor<Message>,
                  public std::enable_shared_from_this<Watcher> {
   public:
    Watcher(WatchHub* hub, uint64_t position, Read read)
        : hub_(hub), position_(position), read_(std::move(read)) {}

    void Begin(std::shared_ptr<Watcher> self) {
      self_ = std::move(self);
      Pump();
    }

    // Wakes an idle watcher. No effect on any other.
    void Wake() {
      if (TakeFromIdle()) Pump();
    }
    // Of an idle watcher: has it seen everything up to `reached`?
    bool HasSeen(uint64_t reached) const { return position_ >= reached; }

    void OnWriteDone(bool ok) override {
      if (!ok) return End(absl::CancelledError("the watcher is gone"));
      buffer_.pop_front();
      if (buffer_.empty()) {
        Pump();
      } else {
        this->StartWrite(&buffer_.front());
      }
    }

    void OnCancel() override {
      {
        absl::MutexLock lock(&mu_);
        cancelled_ = true;
      }
      if (TakeFromIdle()) End(absl::CancelledError("the watcher is gone"));
    }

    void OnDone() override {
      {
        absl::MutexLock lock(&hub_->mu_);
        hub_->Count(-1);
      }
      self_.reset();  // may delete this
    }

   private:
    bool cancelled() {
      absl::MutexLock lock(&mu_);
      return cancelled_;
    }

    bool TakeFromIdle() {
      absl::MutexLock lock(&hub_->mu_);
      return hub_->idle_.erase(this->shared_from_this()) != 0;
    }

    void End(const absl::Status& status) { this->Finish(ToGrpcStatus(status)); }

    // Each watcher has at most one task waiting and there are at most watchers_max of them, which
    // is what the pump's queue holds.
    void Pump() {
      if (!hub_->pump_->TrySubmit([self = this->shared_from_this()] { self->ReadMore(); })) {
        End(ShuttingDownError());
      }
    }

    void ReadMore() {
      if (cancelled()) return End(absl::CancelledError("the watcher is gone"));
      if (hub_->stopping()) return End(ShuttingDownError());
      auto messages = read_(position_);
      if (!messages.ok()) return End(messages.status());
      for (Message& message : *messages) buffer_.push_back(std::move(message));
      if (!buffer_.empty()) {
        this->StartWrite(&buffer_.front());
        return;
      }
      bool more = false;
      {
        absl::MutexLock lock(&hub_->mu_);
        more = hub_->reached_ > position_;
        if (!more) hub_->idle_.insert(this->shared_from_this());
      }
      // What happened since the checks above found nobody idle.
      if (more || ((cancelled() || hub_->stopping()) && TakeFromIdle())) Pump();
    }

    WatchHub* const hub_;
    uint64_t position_;
    const Read read_;
    std::deque<Message> buffer_;     // the owner's
    std::shared_ptr<Watcher> self_;  // until OnDone
    absl::Mutex mu_;
    bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  };

  bool stopping() {
    absl::MutexLock lock(&mu_);
    return stopping_;
  }

  bool SomebodyIsIdle() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return stopping_ || !idle_.empty();
  }

  void Count(int change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    watchers_ += change;
    metrics::Set(options_.metric, "Open streams.", {}, static_cast<double>(watchers_));
  }

  // Those who wait and have not seen everything up to `reached`. False if there was nobody.
  bool Wake(uint64_t reached) {
    std::vector<std::shared_ptr<Watcher>> idle;
    {
      absl::MutexLock lock(&mu_);
      std::copy_if(idle_.begin(), idle_.end(), std::back_inserter(idle),
                   [&](const auto& watcher) { return !watcher->HasSeen(reached); });
    }
    for (const auto& watcher : idle) watcher->Wake();
    return !idle.empty();
  }

  void Notify() {
    uint64_t known = 0;
    while (true) {
      {
        // Growth is looked at only while a watcher is idle.
        absl::MutexLock lock(&mu_);
        mu_.Await(absl::Condition(this, &WatchHub::SomebodyIsIdle));
        if (stopping_) return;
      }
      const uint64_t reached = options_.wait(known, kNotifierWait);
      if (reached <= known) continue;
      known = reached;
      {
        absl::MutexLock lock(&mu_);
        reached_ = reached;
      }
      if (Wake(reached)) absl::SleepFor(kNotifierRest);
    }
  }

  const Options options_;
  std::unique_ptr<Executor> pump_;
  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  size_t watchers_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t reached_ ABSL_GUARDED_BY(mu_) = 0;
  std::set<std::shared_ptr<Watcher>> idle_ ABSL_GUARDED_BY(mu_);
  std::thread notifier_;  // last: it uses all of the above
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_WATCH_HUB_H_
