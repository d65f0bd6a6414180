// The tables of the contract service. Everything about a contract lies in the shard of its id,
// which is that of its tender's id as well: of all numbers a shard gives out those that are its
// own.
//
//   "contract/" contract id                    ContractRecord
//   "number/" year                             NumberRecord
//   "lot/" tender id "/" %03d lot              PartyRow: the contract of a lot
//   "party/" organisation id "/" contract id   PartyRow: the contracts of an organisation here
//   "document/" contract id "/" %06d           StoredDocument, in the order of their commits
//
// Errors: DATA_LOSS of damaged records, the store's own.
#ifndef JODAL_SERVICES_CONTRACT_STORE_CONTRACT_STORE_H_
#define JODAL_SERVICES_CONTRACT_STORE_CONTRACT_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "jodal/contract/store/v1/contract_store.pb.h"
#include "jodal/document/v1/signed.pb.h"

namespace jodal::contract {

using store::v1::ContractRecord;

absl::StatusOr<std::optional<ContractRecord>> FindContract(const kv::Reader& reader,
                                                           absl::string_view contract_id);

// The next contract number of the year that lies in the shard of the transaction.
// RESOURCE_EXHAUSTED CONTRACT_NUMBERS_EXHAUSTED.
absl::StatusOr<std::string> AllocateContractId(ledger::Txn& txn, uint16_t shard, int64_t year);

// A new contract and its place in the lists of its tender and of both parties.
void PutNewContract(ledger::Txn& txn, const ContractRecord& record);

// "" if the lot has no contract.
struct LotOf {
  absl::string_view tender_id;
  int lot = 0;
};
absl::StatusOr<std::string> FindContractOfLot(const kv::Reader& reader, const LotOf& of);
// In the order of the lots.
absl::StatusOr<std::vector<ContractRecord>> ListOfTender(const kv::Reader& reader,
                                                         absl::string_view tender_id, size_t limit);

// Keeps `document` as the record's next one, counts it there and writes the record.
absl::Status PutContract(ledger::Txn& txn, ContractRecord* record,
                         const document::v1::StoredDocument& document);

absl::StatusOr<std::vector<document::v1::StoredDocument>> LoadDocuments(
    const kv::Reader& reader, const ContractRecord& record);

struct PartyPage {
  absl::string_view organization_id;
  absl::string_view after;  // contract id, exclusive; "" from the start
  size_t limit = 0;
};
// Ascending by id, of one shard.
absl::StatusOr<std::vector<ContractRecord>> ListOfParty(const kv::Reader& reader,
                                                        const PartyPage& page);

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_STORE_CONTRACT_STORE_H_
