#include "services/payment/module.h"

#include <utility>

#include "common/ledger/follower.h"
#include "common/log_service/log_client.h"
#include "common/metrics/logging.h"
#include "common/rpc/handler.h"
#include "common/status/error.h"
#include "services/payment/api/payment_service.h"
#include "services/payment/api/registration_banks.h"
#include "services/payment/engine/payment_engine.h"

namespace jodal::payment {
namespace {

constexpr char kFollowed[] = "contract";

class PaymentModule : public rpc::Module {
 public:
  explicit PaymentModule(const rpc::ModuleContext& context)
      : context_(context),
        banks_(NewRegistrationBanks(context.peers)),
        engine_(context, banks_.get()),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions}),
        service_(&kit_, &engine_) {}
  ~PaymentModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }

  void Start() override {
    ledger::Follower::Options options;
    options.name = kFollowed;
    options.own = context_.ledger;
    options.fetch = log_service::RemoteLogFetch(context_.peers, kFollowed);
    options.handler = [this](const ledger::LoggedEntry& entry) {
      return engine_.OnContractEntry(entry);
    };
    options.on_error = [this](uint64_t seq, const absl::Status& status) {
      logging::Write(logging::Level::kWarning, {{"service", context_.service},
                                                {"follows", kFollowed},
                                                {"seq", static_cast<int64_t>(seq)},
                                                {"reason", ErrorReason(status)}});
    };
    auto follower = ledger::Follower::Create(std::move(options));
    absl::Status status = follower.status();
    if (status.ok()) {
      follower_ = *std::move(follower);
      status = follower_->Start();
    }
    if (!status.ok()) {
      // Only a store that cannot be read gets here; its ledger reports not serving.
      logging::Write(
          logging::Level::kError,
          {{"service", context_.service}, {"follows", kFollowed}, {"reason", ErrorReason(status)}});
    }
  }

  void Stop() override { follower_.reset(); }

 private:
  const rpc::ModuleContext context_;
  const std::unique_ptr<Banks> banks_;
  const PaymentEngine engine_;
  rpc::HandlerKit kit_;
  PaymentServiceImpl service_;
  std::unique_ptr<ledger::Follower> follower_;
};

}  // namespace

std::unique_ptr<rpc::Module> CreateModule(const rpc::ModuleContext& context) {
  return std::make_unique<PaymentModule>(context);
}

}  // namespace jodal::payment
