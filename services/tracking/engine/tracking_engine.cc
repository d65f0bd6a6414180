#include "services/tracking/engine/tracking_engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/log/merkle.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "services/kit/event.h"
#include "services/tracking/domain/timeline.h"
#include "services/tracking/engine/summary.h"
#include "services/tracking/errors.h"
#include "services/tracking/limits.h"
#include "services/tracking/store/tables.h"

namespace jodal::tracking {
namespace {

absl::StatusOr<size_t> CheckLimit(int limit) {
  if (limit < 0 || limit > kListMax) return LimitInvalid(limit);
  return static_cast<size_t>(limit == 0 ? kListMax : limit);
}

}  // namespace

std::vector<std::string> TrackingEngine::services() const {
  std::vector<std::string> out;
  for (const auto& [service, identity] : logs_) out.push_back(service);
  return out;
}

absl::StatusOr<size_t> TrackingEngine::Follow(const std::string& service, FollowedLogs& source) {
  const log::LogIdentity& identity = logs_.at(service);
  store::v1::FollowedLog state;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(kParent), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto found, LogTable().Find(reader, service));
        if (found.has_value()) state = *std::move(found);
        return absl::OkStatus();
      }));
  if (!state.problem().empty()) return 0;
  state.set_origin(identity.origin);

  ASSIGN_OR_RETURN(const std::string note, source.Checkpoint(service));
  auto head = log::OpenCheckpoint(note, identity);
  if (!head.ok()) {
    RETURN_IF_ERROR(StoreProblem(service, state,
                                 absl::StrCat("checkpoint refused: ", ErrorReason(head.status()))));
    return 0;
  }
  if (head->size < state.size()) {
    RETURN_IF_ERROR(StoreProblem(
        service, state,
        absl::StrCat("the log went back from ", state.size(), " to ", head->size, " entries")));
    return 0;
  }
  if (head->size == state.size()) return 0;

  ASSIGN_OR_RETURN(
      log::Frontier tree,
      log::Frontier::Restore(state.size(), {state.frontier().begin(), state.frontier().end()}));
  ASSIGN_OR_RETURN(auto entries,
                   source.Entries(service, state.size(),
                                  std::min<uint64_t>(kFetchMax, head->size - state.size())));
  if (entries.empty()) return 0;
  std::vector<v1::TimelineItem> items;
  // Frontiers after every chunk that will be one commit.
  std::vector<std::pair<uint64_t, std::vector<std::string>>> frontiers;
  for (const ledger::LoggedEntry& logged : entries) {
    log::v1::Entry entry;
    if (!entry.ParseFromString(logged.entry) || entry.seq() != tree.size() ||
        (!logged.body.empty() && crypto::Sha256(logged.body) != entry.body_sha256())) {
      RETURN_IF_ERROR(StoreProblem(service, state,
                                   absl::StrCat("entry ", tree.size(), " does not fit its body")));
      return 0;
    }
    tree.Append(log::LeafHash(logged.entry));
    v1::TimelineItem item;
    item.set_origin(identity.origin);
    item.set_service(service);
    item.set_log_seq(entry.seq());
    item.set_type(entry.type());
    item.set_subject(entry.subject());
    item.set_actor_role(entry.actor_role());
    item.set_commit_time_ns(entry.commit_time_ns());
    item.set_arrival_time_ns(entry.arrival_time_ns());
    if (logged.is_public) {
      item.set_body(logged.body);
      event::v1::Event event;
      if (event.ParseFromString(logged.body)) item.set_summary(Summarize(event));
    }
    items.push_back(std::move(item));
    if (items.size() % kItemsPerCommitMax == 0 || items.size() == entries.size()) {
      frontiers.push_back({tree.size(), tree.hashes()});
    }
  }
  // What was read must be what the checkpoint covers, before anybody sees it.
  if (tree.size() == head->size) {
    if (tree.Root() != head->root) {
      RETURN_IF_ERROR(StoreProblem(service, state, "the entries do not add up to the checkpoint"));
      return 0;
    }
  } else {
    ASSIGN_OR_RETURN(auto path, source.ConsistencyProof(service, tree.size(), head->size));
    if (!log::VerifyConsistency({tree.size(), tree.Root()}, {head->size, head->root}, path).ok()) {
      RETURN_IF_ERROR(StoreProblem(service, state, "the entries are not a prefix of the log"));
      return 0;
    }
  }
  state.set_checkpoint(note);
  for (size_t chunk = 0; chunk < frontiers.size(); ++chunk) {
    const size_t begin = chunk * kItemsPerCommitMax;
    const size_t end = std::min(begin + kItemsPerCommitMax, items.size());
    state.set_size(frontiers[chunk].first);
    state.clear_frontier();
    for (const std::string& hash : frontiers[chunk].second) state.add_frontier(hash);
    RETURN_IF_ERROR(Store(service, state, {items.begin() + begin, items.begin() + end}));
  }
  return items.size();
}

