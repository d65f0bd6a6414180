// What waits for the parties of contracts.
#include <optional>
#include <string>

#include "common/status/macros.h"
#include "services/contract/engine/contract_engine.h"
#include "services/contract/store/contract_store.h"

namespace jodal::contract {

absl::StatusOr<std::optional<kit::Inbox::Case>> ContractEngine::CaseOf(
    const kit::Inbox::Logged& logged) const {
  std::optional<kit::Inbox::Case> out;
  const size_t slash = logged.entry.subject().rfind('/');
  if (slash == std::string::npos) return out;
  const std::string id = logged.entry.subject().substr(slash + 1);
  RETURN_IF_ERROR(
      context_.ledger->View(ledger::ShardOf(id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto record, FindContract(reader, id));
        if (record.has_value()) out = {id, procurement::WaitingIn(record->contract())};
        return absl::OkStatus();
      }));
  return out;
}

}  // namespace jodal::contract
