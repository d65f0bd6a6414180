#include "services/kit/session_source.h"

#include "common/status/macros.h"
#include "services/kit/event.h"

namespace jodal::kit {

host::SessionSource Suspensions() {
  return {
      "registration",
      [](const ledger::LoggedEntry& entry) -> absl::StatusOr<std::optional<rpc::SessionChange>> {
        std::optional<rpc::SessionChange> change;
        if (!entry.is_public) return change;
        ASSIGN_OR_RETURN(const event::v1::Event event, ParseEvent(entry.body));
        if (event.has_organization_suspended()) {
          change = {event.organization_suspended().organization_id(), /*barred=*/true};
        } else if (event.has_organization_restored()) {
          change = {event.organization_restored().organization_id(), /*barred=*/false};
        }
        return change;
      }};
}

}  // namespace jodal::kit
