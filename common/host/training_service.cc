#include "common/host/training_service.h"

#include "common/rpc/handler.h"
#include "common/status/macros.h"
#include "jodal/training/v1/training.grpc.pb.h"

namespace jodal::host {
namespace {

namespace pb = jodal::training::v1;

class TrainingServiceImpl : public pb::TrainingService::CallbackService {
 public:
  explicit TrainingServiceImpl(const TrainingOptions& options)
      : clock_(options.clock),
        kit_({.service = "training",
              .clock = options.clock,
              .executor = options.executor,
              .sessions = options.sessions,
              .gate = options.gate}) {}

  grpc::ServerUnaryReactor* GetTime(grpc::CallbackServerContext* c, const pb::GetTimeRequest* q,
                                    pb::GetTimeResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this](const rpc::Call&, const auto&, auto* r) {
                        r->set_now_ns(absl::ToUnixNanos(clock_->Now()));
                        return absl::OkStatus();
                      });
  }

  grpc::ServerUnaryReactor* MoveClock(grpc::CallbackServerContext* c, const pb::MoveClockRequest* q,
                                      pb::MoveClockResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this](const rpc::Call&, const auto& q, auto* r) -> absl::Status {
                        RETURN_IF_ERROR(clock_->MoveTo(absl::FromUnixNanos(q.to_ns())));
                        r->set_now_ns(absl::ToUnixNanos(clock_->Now()));
                        return absl::OkStatus();
                      });
  }

 private:
  TrainingClock* const clock_;
  rpc::HandlerKit kit_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewTrainingService(const TrainingOptions& options) {
  return std::make_unique<TrainingServiceImpl>(options);
}

}  // namespace jodal::host
