#include "common/log_service/log_service.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log_service/errors.h"
#include "common/rpc/handler.h"
#include "common/rpc/watch_hub.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.grpc.pb.h"

namespace jodal::log_service {
namespace {

namespace pb = jodal::log::v1;
using ledger::Ledger;
using ledger::LoggedEntry;

constexpr size_t kChunkEntries = 64;  // read from the store at a time

void FillEntry(LoggedEntry entry, pb::LogEntry* out) {
  out->set_seq(entry.seq);
  out->set_entry(std::move(entry.entry));
  out->set_body(std::move(entry.body));
  out->set_is_public(entry.is_public);
}

// Any if there are no types.
absl::StatusOr<bool> IsOfType(const LoggedEntry& entry,
                              const absl::flat_hash_set<std::string>& types) {
  if (types.empty()) return true;
  pb::Entry head;
  if (!head.ParseFromString(entry.entry)) {
    return MakeError(kErrors["LEDGER_DAMAGED"],
                     absl::StrCat("entry ", entry.seq, " does not parse"));
  }
  return types.contains(head.type());
}

using Hub = rpc::WatchHub<pb::LogEntry>;

struct Log {
  const Ledger* ledger = nullptr;
  std::unique_ptr<Hub> hub;
};

class LogHostImpl : public LogHost, public pb::LogService::CallbackService {
 public:
  explicit LogHostImpl(Options options)
      : kit_({.service = "log",
              .clock = options.clock,
              .executor = options.executor,
              .sessions = options.sessions,
              .gate = options.gate}) {
    for (const auto& [name, ledger] : options.logs) {
      Log& log = logs_[name];
      log.ledger = ledger;
      log.hub = std::make_unique<Hub>(
          Hub::Options{.metric = "jodal_log_watchers",
                       .watchers_max = kWatchersMax,
                       .wait = [ledger = ledger](uint64_t known, absl::Duration timeout) {
                         // A stopped ledger grows no more and answers at once.
                         if (ledger->stopped()) absl::SleepFor(timeout);
                         return ledger->WaitForEntry(known, timeout);
                       }});
    }
  }

  grpc::Service* service() override { return this; }

  void Shutdown() override {
    for (auto& [name, log] : logs_) log.hub->Shutdown();
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
    if (!call.ok()) return new rpc::RefusedWatch<pb::LogEntry>(call.status());
    auto log = Find(c);
    if (!log.ok()) return new rpc::RefusedWatch<pb::LogEntry>(log.status());
    // A stream that is sent little of what is read for it is not held back by its reader.
    if (q->types_size() > 0 && !call->caller.IsService()) {
      return new rpc::RefusedWatch<pb::LogEntry>(
          MakeError(kErrors["NOT_ALLOWED"], "only services may watch some types of entries"));
    }
    if (q->types_size() > kWatchTypesMax) {
      return new rpc::RefusedWatch<pb::LogEntry>(
          MakeError(kErrors["WATCH_TYPES"], absl::StrCat("at most ", kWatchTypesMax, " types"),
                    {{"field", "types"}}));
    }
    return (*log)->hub->Watch(
        q->begin(),
        [ledger = (*log)->ledger, restricted = call->caller.IsService(),
         types = absl::flat_hash_set<std::string>(q->types().begin(), q->types().end())](
            uint64_t& next) -> absl::StatusOr<std::vector<pb::LogEntry>> {
          ASSIGN_OR_RETURN(auto entries, ledger->Entries(next, kChunkEntries, restricted));
          std::vector<pb::LogEntry> out;
          for (LoggedEntry& entry : entries) {
            ASSIGN_OR_RETURN(const bool wanted, IsOfType(entry, types));
            // Those left out between two wanted ones, here, share a message.
            if (out.empty() || wanted || !out.back().entry().empty()) out.emplace_back();
            if (!wanted) entry = LoggedEntry{.seq = entry.seq};
            FillEntry(std::move(entry), &out.back());
          }
          next += entries.size();
          return out;
        });
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
      return MakeError(kErrors["LIST_LIMIT"], absl::StrCat("limit is at most ", kListEntriesMax),
                       {{"field", "limit"}});
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

  absl::StatusOr<const Log*> Find(const grpc::CallbackServerContext* c) const {
    const auto range = c->client_metadata().equal_range(kLogMetadata);
    if (range.first == range.second && logs_.size() == 1) return &logs_.begin()->second;
    if (range.first == range.second || std::next(range.first) != range.second) {
      return MakeError(
          kErrors["LOG_NOT_NAMED"],
          absl::StrCat("this process keeps several logs: name one in metadata ", kLogMetadata));
    }
    const auto it = logs_.find(std::string(range.first->second.data(), range.first->second.size()));
    if (it == logs_.end()) {
      return MakeError(kErrors["LOG_UNKNOWN"], "this process does not keep the log that was named");
    }
    return &it->second;
  }

  template <typename Req, typename Resp, typename Fn>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* c, const Req* q, Resp* r, Fn fn) {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this, c, fn](const rpc::Call& call, const Req& q, Resp* r) -> absl::Status {
                        ASSIGN_OR_RETURN(const Log* log, Find(c));
                        return fn(*log->ledger, call.caller.IsService(), q, r);
                      });
  }

  rpc::HandlerKit kit_;
  std::map<std::string, Log> logs_;
};

}  // namespace

std::unique_ptr<LogHost> LogHost::Create(Options options) {
  return std::make_unique<LogHostImpl>(std::move(options));
}

}  // namespace jodal::log_service
