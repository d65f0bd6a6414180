// The insides of a ledger, shared by the files that hold its two jobs: ledger.cc opens a store and
// reads the log, commit.cc makes updates durable and answers them.
#ifndef JODAL_COMMON_LEDGER_LEDGER_IMPL_H_
#define JODAL_COMMON_LEDGER_LEDGER_IMPL_H_

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/base/thread.h"
#include "common/crypto/merkle.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "common/ledger/recent_keys.h"
#include "common/ledger/records.h"
#include "common/ledger/steady_values.h"
#include "common/ledger/tile_store.h"
#include "common/ledger/transaction.h"

namespace jodal::ledger {

absl::Status StoppedError();  // LEDGER_STOPPED
absl::Status FencedError();   // LEDGER_FENCED
// Whether a backend refused a read or write because someone else has written to the store.
bool IsConflict(const absl::Status& status);
absl::Status CheckRequest(const UpdateRequest& request);

inline constexpr size_t kCachedTilesMax = 256;  // 16 KiB each

class LedgerImpl : public Ledger {
 public:
  LedgerImpl(std::unique_ptr<kv::Backend> backend, Options options)
      : backend_(std::move(backend)),
        options_(std::move(options)),
        tiles_(backend_.get(), kCachedTilesMax),
        recent_(RecentKeys::Window{}) {}

  ~LedgerImpl() override {
    {
      absl::MutexLock lock(&queue_mu_);
      closing_ = true;
    }
    if (committer_.joinable()) committer_.join();
    {
      absl::MutexLock lock(&answers_mu_);
      answers_end_ = true;
    }
    if (answerer_.joinable()) answerer_.join();
  }

  absl::Status Start();

  absl::StatusOr<Committed> Update(const UpdateRequest& request, Body body) override;
  void UpdateAsync(UpdateRequest request, Body body, Done done) override;
  absl::StatusOr<std::optional<Committed>> FindCommitted(
      const UpdateRequest& request, std::optional<uint64_t>* unanswered) override;
  absl::Status View(uint16_t shard,
                    absl::FunctionRef<absl::Status(const kv::Reader&)> body) const override;

  uint64_t Size() const override { return GetPublished().size; }
  std::string Checkpoint() const override { return *GetPublished().checkpoint; }
  absl::StatusOr<std::vector<LoggedEntry>> Entries(uint64_t begin, size_t limit,
                                                   bool with_restricted) const override;
  uint64_t WaitForEntry(uint64_t size, absl::Duration timeout) const override;
  absl::StatusOr<Receipt> MakeReceipt(uint64_t seq) const override;
  absl::StatusOr<std::vector<std::string>> ConsistencyProof(uint64_t old_size,
                                                            uint64_t new_size) const override;
  absl::StatusOr<std::string> Tile(int level, uint64_t index) const override;

  const std::string& origin() const override { return options_.origin; }
  std::string public_key() const override { return options_.log_key->public_key(); }
  bool stopped() const override { return stopped_.load(); }

 private:
  // What may be shown of the log: durable, and covered by a checkpoint.
  struct Published {
    uint64_t size = 0;
    uint64_t commits = 0;  // durable writes of this process
    int64_t last_commit_ns = 0;
    std::shared_ptr<const std::string> checkpoint;
  };

  struct Pending {
    UpdateRequest request;
    Body body;
    Done done;
    uint64_t snapshot = 0;  // the latest commit that the run has certainly seen
    Effects effects;
  };

  absl::StatusOr<std::optional<Answer>> FindAnswer(const UpdateRequest& request) const;

  // How an update of a batch ends once the batch is durable. The outcome of a body that ran on the
  // batch's overlay rests on writes that are not durable yet, so it waits as well.
  struct Decided {
    absl::Status status;
    uint64_t first_seq = 0;
    uint32_t events = 0;
    int64_t commit_ns = 0;
    std::string response;
    bool repeated = false;
  };

  // One batch on its way to the backend and then to the callers that wait for it.
  struct Batch {
    std::vector<Pending> pending;
    std::vector<Decided> decided;
    Writes writes;  // state and answers
    // What is written comes in runs of rising keys, which stores that sort take in best: the
    // entries, in order of their numbers, then the rest.
    kv::WriteBatch write;
    size_t entries = 0;      // the first so many of write.ops
    uint64_t first_seq = 0;  // of the first entry
    int64_t now_ns = 0;
    int64_t last_commit_ns = 0;
    uint64_t size = 0;
    BatchStats stats;
  };

  Published GetPublished() const {
    absl::MutexLock lock(&mu_);
    return published_;
  }
  absl::Status TakeOver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status VerifyTail(const kv::Reader& reader) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status Publish(const Head& head, uint64_t commits)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  void Stop() {
    stopped_.store(true);
    absl::MutexLock lock(&mu_);  // wakes WaitForEntry
    stop_seen_ = true;
  }

  void CommitLoop();
  bool TakeBatch(std::vector<Pending>& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status CommitBatch(Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  Decided Decide(Pending& pending, const kv::Reader& newest, Batch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  absl::Status WriteDurably(Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(committing_);
  void AnswerLoop();
  absl::StatusOr<Committed> Answered(Decided decided, const Batch* batch) const;
  absl::StatusOr<Committed> AnswerRepeat(Answer answer) const;
  absl::StatusOr<Receipt> ReceiptOf(uint64_t seq, std::string entry, const Published& head,
                                    const crypto::NodeReader& nodes) const;

  const std::unique_ptr<kv::Backend> backend_;
  const Options options_;
  TileStore tiles_;
  SteadyValues steady_;
  std::atomic<bool> stopped_ = false;

  mutable absl::Mutex mu_;
  Published published_ ABSL_GUARDED_BY(mu_);
  bool stop_seen_ ABSL_GUARDED_BY(mu_) = false;

  absl::Mutex queue_mu_;
  std::deque<Pending> queue_ ABSL_GUARDED_BY(queue_mu_);
  size_t queue_bytes_ ABSL_GUARDED_BY(queue_mu_) = 0;
  bool closing_ ABSL_GUARDED_BY(queue_mu_) = false;

  // The role of the committer, and of Start() before there is one.
  ThreadPart committing_;
  RecentKeys recent_ ABSL_GUARDED_BY(committing_);
  crypto::Frontier frontier_ ABSL_GUARDED_BY(committing_);
  Head head_ ABSL_GUARDED_BY(committing_);
  std::string head_bytes_ ABSL_GUARDED_BY(committing_);  // as stored
  uint64_t commits_ ABSL_GUARDED_BY(committing_) = 0;    // of this process
  // Whether the previous batch had more than one update.
  bool gather_ ABSL_GUARDED_BY(committing_) = false;
  std::thread committer_;

  // Batches whose fate is known go to a thread of their own: while it answers, the next is synced.
  absl::Mutex answers_mu_;
  std::deque<Batch> answers_ ABSL_GUARDED_BY(answers_mu_);
  bool answers_end_ ABSL_GUARDED_BY(answers_mu_) = false;
  std::thread answerer_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_LEDGER_IMPL_H_
