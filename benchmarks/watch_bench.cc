#include "benchmarks/watch_bench.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "benchmarks/load.h"
#include "common/status/macros.h"
#include "jodal/tracking/v1/tracking.grpc.pb.h"

namespace jodal::bench {
namespace {

namespace pb = tracking::v1;

constexpr int kConnections = 4;
constexpr absl::Duration kCatchUpMax = absl::Seconds(60);

class Watcher : public grpc::ClientReadReactor<pb::TimelineItem> {
 public:
  Watcher(pb::TrackingService::Stub* stub, uint32_t tender) : tender_(tender) {
    request_.set_tender_id(TenderId(tender));
    stub->async()->WatchTimeline(&context_, &request_, this);
    StartRead(&item_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    const int64_t now = absl::GetCurrentTimeNanos();
    {
      absl::MutexLock lock(&mu_);
      in_order_ = in_order_ && item_.sequence() > last_sequence_;
      last_sequence_ = item_.sequence();
      if (item_.type() == "bid.received") {
        ++bids_;
        latency_ms_.push_back(static_cast<float>(now - item_.commit_time_ns()) / 1e6f);
      }
    }
    StartRead(&item_);
  }
  void OnDone(const grpc::Status&) override {
    absl::MutexLock lock(&mu_);
    done_ = true;
  }

  void Stop() {
    context_.TryCancel();
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done_));
  }
  uint32_t tender() const { return tender_; }
  size_t bids() const {
    absl::MutexLock lock(&mu_);
    return bids_;
  }
  bool in_order() const {
    absl::MutexLock lock(&mu_);
    return in_order_;
  }
  std::vector<float> latencies() const {
    absl::MutexLock lock(&mu_);
    return latency_ms_;
  }

 private:
  const uint32_t tender_;
  grpc::ClientContext context_;
  pb::WatchTimelineRequest request_;
  pb::TimelineItem item_;
  mutable absl::Mutex mu_;
  uint64_t last_sequence_ ABSL_GUARDED_BY(mu_) = 0;
  size_t bids_ ABSL_GUARDED_BY(mu_) = 0;
  bool in_order_ ABSL_GUARDED_BY(mu_) = true;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<float> latency_ms_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

absl::StatusOr<nlohmann::json> MeasureWatch(const Servers& servers, const Corpus& corpus,
                                            const WatchOptions& options) {
  Corpus busy = corpus;
  busy.bids.clear();
  std::map<uint32_t, size_t> expected;
  const auto wanted = static_cast<size_t>(options.per_s * options.seconds);
  for (const CorpusBid& bid : corpus.bids) {
    if (busy.bids.size() == wanted) break;
    if (bid.tender >= options.tenders) continue;  // Zipf: low numbers are the busy ones
    busy.bids.push_back(bid);
    ++expected[bid.tender];
  }
  std::vector<std::unique_ptr<rpc::Peers>> connections;
  std::vector<std::unique_ptr<pb::TrackingService::Stub>> stubs;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(servers.PeersAs("client"));
    stubs.push_back(pb::TrackingService::NewStub(connections.back()->Channel("tracking")));
  }
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (int i = 0; i < options.watchers; ++i) {
    watchers.push_back(std::make_unique<Watcher>(stubs[static_cast<size_t>(i) % stubs.size()].get(),
                                                 static_cast<uint32_t>(i) % options.tenders));
  }
  LoadOptions load;
  load.count = busy.bids.size();
  load.per_s = options.per_s;
  absl::StatusOr<LoadResult> result = RunLoad(servers, busy, load);
  if (result.ok() && result->Count(Answer::kAccepted) != load.count) {
    result = absl::InternalError("not every bid was accepted");
  }
  const absl::Time end = absl::Now() + kCatchUpMax;
  const auto caught_up = [&] {
    return std::all_of(watchers.begin(), watchers.end(),
                       [&](const auto& w) { return w->bids() >= expected[w->tender()]; });
  };
  while (result.ok() && !caught_up() && absl::Now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (auto& watcher : watchers) watcher->Stop();
  RETURN_IF_ERROR(result.status());
  std::vector<float> all;
  for (const auto& watcher : watchers) {
    if (watcher->bids() != expected[watcher->tender()] || !watcher->in_order()) {
      return absl::InternalError(absl::StrCat(
          "a watcher of tender ", watcher->tender(), " got ", watcher->bids(), " of ",
          expected[watcher->tender()], " bids, ", watcher->in_order() ? "in" : "out of", " order"));
    }
    const auto own = watcher->latencies();
    all.insert(all.end(), own.begin(), own.end());
  }
  if (all.empty()) return absl::InternalError("nothing was delivered");
  std::sort(all.begin(), all.end());
  const auto at = [&](double q) {
    return all[std::min(all.size() - 1, static_cast<size_t>(q * static_cast<double>(all.size())))];
  };
  return nlohmann::json{{"watch_watchers", options.watchers},
                        {"watch_bids_per_s", result->PerSecond()},
                        {"watch_deliveries", all.size()},
                        {"watch_p50_ms", at(0.5)},
                        {"watch_p99_ms", at(0.99)}};
}

}  // namespace jodal::bench
