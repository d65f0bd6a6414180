#include "services/tracking/engine/tracking_engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/acts/act.h"
#include "services/kit/event.h"
#include "services/tracking/errors.h"
#include "services/tracking/limits.h"
#include "services/tracking/store/group.h"
#include "services/tracking/store/tracking_store.h"

namespace jodal::tracking {
namespace {

// Records read at once: one may be as large as a value.
constexpr size_t kGroupsAtOnce = 32;
constexpr size_t kPagesAtOnce = 8;

absl::StatusOr<size_t> CheckLimit(int limit) {
  if (limit < 0 || limit > kListMax) return LimitInvalid(limit);
  return static_cast<size_t>(limit == 0 ? kListMax : limit);
}

// Appends items of a tender after `after` until there are `limit`, group by group.
absl::Status ReadTender(const kv::Reader& reader, absl::string_view tender_id, uint64_t after,
                        size_t limit, std::vector<v1::TimelineItem>& out) {
  const std::string prefix = GroupPrefix(tender_id);
  std::string last = GroupKey(tender_id, after);
  const auto place = [&](uint64_t sequence) -> v1::TimelineItem* {
    return sequence > after && out.size() < limit ? &out.emplace_back() : nullptr;
  };
  while (out.size() < limit) {
    const size_t at_once = std::min(kGroupsAtOnce, limit - out.size());
    ASSIGN_OR_RETURN(auto rows, GroupTable().List(reader, prefix, last, at_once));
    for (const auto& row : rows) {
      RETURN_IF_ERROR(Unpack(tender_id, SequenceOf(row.key), row.record, place));
    }
    if (rows.size() < at_once) break;
    last = std::move(rows.back().key);
  }
  return absl::OkStatus();
}

// Appends what a page holds after `after`, until there are `limit`. The page before ends at `after`
// or before it. DATA_LOSS unless the groups are there and hold every item of the page.
absl::Status ReadPage(const kv::Reader& reader, const store::v1::Page& page, uint64_t last,
                      uint64_t after, size_t limit, std::vector<v1::TimelineItem>& out) {
  const size_t begin = out.size();
  const uint64_t items = std::min<uint64_t>(last - after, limit - begin);
  out.resize(begin + items);
  std::vector<const store::v1::Page::Part*> wanted;
  std::vector<std::string> keys;
  for (const store::v1::Page::Part& part : page.groups()) {
    if (last - part.back() <= after) continue;
    wanted.push_back(&part);
    keys.push_back(GroupTable().KeyOf(GroupKey(part.tender_id(), last - part.back())));
  }
  reader.Prefetch(keys);
  uint64_t placed = 0;
  for (const store::v1::Page::Part* part : wanted) {
    const uint64_t group_last = last - part->back();
    ASSIGN_OR_RETURN(const auto group,
                     GroupTable().Find(reader, GroupKey(part->tender_id(), group_last)));
    if (!group.has_value()) continue;
    RETURN_IF_ERROR(
        Unpack(part->tender_id(), group_last, *group, [&](uint64_t sequence) -> v1::TimelineItem* {
          if (sequence <= after || sequence - after > items) return nullptr;
          ++placed;
          return &out[begin + (sequence - after - 1)];
        }));
  }
  if (placed == items) return absl::OkStatus();
  return MakeError(kErrors["STORED_RECORD_DAMAGED"],
                   absl::StrCat("the page up to item ", last, " is not whole"));
}

// As ReadTender, of all tenders, page by page.
absl::Status ReadAll(const kv::Reader& reader, uint64_t after, size_t limit,
                     std::vector<v1::TimelineItem>& out) {
  while (out.size() < limit) {
    const size_t at_once = std::min(kPagesAtOnce, limit - out.size());
    ASSIGN_OR_RETURN(const auto rows, PageTable().List(reader, "", SequenceKey(after), at_once));
    for (const auto& row : rows) {
      if (out.size() == limit) break;
      const uint64_t last = SequenceOf(row.key);
      RETURN_IF_ERROR(ReadPage(reader, row.record, last, after, limit, out));
      after = last;
    }
    if (rows.size() < at_once) break;
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> TrackingEngine::services() const {
  std::vector<std::string> out;
  for (const auto& [service, identity] : logs_) out.push_back(service);
  return out;
}

absl::StatusOr<size_t> TrackingEngine::Follow(const std::string& service, FollowedLogs& source) {
  absl::MutexLock one_at_a_time(&follow_mu_);
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
  std::string& caught_up = caught_up_[service];
  if (!caught_up.empty() && note == caught_up) return 0;
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
  if (head->size == state.size()) {
    caught_up = note;
    return 0;
  }

  ASSIGN_OR_RETURN(
      crypto::Frontier tree,
      crypto::Frontier::Restore(state.size(), {state.frontier().begin(), state.frontier().end()}));
  ASSIGN_OR_RETURN(const auto fetched,
                   source.Entries(service, state.size(),
                                  std::min<uint64_t>(kFetchMax, head->size - state.size())));
  if (fetched.empty()) return 0;
  struct Piece {
    Batch batch;
    crypto::Frontier tree;  // after the batch
  };
  std::vector<Piece> pieces;
  std::vector<log::v1::Entry> entries(fetched.size());  // batches refer to them
  for (size_t i = 0; i < fetched.size(); ++i) {
    const ledger::LoggedEntry& logged = fetched[i];
    log::v1::Entry& entry = entries[i];
    if (!entry.ParseFromString(logged.entry) || entry.seq() != tree.size() ||
        (!logged.body.empty() && crypto::Sha256(logged.body) != entry.body_sha256())) {
      RETURN_IF_ERROR(StoreProblem(service, state,
                                   absl::StrCat("entry ", tree.size(), " does not fit its body")));
      return 0;
    }
    const absl::string_view body = logged.is_public ? logged.body : absl::string_view();
    if (pieces.empty() || !pieces.back().batch.Add(entry, body)) {
      if (!pieces.empty()) pieces.back().tree = tree;
      pieces.push_back({Batch(service), {}});
      pieces.back().batch.Add(entry, body);
    }
    tree.Append(crypto::LeafHash(logged.entry));
  }
  pieces.back().tree = tree;
  // What was read must be what the checkpoint covers, before anybody sees it.
  if (tree.size() == head->size) {
    if (tree.Root() != head->root) {
      RETURN_IF_ERROR(StoreProblem(service, state, "the entries do not add up to the checkpoint"));
      return 0;
    }
  } else {
    ASSIGN_OR_RETURN(auto path, source.ConsistencyProof(service, tree.size(), head->size));
    if (!crypto::VerifyConsistency({tree.size(), tree.Root()}, {head->size, head->root}, path)
             .ok()) {
      RETURN_IF_ERROR(StoreProblem(service, state, "the entries are not a prefix of the log"));
      return 0;
    }
  }
  state.set_checkpoint(note);
  for (const Piece& piece : pieces) {
    state.set_size(piece.tree.size());
    *state.mutable_frontier() = {piece.tree.hashes().begin(), piece.tree.hashes().end()};
    RETURN_IF_ERROR(Store(service, state, piece.tree.Root(), &piece.batch));
  }
  if (tree.size() == head->size) caught_up = note;
  return fetched.size();
}

absl::Status TrackingEngine::Store(const std::string& service, const store::v1::FollowedLog& state,
                                   const std::string& root, const Batch* batch) {
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(kParent);
  event::v1::Event event;
  auto* observed = event.mutable_log_observed();
  observed->set_origin(state.origin());
  observed->set_size(state.size());
  observed->set_root(root);
  observed->set_problem(state.problem());
  const ledger::Event logged = kit::PublicEvent(event, absl::StrCat("logs/", service), "monitor");
  uint64_t first = 1;
  ASSIGN_OR_RETURN(auto committed,
                   context_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
                     if (batch != nullptr) {
                       ASSIGN_OR_RETURN(auto found, CounterTable().Find(txn, ""));
                       store::v1::Counter counter;
                       first = found.has_value() ? found->next() : 1;
                       batch->Put(txn, first);
                       counter.set_next(first + batch->size());
                       CounterTable().Put(txn, "", counter);
                     }
                     LogTable().Put(txn, service, state);
                     txn.Emit(logged);
                     return absl::OkStatus();
                   }));
  if (batch != nullptr) Announce(*batch, first);
  return absl::OkStatus();
}

void TrackingEngine::Announce(const Batch& batch, uint64_t first_sequence) {
  absl::MutexLock lock(&mu_);
  if (newest_of_.size() > kTendersKnownMax) {
    newest_of_.clear();
    known_from_ = first_sequence - 1;
  }
  known_from_ = std::min(known_from_, first_sequence - 1);
  const auto announce = [&](const std::string& tender_id, uint64_t last)
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { newest_of_[tender_id] = last; };
  batch.ForEachTender(first_sequence, announce);
  newest_ = first_sequence + batch.size() - 1;
}

absl::Status TrackingEngine::StoreProblem(const std::string& service, store::v1::FollowedLog state,
                                          const std::string& problem) {
  ASSIGN_OR_RETURN(
      const crypto::Frontier tree,
      crypto::Frontier::Restore(state.size(), {state.frontier().begin(), state.frontier().end()}));
  state.set_problem(problem);
  return Store(service, state, tree.Root(), nullptr);
}

absl::StatusOr<std::vector<v1::TimelineItem>> TrackingEngine::Read(const std::string& tender_id,
                                                                   uint64_t after,
                                                                   size_t limit) const {
  std::vector<v1::TimelineItem> out;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(kParent), [&](const kv::Reader& reader) -> absl::Status {
        RETURN_IF_ERROR(tender_id.empty() ? ReadAll(reader, after, limit, out)
                                          : ReadTender(reader, tender_id, after, limit, out));
        return Complete(reader, out);
      }));
  return out;
}

