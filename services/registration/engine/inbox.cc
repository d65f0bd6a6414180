// What waits for registrars and representatives.
#include <optional>
#include <string>

#include "absl/strings/strip.h"
#include "common/status/macros.h"
#include "services/kit/event.h"
#include "services/registration/engine/registration_engine.h"
#include "services/registration/store/registration_store.h"

namespace jodal::registration {

absl::StatusOr<std::optional<kit::Inbox::Case>> RegistrationEngine::CaseOf(
    const kit::Inbox::Logged& logged) const {
  std::optional<kit::Inbox::Case> out;
  absl::string_view id = logged.entry.subject();
  RETURN_IF_ERROR(context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    if (absl::ConsumePrefix(&id, kit::OrganizationName(""))) {
      ASSIGN_OR_RETURN(const auto record, Organizations().Find(reader, id));
      if (!record.has_value()) return absl::OkStatus();
      out = {std::string(id),
             procurement::WaitingIn(record->organization(),
                                    absl::FromUnixNanos(record->pending_until_ns()))};
    } else if (absl::ConsumePrefix(&id, kit::PersonName(""))) {
      ASSIGN_OR_RETURN(const auto record, People().Find(reader, id));
      if (!record.has_value()) return absl::OkStatus();
      out = {std::string(id),
             procurement::WaitingIn(record->person(),
                                    absl::FromUnixNanos(record->pending_until_ns()))};
    }
    return absl::OkStatus();
  }));
  return out;
}

}  // namespace jodal::registration
