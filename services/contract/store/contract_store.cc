#include "services/contract/store/contract_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/ledger/journal.h"
#include "common/ledger/table.h"
#include "common/status/macros.h"
#include "procurement/stores.h"
#include "services/contract/domain/contract_id.h"
#include "services/contract/errors.h"

namespace jodal::contract {
namespace {

using store::v1::PartyRow;

const ledger::Table<ContractRecord>& Contracts() {
  static const auto* table = new ledger::Table<ContractRecord>(procurement::kContractTable);
  return *table;
}
const ledger::Table<PartyRow>& Parties() {
  static const auto* table = new ledger::Table<PartyRow>(procurement::kContractPartyTable);
  return *table;
}
const ledger::Table<PartyRow>& Lots() {
  static const auto* table = new ledger::Table<PartyRow>(procurement::kContractLotTable);
  return *table;
}
const ledger::Table<store::v1::NumberRecord>& Numbers() {
  static const auto* table = new ledger::Table<store::v1::NumberRecord>("number/");
  return *table;
}
std::string LotKey(const LotOf& of) { return absl::StrFormat("%s/%03d", of.tender_id, of.lot); }
const ledger::Journal& Documents() {
  static const auto* journal = new ledger::Journal(procurement::kContractDocuments);
  return *journal;
}
absl::Status Damaged(absl::string_view contract_id) {
  return MakeError(kErrors["STORED_RECORD_DAMAGED"],
                   absl::StrCat("the records of contract ", contract_id, " do not fit together"));
}

}  // namespace

absl::StatusOr<std::optional<ContractRecord>> FindContract(const kv::Reader& reader,
                                                           absl::string_view contract_id) {
  return Contracts().Find(reader, contract_id);
}

absl::StatusOr<std::string> AllocateContractId(ledger::Txn& txn, uint16_t shard, int64_t year) {
  const std::string key = absl::StrCat(year);
  ASSIGN_OR_RETURN(auto record, Numbers().Find(txn, key));
  if (!record.has_value()) record.emplace();
  // One number in kShards is this shard's.
  for (int64_t number = record->next(); number < kContractNumbers; ++number) {
    std::string id = ContractId(year, number);
    if (ledger::ShardOf(id) != shard) continue;
    record->set_next(number + 1);
    Numbers().Put(txn, key, *record);
    return id;
  }
  return ContractNumbersExhaustedError();
}

void PutNewContract(ledger::Txn& txn, const ContractRecord& record) {
  const std::string& id = record.contract().contract_id();
  Contracts().Put(txn, id, record);
  PartyRow row;
  row.set_contract_id(id);
  Lots().Put(txn, LotKey({record.contract().tender_id(), record.contract().lot()}), row);
  for (const std::string& party :
       {record.contract().agency_id(), record.contract().supplier_id()}) {
    Parties().Put(txn, absl::StrCat(party, "/", id), row);
  }
}

absl::StatusOr<std::string> FindContractOfLot(const kv::Reader& reader, const LotOf& of) {
  ASSIGN_OR_RETURN(const auto row, Lots().Find(reader, LotKey(of)));
  return row.has_value() ? row->contract_id() : "";
}

absl::StatusOr<std::vector<ContractRecord>> ListOfTender(const kv::Reader& reader,
                                                         absl::string_view tender_id,
                                                         size_t limit) {
  ASSIGN_OR_RETURN(const auto rows, Lots().List(reader, absl::StrCat(tender_id, "/"), "", limit));
  std::vector<ContractRecord> out;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(auto record, Contracts().Find(reader, row.record.contract_id()));
    if (!record.has_value()) return Damaged(row.record.contract_id());
    out.push_back(*std::move(record));
  }
  return out;
}

absl::Status PutContract(ledger::Txn& txn, ContractRecord* record,
                         const document::v1::StoredDocument& document) {
  RETURN_IF_ERROR(Documents().Put(txn, {record->contract().contract_id(), record->documents()},
                                  document.SerializeAsString()));
  record->set_documents(record->documents() + 1);
  Contracts().Put(txn, record->contract().contract_id(), *record);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<document::v1::StoredDocument>> LoadDocuments(
    const kv::Reader& reader, const ContractRecord& record) {
  std::vector<document::v1::StoredDocument> out(record.documents());
  for (int i = 0; i < record.documents(); ++i) {
    ASSIGN_OR_RETURN(const auto bytes,
                     Documents().Get(reader, {record.contract().contract_id(), i}));
    if (!bytes.has_value() || !out[i].ParseFromString(*bytes)) {
      return Damaged(record.contract().contract_id());
    }
  }
  return out;
}

absl::StatusOr<std::vector<ContractRecord>> ListOfParty(const kv::Reader& reader,
                                                        const PartyPage& page) {
  const std::string prefix = absl::StrCat(page.organization_id, "/");
  ASSIGN_OR_RETURN(
      const auto rows,
      Parties().List(reader, prefix, page.after.empty() ? "" : absl::StrCat(prefix, page.after),
                     page.limit));
  std::vector<ContractRecord> out;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(auto record, Contracts().Find(reader, row.record.contract_id()));
    if (!record.has_value()) return Damaged(row.record.contract_id());
    out.push_back(*std::move(record));
  }
  return out;
}

}  // namespace jodal::contract
