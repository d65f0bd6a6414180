#include "services/kit/event.h"

#include "absl/strings/str_cat.h"

namespace jodal::kit {

ledger::Event PublicEvent(const event::v1::Event& event, absl::string_view subject,
                          absl::string_view actor_role, std::optional<absl::Time> arrival) {
  ledger::Event out;
  out.type = EventType(event);
  out.subject = std::string(subject);
  out.actor_role = std::string(actor_role);
  out.body = event.SerializeAsString();
  out.arrival = arrival;
  return out;
}

ledger::Event RestrictedEvent(event::v1::Event event, absl::string_view subject,
                              absl::string_view actor_role, absl::string_view salt,
                              std::optional<absl::Time> arrival) {
  event.set_salt(std::string(salt));
  ledger::Event out = PublicEvent(event, subject, actor_role, arrival);
  out.is_public = false;
  return out;
}

std::string TenderName(absl::string_view tender_id) { return absl::StrCat("tenders/", tender_id); }
std::string ContractName(absl::string_view tender_id, absl::string_view contract_id) {
  return absl::StrCat(TenderName(tender_id), "/contracts/", contract_id);
}
std::string PaymentName(absl::string_view tender_id, absl::string_view contract_id,
                        absl::string_view payment_id) {
  return absl::StrCat(ContractName(tender_id, contract_id), "/payments/", payment_id);
}
std::string OrganizationName(absl::string_view organization_id) {
  return absl::StrCat("organizations/", organization_id);
}
std::string PersonName(absl::string_view person_id) { return absl::StrCat("people/", person_id); }

log::v1::Receipt ToProto(const ledger::Receipt& receipt, absl::string_view origin) {
  log::v1::Receipt out;
  out.set_origin(std::string(origin));
  out.set_seq(receipt.seq);
  out.set_entry(receipt.entry);
  out.set_proof(receipt.proof);
  return out;
}

}  // namespace jodal::kit