absl::Status TrackingEngine::Complete(const kv::Reader& reader,
                                      std::vector<v1::TimelineItem>& items) const {
  event::v1::Event event;
  for (v1::TimelineItem& item : items) {
    const auto followed = logs_.find(item.service());
    if (followed != logs_.end()) {
      item.set_origin(followed->second.origin);
    } else {  // it was followed once
      ASSIGN_OR_RETURN(const auto state, LogTable().Find(reader, item.service()));
      if (state.has_value()) item.set_origin(state->origin());
    }
    if (event.ParseFromString(item.body())) {
      procurement::Summary summary = procurement::Summarize(event);
      item.set_summary(std::move(summary.en));
      item.set_summary_ko(std::move(summary.ko));
    }
  }
  return absl::OkStatus();
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
          ASSIGN_OR_RETURN(crypto::Frontier tree,
                           crypto::Frontier::Restore(state->size(), {state->frontier().begin(),
                                                                     state->frontier().end()}));
          out->set_root(tree.Root());
        }
        return absl::OkStatus();
      });
}

bool TrackingEngine::MayHaveNews(const std::string& tender_id, uint64_t after) const {
  absl::MutexLock lock(&mu_);
  if (tender_id.empty() || after < known_from_) return true;
  const auto newest = newest_of_.find(tender_id);
  return newest != newest_of_.end() && newest->second > after;
}

uint64_t TrackingEngine::WaitForItem(uint64_t after, absl::Duration timeout) const {
  absl::MutexLock lock(&mu_);
  const auto newer = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return newest_ > after; };
  mu_.AwaitWithTimeout(absl::Condition(&newer), timeout);
  return newest_;
}

}  // namespace jodal::tracking
