#include "services/payment/module.h"

#include <utility>

#include "common/ledger/follower.h"
#include "common/rpc/handler.h"
#include "procurement/services.h"
#include "services/kit/api/registration_calendar.h"
#include "services/kit/follow.h"
#include "services/kit/inbox.h"
#include "services/payment/api/payment_service.h"
#include "services/payment/api/registration_banks.h"
#include "services/payment/engine/payment_engine.h"

namespace jodal::payment {
namespace {

constexpr absl::string_view kFollowed = procurement::FindService("payment")->follows;

class PaymentModule : public host::Module {
 public:
  explicit PaymentModule(const host::ModuleContext& context)
      : context_(context),
        banks_(NewRegistrationBanks(context.peers)),
        calendar_(kit::NewRegistrationCalendar(context.peers)),
        engine_(context, banks_.get()),
        inbox_(context_,
               [this](const kit::Inbox::Logged& logged) {
                 return engine_.CaseOf(logged, *calendar_);
               }),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions,
              .gate = context.gate}),
        service_(&kit_, &engine_, &inbox_) {}
  ~PaymentModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }

  void Start() override {
    inbox_.Start();
    follower_ = kit::Follow(
        context_, std::string(kFollowed), {PaymentEngine::kContractType},
        [this](const ledger::LoggedEntry& entry) { return engine_.OnContractEntry(entry); });
  }

  void Stop() override {
    follower_.reset();
    inbox_.Stop();
  }

 private:
  const host::ModuleContext context_;
  const std::unique_ptr<Banks> banks_;
  const std::unique_ptr<kit::Calendar> calendar_;
  const PaymentEngine engine_;
  kit::Inbox inbox_;
  rpc::HandlerKit kit_;
  PaymentServiceImpl service_;
  std::unique_ptr<ledger::Follower> follower_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config&) {
  return std::make_unique<PaymentModule>(context);
}

}  // namespace jodal::payment
