#include "common/log_service/log_service.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <deque>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/metrics/metrics.h"
#include "common/rpc/handler.h"
#include "common/rpc/status.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.grpc.pb.h"

namespace jodal::log_service {
namespace {

namespace pb = jodal::log::v1;
using ledger::Ledger;
using ledger::LoggedEntry;

constexpr size_t kChunkEntries = 64;  // read from the store at a time
constexpr size_t kPumpThreads = 2;
constexpr absl::Duration kNotifierWait = absl::Milliseconds(200);

void FillEntry(LoggedEntry entry, pb::LogEntry* out) {
  out->set_seq(entry.seq);
  out->set_entry(std::move(entry.entry));
  out->set_body(std::move(entry.body));
  out->set_is_public(entry.is_public);
}

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the service is stopping");
}

class Watcher;

// The watchers of one log that have seen all there is.
struct Log {
  const Ledger* ledger = nullptr;
  absl::Mutex mu;
  uint64_t size ABSL_GUARDED_BY(mu) = 0;  // as the notifier last saw it
  std::set<std::shared_ptr<Watcher>> idle ABSL_GUARDED_BY(mu);
  std::thread notifier;
};

struct Hub {
  explicit Hub(rpc::Executor* pump) : pump(pump) {}
  rpc::Executor* const pump;
  absl::Mutex mu;
  bool stopping ABSL_GUARDED_BY(mu) = false;
  size_t watchers ABSL_GUARDED_BY(mu) = 0;

  bool IsStopping() {
    absl::MutexLock lock(&mu);
    return stopping;
  }
};

// One stream. At any time one party owns it and only the owner starts the next operation: the pump
// (reading from the store), gRPC (a write under way) or, while it is idle, whoever wakes it first.
class Watcher : public grpc::ServerWriteReactor<pb::LogEntry>,
                public std::enable_shared_from_this<Watcher> {
 public:
  Watcher(Hub* hub, Log* log, uint64_t begin, bool restricted)
      : hub_(hub), log_(log), next_(begin), restricted_(restricted) {}

  void Begin(std::shared_ptr<Watcher> self) {
    self_ = std::move(self);
    Pump();
  }

  // Wakes an idle watcher. No effect on any other.
  void Wake() {
    if (TakeFromIdle()) Pump();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      End(absl::CancelledError("the watcher is gone"));
      return;
    }
    buffer_.pop_front();
    if (buffer_.empty()) {
      Pump();
    } else {
      StartWrite(&buffer_.front());
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
      absl::MutexLock lock(&hub_->mu);
      --hub_->watchers;
      metrics::Set("jodal_log_watchers", "Open WatchEntries streams.", {},
                   static_cast<double>(hub_->watchers));
    }
    self_.reset();  // may delete this
  }

 private:
  bool cancelled() {
    absl::MutexLock lock(&mu_);
    return cancelled_;
  }

  bool TakeFromIdle() {
    absl::MutexLock lock(&log_->mu);
    return log_->idle.erase(shared_from_this()) != 0;
  }

  void End(const absl::Status& status) { Finish(rpc::ToGrpcStatus(status)); }

  // Each watcher has at most one task waiting and there are at most kWatchersMax of them, which is
  // what the pump's queue holds.
  void Pump() {
    if (!hub_->pump->TrySubmit([self = shared_from_this()] { self->Read(); })) End(ShuttingDown());
  }

  void Read() {
    if (cancelled()) return End(absl::CancelledError("the watcher is gone"));
    if (hub_->IsStopping()) return End(ShuttingDown());
    auto entries = log_->ledger->Entries(next_, kChunkEntries, restricted_);
    if (!entries.ok()) return End(entries.status());
    for (LoggedEntry& entry : *entries) FillEntry(std::move(entry), &buffer_.emplace_back());
    next_ += entries->size();
    if (!buffer_.empty()) {
      StartWrite(&buffer_.front());
      return;
    }
    bool more = false;
    {
      absl::MutexLock lock(&log_->mu);
      more = log_->size > next_;
      if (!more) log_->idle.insert(shared_from_this());
    }
    // What happened since the checks above found nobody idle.
    if (more || ((cancelled() || hub_->IsStopping()) && TakeFromIdle())) Pump();
  }

