#include "services/registration/store/registration_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace jodal::registration {

const ledger::Table<v1::OrganizationCase>& Organizations() {
  static const auto& table =
      *new ledger::Table<v1::OrganizationCase>(procurement::kOrganizationTable);
  return table;
}
const ledger::Table<v1::PersonCase>& People() {
  static const auto& table = *new ledger::Table<v1::PersonCase>(procurement::kPersonTable);
  return table;
}
const ledger::Table<store::v1::Claim>& Certificates() {
  static const auto& table = *new ledger::Table<store::v1::Claim>(procurement::kCertificateTable);
  return table;
}
const ledger::Table<store::v1::Claim>& Keys() {
  static const auto& table = *new ledger::Table<store::v1::Claim>(procurement::kKeyTable);
  return table;
}
const ledger::Table<document::v1::StoredDocument>& Documents() {
  static const auto& table =
      *new ledger::Table<document::v1::StoredDocument>(procurement::kRegistrationDocuments);
  return table;
}

std::string FactPrefix(const FactName& name) {
  return absl::StrCat(name.subject, "/", name.type, "/");
}
std::string FactKey(const FactName& name, int number) {
  return absl::StrFormat("%s%06d", FactPrefix(name), number);
}
const ledger::Table<document::v1::StoredDocument>& Facts() {
  static const auto& table =
      *new ledger::Table<document::v1::StoredDocument>(procurement::kFactTable);
  return table;
}

}  // namespace jodal::registration
