// For tests only: backends that can be reopened, made to fail or held up, and a ledger over them.
#ifndef JODAL_COMMON_LEDGER_TESTING_H_
#define JODAL_COMMON_LEDGER_TESTING_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/kv/backend.h"
#include "common/ledger/follower.h"
#include "common/ledger/ledger.h"

namespace jodal::ledger {

inline constexpr char kTestOrigin[] = "test.example/log";

// Forwards to a backend that outlives the ledger, so that a test may reopen or inspect it. Before
// each write calls `before_write`; an error of it is the write's, and nothing is written.
class TestBackend : public kv::Backend {
 public:
  using BeforeWrite = std::function<absl::Status()>;
  explicit TestBackend(std::shared_ptr<kv::Backend> shared, BeforeWrite before_write = nullptr)
      : shared_(std::move(shared)), before_write_(std::move(before_write)) {}

  std::unique_ptr<kv::Reader> NewSnapshot() const override { return shared_->NewSnapshot(); }
  absl::Status Write(const kv::WriteBatch& batch) override {
    if (before_write_) {
      if (absl::Status status = before_write_(); !status.ok()) return status;
    }
    return shared_->Write(batch);
  }

 private:
  const std::shared_ptr<kv::Backend> shared_;
  const BeforeWrite before_write_;
};

// Holds writers up until it is opened: lets a test decide what comes into one batch. Thread-safe.
class Gate {
 public:
  void Close() {
    absl::MutexLock lock(&mu_);
    open_ = false;
  }
  void Open() {
    absl::MutexLock lock(&mu_);
    open_ = true;
  }
  // Blocks while the gate is closed.
  void Pass() {
    absl::MutexLock lock(&mu_);
    ++waiting_;
    mu_.Await(absl::Condition(&open_));
    --waiting_;
  }
  // Returns once somebody is held up.
  void AwaitWaiter() {
    absl::MutexLock lock(&mu_);
    const auto held = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return waiting_ > 0; };
    mu_.Await(absl::Condition(&held));
  }

 private:
  absl::Mutex mu_;
  bool open_ ABSL_GUARDED_BY(mu_) = true;
  int waiting_ ABSL_GUARDED_BY(mu_) = 0;
};

inline std::shared_ptr<const crypto::Ed25519PrivateKey> TestLogKey() {
  return std::make_shared<crypto::Ed25519PrivateKey>(
      crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'k')).value());
}

inline Ledger::Options TestOptions(const Clock* clock) {
  Ledger::Options options;
  options.origin = kTestOrigin;
  options.clock = clock;
  options.log_key = TestLogKey();
  return options;
}

inline absl::StatusOr<std::unique_ptr<Ledger>> OpenTestLedger(
    std::shared_ptr<kv::Backend> shared, const Clock* clock,
    TestBackend::BeforeWrite before_write = nullptr) {
  return Ledger::Open(std::make_unique<TestBackend>(std::move(shared), std::move(before_write)),
                      TestOptions(clock));
}

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_TESTING_H_
