// What waits for the people of the buying agency.
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/status/macros.h"
#include "services/kit/event.h"
#include "services/tender/engine/tender_engine.h"

namespace jodal::tender {

absl::StatusOr<std::optional<kit::Inbox::Case>> TenderEngine::CaseOf(
    const kit::Inbox::Logged& logged) const {
  std::optional<kit::Inbox::Case> out;
  absl::string_view id = logged.entry.subject();
  if (!absl::ConsumePrefix(&id, kit::TenderName("")) || absl::StrContains(id, "/")) return out;
  ASSIGN_OR_RETURN(const auto record, Find(id));
  if (!record.has_value()) return out;
  out = {std::string(id), procurement::WaitingIn(record->tender(), record->pending_author())};
  return out;
}

}  // namespace jodal::tender
