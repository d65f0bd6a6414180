#include "services/bidding/module.h"

#include "common/metrics/logging.h"
#include "common/rpc/handler.h"
#include "common/status/error.h"
#include "services/bidding/api/bidding_service.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/worker.h"
#include "services/kit/inbox.h"

namespace jodal::bidding {
namespace {

class BiddingModule : public host::Module {
 public:
  explicit BiddingModule(const host::ModuleContext& context)
      : context_(context),
        engine_(context, {.on_deadline_error = Log(context, "deadlines")}),
        inbox_(context_,
               [this](const kit::Inbox::Logged& logged) { return engine_.CaseOf(logged); }),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions,
              .gate = context.gate}),
        service_(&kit_, &engine_, &inbox_),
        worker_(&engine_, Log(context, "open")) {}
  ~BiddingModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }
  void Start() override {
    engine_.deadlines().Start();
    worker_.Start();
    inbox_.Start();
  }
  void Stop() override {
    engine_.deadlines().Stop();
    worker_.Stop();
    inbox_.Stop();
  }

 private:
  static std::function<void(const absl::Status&)> Log(const host::ModuleContext& context,
                                                      const char* work) {
    return [service = context.service, work](const absl::Status& status) {
      logging::Write(logging::Level::kWarning,
                     {{"service", service}, {"work", work}, {"reason", ErrorReason(status)}});
    };
  }

  const host::ModuleContext context_;
  BiddingEngine engine_;
  kit::Inbox inbox_;
  rpc::HandlerKit kit_;
  BiddingServiceImpl service_;
  Worker worker_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config&) {
  return std::make_unique<BiddingModule>(context);
}

}  // namespace jodal::bidding
