#include "services/bidding/module.h"

#include "common/metrics/logging.h"
#include "common/rpc/handler.h"
#include "common/status/error.h"
#include "services/bidding/api/bidding_service.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/worker.h"

namespace jodal::bidding {
namespace {

class BiddingModule : public host::Module {
 public:
  explicit BiddingModule(const host::ModuleContext& context)
      : engine_(context),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions,
              .gate = context.gate}),
        service_(&kit_, &engine_),
        worker_(&engine_, [service = context.service](absl::string_view what,
                                                      const absl::Status& status) {
          logging::Write(
              logging::Level::kWarning,
              {{"service", service}, {"work", std::string(what)}, {"reason", ErrorReason(status)}});
        }) {}
  ~BiddingModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }
  void Start() override { worker_.Start(); }
  void Stop() override { worker_.Stop(); }

 private:
  BiddingEngine engine_;
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
