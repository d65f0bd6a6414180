// Everything of this service lies in one shard: its writes are rare, and a CRL and the evidence of
// a verdict are looked up by digest alone.
#ifndef JODAL_SERVICES_SIGNATURE_STORE_SIGNATURE_STORE_H_
#define JODAL_SERVICES_SIGNATURE_STORE_SIGNATURE_STORE_H_

#include "common/ledger/ledger.h"
#include "common/ledger/table.h"
#include "jodal/signature/store/v1/signature_store.pb.h"

namespace jodal::signature {

inline constexpr char kParent[] = "signature";

const ledger::Table<store::v1::EvidenceRecord>& EvidenceTable();
const ledger::Table<store::v1::CrlRecord>& CrlTable();

}  // namespace jodal::signature

#endif  // JODAL_SERVICES_SIGNATURE_STORE_SIGNATURE_STORE_H_
