#include "services/kit/session_source.h"

#include "common/status/macros.h"
#include "procurement/register/register.h"
#include "services/kit/event.h"

namespace jodal::kit {

host::SessionSource Suspensions() {
  return {"registration",
          [](const ledger::LoggedEntry& entry) -> absl::StatusOr<std::optional<rpc::SessionBar>> {
            std::optional<rpc::SessionBar> bar;
            if (!entry.is_public) return bar;
            ASSIGN_OR_RETURN(const event::v1::Event event, ParseEvent(entry.body));
            const event::v1::FactRecorded& recorded = event.fact_recorded();
            if (recorded.type() != procurement::kSanctionFact) return bar;
            ASSIGN_OR_RETURN(const procurement::DatedFact fact,
                             procurement::ParseFact(procurement::RecordedFact(recorded),
                                                    recorded.fact_sha256()));
            bar = {fact.subject, fact.sha256, fact.replaces, fact.from, fact.to};
            return bar;
          }};
}

}  // namespace jodal::kit
