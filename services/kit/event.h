// Making log events from jodal.event.v1.Event: the type, the body and its visibility in one place.
#ifndef JODAL_SERVICES_KIT_EVENT_H_
#define JODAL_SERVICES_KIT_EVENT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/ledger/ledger.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/acts/act.h"

namespace jodal::kit {

// A public event about `subject` ("tenders/R26BK00000001"), done by someone with `actor_role`.
ledger::Event PublicEvent(const event::v1::Event& event, absl::string_view subject,
                          absl::string_view actor_role,
                          std::optional<absl::Time> arrival = std::nullopt);

// As PublicEvent, but readers of the log see only a digest salted with `salt` (16 random bytes).
ledger::Event RestrictedEvent(event::v1::Event event, absl::string_view subject,
                              absl::string_view actor_role, absl::string_view salt,
                              std::optional<absl::Time> arrival = std::nullopt);

using procurement::EventType;
using procurement::ParseEvent;

// Resource names.
std::string TenderName(absl::string_view tender_id);
std::string ContractName(absl::string_view tender_id, absl::string_view contract_id);
std::string PaymentName(absl::string_view tender_id, absl::string_view contract_id,
                        absl::string_view payment_id);
std::string OrganizationName(absl::string_view organization_id);
std::string PersonName(absl::string_view person_id);

log::v1::Receipt ToProto(const ledger::Receipt& receipt, absl::string_view origin);

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_EVENT_H_