absl::Status TrackingEngine::Store(const std::string& service, const store::v1::FollowedLog& state,
                                   const std::vector<v1::TimelineItem>& items) {
  ASSIGN_OR_RETURN(
      log::Frontier tree,
      log::Frontier::Restore(state.size(), {state.frontier().begin(), state.frontier().end()}));
  event::v1::Event event;
  auto* observed = event.mutable_log_observed();
  observed->set_origin(state.origin());
  observed->set_size(state.size());
  observed->set_root(tree.Root());
  observed->set_problem(state.problem());
  const ledger::Event logged = kit::PublicEvent(event, absl::StrCat("logs/", service), "monitor");
  uint64_t newest = 0;
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(kParent);
  ASSIGN_OR_RETURN(auto committed,
                   context_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
                     ASSIGN_OR_RETURN(auto found, CounterTable().Find(txn, ""));
                     store::v1::Counter counter;
                     if (found.has_value()) counter = *found;
                     if (counter.next() == 0) counter.set_next(1);
                     for (v1::TimelineItem item : items) {
                       const uint64_t sequence = counter.next();
                       counter.set_next(sequence + 1);
                       item.set_sequence(sequence);
                       ItemTable().Put(txn, SequenceKey(sequence), item);
                       const std::string tender = TenderOf(item.subject());
                       if (!tender.empty()) {
                         txn.Put(TenderIndexPrefix(tender) + SequenceKey(sequence), "");
                       }
                     }
                     newest = counter.next() - 1;
                     CounterTable().Put(txn, "", counter);
                     LogTable().Put(txn, service, state);
                     txn.Emit(logged);
                     return absl::OkStatus();
                   }));
  absl::MutexLock lock(&mu_);
  newest_ = std::max(newest_, newest);
  return absl::OkStatus();
}

absl::Status TrackingEngine::StoreProblem(const std::string& service, store::v1::FollowedLog state,
                                          const std::string& problem) {
  state.set_problem(problem);
  return Store(service, state, {});
}

absl::StatusOr<std::vector<v1::TimelineItem>> TrackingEngine::Read(const std::string& tender_id,
                                                                   uint64_t after,
                                                                   size_t limit) const {
  std::vector<v1::TimelineItem> out;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(kParent), [&](const kv::Reader& reader) -> absl::Status {
        if (tender_id.empty()) {
          ASSIGN_OR_RETURN(auto rows, ItemTable().List(reader, "", SequenceKey(after), limit));
          for (auto& row : rows) out.push_back(std::move(row.record));
          return absl::OkStatus();
        }
        const std::string prefix = TenderIndexPrefix(tender_id);
        ASSIGN_OR_RETURN(
            auto keys, reader.Scan(prefix + SequenceKey(after + 1), kv::PrefixEnd(prefix), limit));
        for (const auto& key : keys) {
          ASSIGN_OR_RETURN(auto item, ItemTable().Find(reader, key.key.substr(prefix.size())));
          if (item.has_value()) out.push_back(*std::move(item));
        }
        return absl::OkStatus();
      }));
  return out;
}

absl::Status TrackingEngine::ListTimeline(const rpc::Call& call,
                                          const v1::ListTimelineRequest& request,
                                          v1::ListTimelineResponse* response) const {
  if (request.tender_id().empty()) return TenderMissing();
  ASSIGN_OR_RETURN(const size_t limit, CheckLimit(request.limit()));
  ASSIGN_OR_RETURN(auto items, Read(request.tender_id(), request.after(), limit));
  for (auto& item : items) *response->add_items() = std::move(item);
  return absl::OkStatus();
}

absl::Status TrackingEngine::QueryEvents(const rpc::Call& call,
                                         const v1::QueryEventsRequest& request,
                                         v1::QueryEventsResponse* response) const {
  ASSIGN_OR_RETURN(const size_t limit, CheckLimit(request.limit()));
  uint64_t after = request.after();
  size_t seen = 0;
  while (seen < kQueryScanMax) {
    ASSIGN_OR_RETURN(auto items, Read("", after, kListMax));
    if (items.empty()) return absl::OkStatus();
    for (auto& item : items) {
      after = item.sequence();
      ++seen;
      if (!absl::StartsWith(item.type(), request.type_prefix()) ||
          !absl::StartsWith(item.subject(), request.subject_prefix()) ||
          item.commit_time_ns() < request.from_time_ns() ||
          (request.to_time_ns() != 0 && item.commit_time_ns() >= request.to_time_ns()) ||
          (!request.service().empty() && item.service() != request.service())) {
        continue;
      }
      *response->add_items() = std::move(item);
      if (static_cast<size_t>(response->items_size()) == limit) {
        response->set_next_after(after);
        return absl::OkStatus();
      }
    }
  }
  response->set_next_after(after);
  return absl::OkStatus();
}

absl::Status TrackingEngine::GetMonitorStatus(const rpc::Call& call,
                                              const v1::GetMonitorStatusRequest& request,
                                              v1::GetMonitorStatusResponse* response) const {
  return context_.ledger->View(
      ledger::ShardOf(kParent), [&](const kv::Reader& reader) -> absl::Status {
        for (const auto& [service, identity] : logs_) {
          auto* out = response->add_logs();
          out->set_service(service);
          out->set_origin(identity.origin);
          ASSIGN_OR_RETURN(auto state, LogTable().Find(reader, service));
          if (!state.has_value()) continue;
          out->set_size(state->size());
          out->set_problem(state->problem());
          ASSIGN_OR_RETURN(log::Frontier tree,
                           log::Frontier::Restore(state->size(), {state->frontier().begin(),
                                                                  state->frontier().end()}));
          out->set_root(tree.Root());
        }
        return absl::OkStatus();
      });
}

uint64_t TrackingEngine::WaitForItem(uint64_t after, absl::Duration timeout) const {
  absl::MutexLock lock(&mu_);
  const auto newer = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return newest_ > after; };
  mu_.AwaitWithTimeout(absl::Condition(&newer), timeout);
  return newest_;
}

}  // namespace jodal::tracking
