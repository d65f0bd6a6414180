// The monitor: takes over the entries of every service's log once they are proven to belong to it,
// and serves them as timelines.
//
// An entry becomes visible here only after its log's signed checkpoint was verified and the entry
// was shown to be under it; a log that contradicts itself is followed no further, and the status of
// the monitor names the problem. Thread-safe.
#ifndef JODAL_SERVICES_TRACKING_ENGINE_TRACKING_ENGINE_H_
#define JODAL_SERVICES_TRACKING_ENGINE_TRACKING_ENGINE_H_

#include <limits>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/host/module.h"
#include "common/ledger/ledger.h"
#include "common/log/checkpoint.h"
#include "jodal/tracking/store/v1/tracking_store.pb.h"
#include "jodal/tracking/v1/tracking.pb.h"
#include "services/tracking/engine/batch.h"

namespace jodal::tracking {

// Another service's log as the monitor reads it. Blocking.
class FollowedLogs {
 public:
  virtual ~FollowedLogs() = default;
  virtual absl::StatusOr<std::string> Checkpoint(const std::string& service) = 0;
  virtual absl::StatusOr<std::vector<ledger::LoggedEntry>> Entries(const std::string& service,
                                                                   uint64_t begin,
                                                                   size_t limit) = 0;
  virtual absl::StatusOr<std::vector<std::string>> ConsistencyProof(const std::string& service,
                                                                    uint64_t old_size,
                                                                    uint64_t new_size) = 0;
};

class TrackingEngine {
 public:
  // `logs`: origin and public key of every service's log. The own one is not followed: what is
  // noted of a log is an entry of the own.
  TrackingEngine(const host::ModuleContext& context, std::map<std::string, log::LogIdentity> logs)
      : context_(context), logs_(WithoutOwn(std::move(logs), context.service)) {}

  // Takes over what `service`'s log has beyond what is known, at most one fetch. Returns how many
  // entries were taken over. A contradiction is stored as the log's problem and is not an error; an
  // unreachable peer is.
  absl::StatusOr<size_t> Follow(const std::string& service, FollowedLogs& source);
  std::vector<std::string> services() const;

  absl::Status ListTimeline(const rpc::Call& call, const v1::ListTimelineRequest& request,
                            v1::ListTimelineResponse* response) const;
  absl::Status QueryEvents(const rpc::Call& call, const v1::QueryEventsRequest& request,
                           v1::QueryEventsResponse* response) const;
  absl::Status GetMonitorStatus(const rpc::Call& call, const v1::GetMonitorStatusRequest& request,
                                v1::GetMonitorStatusResponse* response) const;

  // Items after `after` of one tender, or of all for "", ascending, at most `limit`.
  absl::StatusOr<std::vector<v1::TimelineItem>> Read(const std::string& tender_id, uint64_t after,
                                                     size_t limit) const;

  // False if certainly no item of the tender follows `after` up to what WaitForItem last returned.
  // Looks only into memory: most items concern one of many watchers only.
  bool MayHaveNews(const std::string& tender_id, uint64_t after) const;

  // Blocks until an item after `after` exists or the timeout. Returns the greatest sequence.
  uint64_t WaitForItem(uint64_t after, absl::Duration timeout) const;

 private:
  static std::map<std::string, log::LogIdentity> WithoutOwn(
      std::map<std::string, log::LogIdentity> logs, const std::string& service) {
    logs.erase(service);
    return logs;
  }
  // One commit: how far the log was followed, with `root` of that tree, and what was taken over
  // (nullptr: nothing).
  absl::Status Store(const std::string& service, const store::v1::FollowedLog& state,
                     const std::string& root, const Batch* batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(follow_mu_);
  absl::Status StoreProblem(const std::string& service, store::v1::FollowedLog state,
                            const std::string& problem) ABSL_EXCLUSIVE_LOCKS_REQUIRED(follow_mu_);
  // Wakes the watchers of what a batch has stored.
  void Announce(const Batch& batch, uint64_t first_sequence);
  // Sets what is not stored with an item but follows from it: origin and summary.
  absl::Status Complete(const kv::Reader& reader, std::vector<v1::TimelineItem>& items) const;

  const host::ModuleContext context_;
  const std::map<std::string, log::LogIdentity> logs_;
  // Held while a log is followed: items are announced in the order of their sequences.
  absl::Mutex follow_mu_;
  // By service, the last note under which all has been taken over: most looks find nothing new, and
  // a signature costs more than the rest of a look.
  std::map<std::string, std::string> caught_up_ ABSL_GUARDED_BY(follow_mu_);
  mutable absl::Mutex mu_ ABSL_ACQUIRED_AFTER(follow_mu_);
  uint64_t newest_ ABSL_GUARDED_BY(mu_) = 0;
  // The newest item of every tender that has one after known_from_.
  std::unordered_map<std::string, uint64_t> newest_of_ ABSL_GUARDED_BY(mu_);
  uint64_t known_from_ ABSL_GUARDED_BY(mu_) = std::numeric_limits<uint64_t>::max();
};

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_ENGINE_TRACKING_ENGINE_H_
