#include "services/signature/store/signature_store.h"

namespace jodal::signature {

const ledger::Table<store::v1::EvidenceRecord>& EvidenceTable() {
  static const auto& table = *new ledger::Table<store::v1::EvidenceRecord>("evidence/");
  return table;
}
const ledger::Table<store::v1::CrlRecord>& CrlTable() {
  static const auto& table = *new ledger::Table<store::v1::CrlRecord>("crl/");
  return table;
}

}  // namespace jodal::signature
