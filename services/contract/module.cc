#include "services/contract/module.h"

#include <utility>

#include "common/ledger/follower.h"
#include "common/rpc/handler.h"
#include "procurement/services.h"
#include "services/contract/api/contract_service.h"
#include "services/contract/engine/contract_engine.h"
#include "services/kit/follow.h"
#include "services/kit/inbox.h"

namespace jodal::contract {
namespace {

constexpr absl::string_view kFollowed = procurement::FindService("contract")->follows;

class ContractModule : public host::Module {
 public:
  explicit ContractModule(const host::ModuleContext& context)
      : context_(context),
        engine_(context),
        inbox_(context_,
               [this](const kit::Inbox::Logged& logged) { return engine_.CaseOf(logged); }),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions,
              .gate = context.gate}),
        service_(&kit_, &engine_, &inbox_) {}
  ~ContractModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }

  void Start() override {
    inbox_.Start();
    follower_ = kit::Follow(
        context_, std::string(kFollowed), {ContractEngine::kTenderType},
        [this](const ledger::LoggedEntry& entry) { return engine_.OnTenderEntry(entry); });
  }

  void Stop() override {
    follower_.reset();
    inbox_.Stop();
  }

 private:
  const host::ModuleContext context_;
  const ContractEngine engine_;
  kit::Inbox inbox_;
  rpc::HandlerKit kit_;
  ContractServiceImpl service_;
  std::unique_ptr<ledger::Follower> follower_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config&) {
  return std::make_unique<ContractModule>(context);
}

}  // namespace jodal::contract
