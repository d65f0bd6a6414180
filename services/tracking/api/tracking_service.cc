#include "services/tracking/api/tracking_service.h"

#include <grpcpp/grpcpp.h>

#include <map>
#include <utility>
#include <vector>

#include "common/log_service/log_client.h"
#include "common/rpc/call.h"
#include "common/rpc/handler.h"
#include "common/rpc/watch_hub.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.grpc.pb.h"
#include "jodal/tracking/v1/tracking.grpc.pb.h"
#include "services/tracking/limits.h"

namespace jodal::tracking {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using Hub = rpc::WatchHub<v1::TimelineItem>;

class TrackingApiImpl : public TrackingApi, public v1::TrackingService::CallbackService {
 public:
  TrackingApiImpl(const host::ModuleContext& context, TrackingEngine* engine)
      : kit_({context.service, context.clock, context.executor, context.sessions, context.gate}),
        engine_(*engine),
        hub_({.metric = "jodal_timeline_watchers",
              .watchers_max = kWatchersMax,
              .wait = [engine](uint64_t known, absl::Duration timeout) {
                return engine->WaitForItem(known, timeout);
              }}) {}

  grpc::Service* service() override { return this; }
  void Shutdown() override { hub_.Shutdown(); }

  ServerUnaryReactor* ListTimeline(CallbackServerContext* c, const v1::ListTimelineRequest* q,
                                   v1::ListTimelineResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this](const auto& call, const auto& q, auto* r) {
                        return engine_.ListTimeline(call, q, r);
                      });
  }
  ServerUnaryReactor* QueryEvents(CallbackServerContext* c, const v1::QueryEventsRequest* q,
                                  v1::QueryEventsResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Roles({"auditor"}),
                      [this](const auto& call, const auto& q, auto* r) {
                        return engine_.QueryEvents(call, q, r);
                      });
  }
  ServerUnaryReactor* GetMonitorStatus(CallbackServerContext* c,
                                       const v1::GetMonitorStatusRequest* q,
                                       v1::GetMonitorStatusResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this](const auto& call, const auto& q, auto* r) {
                        return engine_.GetMonitorStatus(call, q, r);
                      });
  }
  grpc::ServerWriteReactor<v1::TimelineItem>* WatchTimeline(
      CallbackServerContext* c, const v1::WatchTimelineRequest* q) override {
    auto call = kit_.Authorize(c, rpc::Access::Anyone());
    if (!call.ok()) return new rpc::RefusedWatch<v1::TimelineItem>(call.status());
    return hub_.Watch(
        q->after(),
        [this, tender = q->tender_id()](
            uint64_t& position) -> absl::StatusOr<std::vector<v1::TimelineItem>> {
          // Everything up to here is stored, so an empty answer means: nothing for this tender.
          const uint64_t reached = engine_.WaitForItem(position, absl::ZeroDuration());
          std::vector<v1::TimelineItem> items;
          if (engine_.MayHaveNews(tender, position)) {
            ASSIGN_OR_RETURN(items, engine_.Read(tender, position, kWatchChunk));
          }
          position = items.empty() ? std::max(position, reached) : items.back().sequence();
          return items;
        });
  }

 private:
  rpc::HandlerKit kit_;
  TrackingEngine& engine_;
  Hub hub_;
};

class RemoteLogs : public FollowedLogs {
 public:
  explicit RemoteLogs(rpc::Peers* peers) : peers_(*peers) {}

  absl::StatusOr<std::string> Checkpoint(const std::string& service) override {
    ASSIGN_OR_RETURN(auto response,
                     rpc::Invoke(Stub(service), &log::v1::LogService::Stub::GetCheckpoint,
                                 log::v1::GetCheckpointRequest(), Options(service)));
    return response.checkpoint();
  }
  absl::StatusOr<std::vector<ledger::LoggedEntry>> Entries(const std::string& service,
                                                           uint64_t begin, size_t limit) override {
    log::v1::ListEntriesRequest request;
    request.set_begin(begin);
    request.set_limit(static_cast<int>(limit));
    ASSIGN_OR_RETURN(auto response,
                     rpc::Invoke(Stub(service), &log::v1::LogService::Stub::ListEntries, request,
                                 Options(service)));
    std::vector<ledger::LoggedEntry> out;
    for (auto& entry : *response.mutable_entries()) {
      out.push_back({entry.seq(), std::move(*entry.mutable_entry()),
                     std::move(*entry.mutable_body()), entry.is_public()});
    }
    return out;
  }
  absl::StatusOr<std::vector<std::string>> ConsistencyProof(const std::string& service,
                                                            uint64_t old_size,
                                                            uint64_t new_size) override {
    log::v1::GetConsistencyProofRequest request;
    request.set_old_size(old_size);
    request.set_new_size(new_size);
    ASSIGN_OR_RETURN(auto response,
                     rpc::Invoke(Stub(service), &log::v1::LogService::Stub::GetConsistencyProof,
                                 request, Options(service)));
    return std::vector<std::string>(response.hashes().begin(), response.hashes().end());
  }

 private:
  log::v1::LogService::Stub& Stub(const std::string& service) {
    auto& stub = stubs_[service];
    if (stub == nullptr) stub = log::v1::LogService::NewStub(peers_.Channel(service));
    return *stub;
  }
  static rpc::CallOptions Options(const std::string& service) {
    rpc::CallOptions options;
    options.metadata = log_service::LogMetadata(service);
    return options;
  }

  rpc::Peers& peers_;
  std::map<std::string, std::unique_ptr<log::v1::LogService::Stub>> stubs_;
};

}  // namespace

std::unique_ptr<TrackingApi> NewTrackingApi(const host::ModuleContext& context,
                                            TrackingEngine* engine) {
  return std::make_unique<TrackingApiImpl>(context, engine);
}

std::unique_ptr<FollowedLogs> NewRemoteLogs(rpc::Peers* peers) {
  return std::make_unique<RemoteLogs>(peers);
}

}  // namespace jodal::tracking
