#include "clients/cli/field_help.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/notice_words.h"
#include "jodal/document/v1/field.pb.h"

namespace jodal::cli {
namespace {

struct Row {
  const char* field;  // "reason", or "Message.reason" where one message means its own
  const char* help;
};

// clang-format off
constexpr Row kRows[] = {
    {"OrganizationRegistration.type", "supplier, agency, bank or auditor"},
    {"OrganizationRegistration.name", "Name, in Korean"},
    {"OrganizationRegistration.kinds", "What a supplier offers: works, services, goods"},
    {"business_number", "Business registration number, ten digits"},
    {"name", "Name"},
    {"name_en", "Name, in English"},
    {"address", "Postal address"},
    {"representative", "Name of the representative"},
    {"email", "Address for electronic mail"},
    {"roles", "Roles in the organisation: officer, approver, committee, inspector, paymaster"},
    {"FactRecord.subject", "Whom or what it is about: KR, or an organisation"},
    {"FactRecord.type", "Type of the fact; see jodal fact types"},
    {"FactRecord.value", "What is so: the name of a holiday, the ground of a sanction"},
    {"valid_from", "It is so from then on: 2026-09-24, \"2026-03-02 09:00\" [now]"},
    {"FactRecord.valid_to", "And at this time no longer: 2026-09-27"},
    {"source", "Decision, gazette or rule that says so"},
    {"evidence_sha256", "Digest of the paper that it rests on; --evidence takes it from a file"},
    {"replaces", "Digest of the fact in whose place this one stands"},
    {"tender_id", "Tender, or @tender: the last one of this installation"},
    {"contract_id", "Contract, or @contract: the last one of this installation"},
    {"payment_id", "Payment, or @payment: the last one of this installation"},
    {"organization_id", "Organisation, or @organization: the last one of this installation"},
    {"person_id", "Person, or @person: the last one of this installation"},
    {"registration_sha256", "Digest of the registration that is approved [the one that waits]"},
    {"notice_hash", "Digest of the notice that is approved [the one that waits]"},
    {"submission_id", "Which of the own bids [the last one]"},
    {"reason", "Why, in a sentence that everybody may read"},
    {"ground", "The ground in law: default, delay, circumstances, agreement"},
    {"start_date", "First day of the contract: 2026-03-16"},
    {"end_date", "Last day of the contract: 2026-06-30"},
    {"delay_damages_ppm_per_day", "Damages for each day of delay, in millionths of the amount"},
    {"terms", "Terms of the contract"},
    {"delivery", "Number of the delivery [the one that waits]"},
    {"delivered_on", "Day of the delivery: 2026-04-20 [today]"},
    {"amount", "Amount in won [what is left, or what was delivered]"},
    {"final", "It is the last delivery"},
    {"description", "What was delivered"},
    {"accepted", "Accept; without it the delivery is refused"},
    {"remarks", "Remarks"},
    {"bank_id", "The bank, an organisation: B-..."},
    {"account_number", "Number of the account"},
    {"holder", "Holder of the account"},
    {"account_version", "Version of the account [the next one, or the one that waits]"},
    {"bank_reference", "Reference of the bank"},
};
// clang-format on

}  // namespace

std::string FieldHelp(const google::protobuf::FieldDescriptor& field) {
  const std::string& declared = field.options().GetExtension(document::v1::field).help();
  if (!declared.empty()) {
    const std::string allowed = AllowedText(field.name());
    return allowed.empty() ? declared : absl::StrCat(declared, ": ", allowed);
  }
  const std::string full = absl::StrCat(field.containing_type()->name(), ".", field.name());
  for (const Row& row : kRows) {
    if (row.field == full || row.field == field.name()) return row.help;
  }
  return "";
}

}  // namespace jodal::cli
