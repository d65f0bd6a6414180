#include "services/kit/follow.h"

#include <utility>

#include "common/log_service/log_client.h"
#include "common/metrics/logging.h"
#include "common/status/error.h"

namespace jodal::kit {

std::unique_ptr<ledger::Follower> Follow(const host::ModuleContext& context,
                                         const std::string& peer, std::vector<std::string> types,
                                         ledger::Follower::Handler handler) {
  ledger::Follower::Options options;
  options.name = peer;
  options.own = context.ledger;
  options.fetch = log_service::RemoteLogFetch(context.peers, peer, std::move(types));
  options.handler = std::move(handler);
  options.on_error = [service = context.service, peer](uint64_t seq, const absl::Status& status) {
    logging::Write(logging::Level::kWarning, {{"service", service},
                                              {"follows", peer},
                                              {"seq", static_cast<int64_t>(seq)},
                                              {"reason", ErrorReason(status)}});
  };
  auto follower = ledger::Follower::Create(std::move(options));
  absl::Status status = follower.status();
  if (status.ok()) status = (*follower)->Start();
  if (!status.ok()) {
    logging::Write(
        logging::Level::kError,
        {{"service", context.service}, {"follows", peer}, {"reason", ErrorReason(status)}});
    return nullptr;
  }
  return *std::move(follower);
}

}  // namespace jodal::kit
