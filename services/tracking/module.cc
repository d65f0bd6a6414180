#include "services/tracking/module.h"

#include <grpcpp/impl/service_type.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/thread.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"
#include "services/tracking/api/tracking_service.h"
#include "services/tracking/engine/log_keys.h"
#include "services/tracking/engine/tracking_engine.h"
#include "services/tracking/limits.h"

namespace jodal::tracking {
namespace {

class TrackingModule : public host::Module {
 public:
  TrackingModule(const host::ModuleContext& context, std::map<std::string, log::LogIdentity> logs)
      : engine_(context, std::move(logs)),
        api_(NewTrackingApi(context, &engine_)),
        source_(NewRemoteLogs(context.peers)) {}
  ~TrackingModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {api_->service()}; }

  void Start() override {
    follower_ = std::thread([this] { Follow(); });
  }
  void Stop() override {
    {
      absl::MutexLock lock(&mu_);
      stopping_ = true;
    }
    api_->Shutdown();
    if (follower_.joinable()) follower_.join();
  }

 private:
  // One thread for all logs: their entries get one order here. Each log is asked at its own pace:
  // quickly while something happens in it, less so in a burst, and at once after a whole fetch. An
  // unreachable service is tried again like a quiet one.
  void Follow() {
    NameThread("monitor");
    LowerThreadPriority(ThreadPriority::kBackground);  // the monitor may lag; a bid may not
    using Clock = std::chrono::steady_clock;           // which nobody sets back
    struct Pace {
      absl::Duration wait = kPollMin;
      Clock::time_point due;
    };
    std::map<std::string, Pace> paces;
    for (const std::string& service : engine_.services()) paces[service];
    while (!stopping()) {
      Clock::time_point next = Clock::time_point::max();
      for (auto& [service, pace] : paces) {
        if (pace.due <= Clock::now()) {
          const size_t found = engine_.Follow(service, *source_).value_or(0);
          const double waited_s = absl::ToDoubleSeconds(pace.wait);
          pace.wait = found == 0 ? std::min(pace.wait * 2, kPollMax)
                      : static_cast<double>(found) < kBurstPerSecond * waited_s ? kPollMin
                                                                                : kPollBurst;
          pace.due = Clock::now();
          if (found < kFetchMax) pace.due += absl::ToChronoNanoseconds(pace.wait);
        }
        next = std::min(next, pace.due);
        if (stopping()) return;
      }
      absl::MutexLock lock(&mu_);
      mu_.AwaitWithTimeout(absl::Condition(&stopping_), absl::FromChrono(next - Clock::now()));
    }
  }
  bool stopping() {
    absl::MutexLock lock(&mu_);
    return stopping_;
  }

  TrackingEngine engine_;
  std::unique_ptr<TrackingApi> api_;
  std::unique_ptr<FollowedLogs> source_;
  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread follower_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config) {
  ASSIGN_OR_RETURN(auto logs, LoadLogKeys(config.trust_dir()));
  return std::make_unique<TrackingModule>(context, std::move(logs));
}

}  // namespace jodal::tracking
