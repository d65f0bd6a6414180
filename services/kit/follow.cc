#include "services/kit/follow.h"

#include <utility>

#include "common/log_service/log_client.h"
#include "common/metrics/logging.h"
#include "common/status/error.h"

namespace jodal::kit {

namespace {

std::unique_ptr<ledger::Follower> Start(const host::ModuleContext& context, const std::string& name,
                                        ledger::Follower::Fetch fetch,
                                        ledger::Follower::Handler handler) {
  ledger::Follower::Options options;
  options.name = name;
  options.own = context.ledger;
  options.fetch = std::move(fetch);
  options.handler = std::move(handler);
  options.on_error = [service = context.service, name](uint64_t seq, const absl::Status& status) {
    logging::Write(logging::Level::kWarning, {{"service", service},
                                              {"follows", name},
                                              {"seq", static_cast<int64_t>(seq)},
                                              {"reason", ErrorReason(status)}});
  };
  auto follower = ledger::Follower::Create(std::move(options));
  absl::Status status = follower.status();
  if (status.ok()) status = (*follower)->Start();
  if (!status.ok()) {
    logging::Write(
        logging::Level::kError,
        {{"service", context.service}, {"follows", name}, {"reason", ErrorReason(status)}});
    return nullptr;
  }
  return *std::move(follower);
}

}  // namespace

std::unique_ptr<ledger::Follower> Follow(const host::ModuleContext& context,
                                         const std::string& peer, std::vector<std::string> types,
                                         ledger::Follower::Handler handler) {
  return Start(context, peer, log_service::RemoteLogFetch(context.peers, peer, std::move(types)),
               std::move(handler));
}

std::unique_ptr<ledger::Follower> FollowOwn(const host::ModuleContext& context,
                                            const std::string& name,
                                            ledger::Follower::Handler handler) {
  return Start(context, name, ledger::FetchFrom(context.ledger), std::move(handler));
}

}  // namespace jodal::kit
