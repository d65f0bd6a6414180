#include "services/tender/module.h"

#include <utility>

#include "common/ledger/follower.h"
#include "common/metrics/logging.h"
#include "common/rpc/handler.h"
#include "common/status/error.h"
#include "procurement/services.h"
#include "services/kit/api/registration_calendar.h"
#include "services/kit/follow.h"
#include "services/kit/inbox.h"
#include "services/tender/api/peer_ports.h"
#include "services/tender/api/tender_service.h"
#include "services/tender/engine/tender_engine.h"
#include "services/tender/engine/worker.h"

namespace jodal::tender {
namespace {

constexpr char kListFollower[] = "lists";
constexpr absl::string_view kFollowed = procurement::FindService("tender")->follows;

class TenderModule : public host::Module {
 public:
  explicit TenderModule(const host::ModuleContext& context)
      : context_(context),
        people_(NewRegistrationPeople(context.peers)),
        calendar_(kit::NewRegistrationCalendar(context.peers)),
        boxes_(NewBiddingBoxes(context.peers)),
        bids_(NewBiddingOpenedBids(context.peers)),
        engine_(context, {people_.get(), calendar_.get(), boxes_.get(), bids_.get()}),
        inbox_(context_,
               [this](const kit::Inbox::Logged& logged) { return engine_.CaseOf(logged); }),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions,
              .gate = context.gate}),
        service_(&kit_, &engine_, &inbox_),
        worker_(&engine_, [this](const absl::Status& status) {
          logging::Write(
              logging::Level::kWarning,
              {{"service", context_.service}, {"task", "boxes"}, {"reason", ErrorReason(status)}});
        }) {}
  ~TenderModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }

  void Start() override {
    worker_.Start();
    inbox_.Start();
    lists_ = kit::FollowOwn(context_, kListFollower, [this](const ledger::LoggedEntry& entry) {
      return engine_.OnOwnEntry(entry);
    });
    follower_ = kit::Follow(
        context_, std::string(kFollowed), {TenderEngine::kClosedType, TenderEngine::kOpenedType},
        [this](const ledger::LoggedEntry& entry) { return engine_.OnBiddingEntry(entry); });
  }

  void Stop() override {
    follower_.reset();
    lists_.reset();
    inbox_.Stop();
    worker_.Stop();
  }

 private:
  const host::ModuleContext context_;
  const std::unique_ptr<People> people_;
  const std::unique_ptr<kit::Calendar> calendar_;
  const std::unique_ptr<BidBoxes> boxes_;
  const std::unique_ptr<OpenedBids> bids_;
  TenderEngine engine_;
  kit::Inbox inbox_;
  rpc::HandlerKit kit_;
  TenderServiceImpl service_;
  Worker worker_;
  std::unique_ptr<ledger::Follower> follower_;
  std::unique_ptr<ledger::Follower> lists_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config&) {
  return std::make_unique<TenderModule>(context);
}

}  // namespace jodal::tender