  Hub* const hub_;
  Log* const log_;
  uint64_t next_;
  const bool restricted_;
  std::deque<pb::LogEntry> buffer_;  // the owner's
  std::shared_ptr<Watcher> self_;    // until OnDone
  absl::Mutex mu_;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
};

// A stream that is refused.
class Refusal : public grpc::ServerWriteReactor<pb::LogEntry> {
 public:
  explicit Refusal(const absl::Status& status) { Finish(rpc::ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

class LogHostImpl : public LogHost, public pb::LogService::CallbackService {
 public:
  explicit LogHostImpl(Options options)
      : kit_({.service = "log",
              .clock = options.clock,
              .executor = options.executor,
              .sessions = options.sessions}),
        pump_(std::make_unique<rpc::Executor>(kPumpThreads, kWatchersMax)),
        hub_(pump_.get()) {
    for (const auto& [name, ledger] : options.logs) {
      auto log = std::make_unique<Log>();
      log->ledger = ledger;
      log->notifier = std::thread([this, log = log.get()] { Notify(log); });
      logs_.emplace(name, std::move(log));
    }
  }

  ~LogHostImpl() override {
    Shutdown();
    for (auto& [name, log] : logs_) log->notifier.join();
    pump_.reset();
  }

  grpc::Service* service() override { return this; }

  void Shutdown() override {
    {
      absl::MutexLock lock(&hub_.mu);
      hub_.stopping = true;
    }
    for (auto& [name, log] : logs_) WakeAll(log.get());
  }

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* c,
                                          const pb::GetCheckpointRequest* q,
                                          pb::GetCheckpointResponse* r) override {
    return Read(c, q, r, [](const Ledger& log, bool, const auto&, auto* r) -> absl::Status {
      r->set_checkpoint(log.Checkpoint());
      r->set_origin(log.origin());
      r->set_public_key(log.public_key());
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* c,
                                        const pb::ListEntriesRequest* q,
                                        pb::ListEntriesResponse* r) override {
    return Read(c, q, r, [](const Ledger& log, bool restricted, const auto& q, auto* r) {
      return List(log, restricted, q, r);
    });
  }

  grpc::ServerWriteReactor<pb::LogEntry>* WatchEntries(grpc::CallbackServerContext* c,
                                                       const pb::WatchEntriesRequest* q) override {
    auto call = kit_.Authorize(c, rpc::Access::Anyone());
    if (!call.ok()) return new Refusal(call.status());
    auto log = Find(c);
    if (!log.ok()) return new Refusal(log.status());
    {
      absl::MutexLock lock(&hub_.mu);
      if (hub_.stopping) return new Refusal(ShuttingDown());
      if (hub_.watchers >= kWatchersMax) {
        return new Refusal(MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHERS",
                                     "too many open streams",
                                     {{"limit", absl::StrCat(kWatchersMax)}}));
      }
      ++hub_.watchers;
      metrics::Set("jodal_log_watchers", "Open WatchEntries streams.", {},
                   static_cast<double>(hub_.watchers));
    }
    auto watcher = std::make_shared<Watcher>(&hub_, *log, q->begin(), call->caller.IsService());
    Watcher* reactor = watcher.get();
    reactor->Begin(std::move(watcher));
    return reactor;
  }

  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* c,
                                       const pb::GetReceiptRequest* q,
                                       pb::GetReceiptResponse* r) override {
    return Read(c, q, r, [](const Ledger& log, bool, const auto& q, auto* r) -> absl::Status {
      ASSIGN_OR_RETURN(ledger::Receipt receipt, log.MakeReceipt(q.seq()));
      r->mutable_receipt()->set_origin(log.origin());
      r->mutable_receipt()->set_seq(receipt.seq);
      r->mutable_receipt()->set_entry(std::move(receipt.entry));
      r->mutable_receipt()->set_proof(std::move(receipt.proof));
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* c,
                                                const pb::GetConsistencyProofRequest* q,
                                                pb::GetConsistencyProofResponse* r) override {
    return Read(c, q, r, [](const Ledger& log, bool, const auto& q, auto* r) -> absl::Status {
      ASSIGN_OR_RETURN(auto hashes, log.ConsistencyProof(q.old_size(), q.new_size()));
      for (std::string& hash : hashes) r->add_hashes(std::move(hash));
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* GetTile(grpc::CallbackServerContext* c, const pb::GetTileRequest* q,
                                    pb::GetTileResponse* r) override {
    return Read(c, q, r, [](const Ledger& log, bool, const auto& q, auto* r) -> absl::Status {
      ASSIGN_OR_RETURN(*r->mutable_hashes(), log.Tile(q.level(), q.index()));
      return absl::OkStatus();
    });
  }

 private:
  static absl::Status List(const Ledger& log, bool restricted, const pb::ListEntriesRequest& q,
                           pb::ListEntriesResponse* r) {
    if (q.limit() < 0 || q.limit() > kListEntriesMax) {
      return MakeError(absl::StatusCode::kInvalidArgument, "LIST_LIMIT",
                       absl::StrCat("limit is at most ", kListEntriesMax), {{"field", "limit"}});
    }
    const size_t limit = q.limit() == 0 ? kListEntriesMax : static_cast<size_t>(q.limit());
    size_t count = 0;
    size_t bytes = 0;
    while (count < limit && bytes < kListBytesMax) {
      ASSIGN_OR_RETURN(
          auto entries,
          log.Entries(q.begin() + count, std::min(limit - count, kChunkEntries), restricted));
      if (entries.empty()) break;
      for (LoggedEntry& entry : entries) {
        if (count > 0 && bytes + entry.entry.size() + entry.body.size() > kListBytesMax) {
          bytes = kListBytesMax;
          break;
        }
        bytes += entry.entry.size() + entry.body.size();
        ++count;
        FillEntry(std::move(entry), r->add_entries());
      }
    }
    r->set_size(log.Size());
    return absl::OkStatus();
  }

  absl::StatusOr<Log*> Find(const grpc::CallbackServerContext* c) const {
    const auto range = c->client_metadata().equal_range(kLogMetadata);
    if (range.first == range.second && logs_.size() == 1) return logs_.begin()->second.get();
    if (range.first == range.second || std::next(range.first) != range.second) {
      return MakeError(
          absl::StatusCode::kInvalidArgument, "LOG_NOT_NAMED",
          absl::StrCat("this process keeps several logs: name one in metadata ", kLogMetadata));
    }
    const auto it = logs_.find(std::string(range.first->second.data(), range.first->second.size()));
    if (it == logs_.end()) {
      return MakeError(absl::StatusCode::kNotFound, "LOG_UNKNOWN",
                       "this process does not keep the log that was named");
    }
    return it->second.get();
  }

  template <typename Req, typename Resp, typename Fn>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* c, const Req* q, Resp* r, Fn fn) {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this, c, fn](const rpc::Call& call, const Req& q, Resp* r) -> absl::Status {
                        ASSIGN_OR_RETURN(const Log* log, Find(c));
                        return fn(*log->ledger, call.caller.IsService(), q, r);
                      });
  }

  static void WakeAll(Log* log) {
    std::vector<std::shared_ptr<Watcher>> idle;
    {
      absl::MutexLock lock(&log->mu);
      idle.assign(log->idle.begin(), log->idle.end());
    }
    for (const auto& watcher : idle) watcher->Wake();
  }

  void Notify(Log* log) {
    uint64_t seen = 0;
    while (!hub_.IsStopping()) {
      const uint64_t size = log->ledger->WaitForEntry(seen, kNotifierWait);
      if (size > seen) {
        seen = size;
        {
          absl::MutexLock lock(&log->mu);
          log->size = size;
        }
        WakeAll(log);
      } else if (log->ledger->stopped()) {
        absl::MutexLock lock(&hub_.mu);  // nothing will come; do not spin
        hub_.mu.AwaitWithTimeout(absl::Condition(&hub_.stopping), kNotifierWait);
      }
    }
  }

  rpc::HandlerKit kit_;
  std::unique_ptr<rpc::Executor> pump_;
  Hub hub_;
  std::map<std::string, std::unique_ptr<Log>> logs_;
};

}  // namespace

std::unique_ptr<LogHost> LogHost::Create(Options options) {
  return std::make_unique<LogHostImpl>(std::move(options));
}

}  // namespace jodal::log_service
