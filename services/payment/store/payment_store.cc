#include "services/payment/store/payment_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/ledger/chunked.h"
#include "common/ledger/table.h"
#include "common/status/macros.h"
#include "services/payment/errors.h"

namespace jodal::payment {
namespace {

using store::v1::DirectoryRecord;
using store::v1::SupplierRecord;

// Tables live for ever: destructors would race with threads at the end of the process.
const ledger::Table<SupplierRecord>& Suppliers() {
  static const auto* table = new ledger::Table<SupplierRecord>("supplier/");
  return *table;
}
const ledger::Table<AccountRecord>& Accounts() {
  static const auto* table = new ledger::Table<AccountRecord>("account/");
  return *table;
}
const ledger::Table<ContractRecord>& Contracts() {
  static const auto* table = new ledger::Table<ContractRecord>("contract/");
  return *table;
}
const ledger::Table<PaymentRecord>& Payments() {
  static const auto* table = new ledger::Table<PaymentRecord>("payment/");
  return *table;
}
const ledger::Table<DirectoryRecord>& Directory() {
  static const auto* table = new ledger::Table<DirectoryRecord>(
      absl::StrCat(ledger::kHousekeepingPrefix, "contract/supplier/"));
  return *table;
}

std::string KeyOf(const AccountKey& key) {
  return absl::StrFormat("%s/%06d", key.supplier_id, key.version);
}
std::string KeyOf(const ContractKey& key) {
  return absl::StrCat(key.supplier_id, "/", key.contract_id);
}
std::string PaymentKey(const ContractKey& key, int sequence) {
  return absl::StrFormat("%s/%06d", KeyOf(key), sequence);
}
std::string DocumentKey(const PaymentRecord& record, int number) {
  return absl::StrFormat("document/%s/%06d", record.payment().payment_id(), number);
}

}  // namespace

absl::StatusOr<Versions> LoadVersions(const kv::Reader& reader, absl::string_view supplier_id) {
  ASSIGN_OR_RETURN(const auto record, Suppliers().Find(reader, supplier_id));
  Versions out;
  if (!record.has_value()) return out;
  out.latest = record->latest_version();
  out.active = record->active_version();
  out.pending = record->pending_version();
  out.pending_approved = record->pending_approved();
  if (out.pending_approved) {
    out.pending_effective = absl::FromUnixNanos(record->pending_effective_time_ns());
  }
  return out;
}

void PutVersions(ledger::Txn& txn, absl::string_view supplier_id, const Versions& versions) {
  SupplierRecord record;
  record.set_supplier_id(std::string(supplier_id));
  record.set_latest_version(versions.latest);
  record.set_active_version(versions.active);
  record.set_pending_version(versions.pending);
  record.set_pending_approved(versions.pending_approved);
  if (versions.pending_approved) {
    record.set_pending_effective_time_ns(absl::ToUnixNanos(versions.pending_effective));
  }
  Suppliers().Put(txn, supplier_id, record);
}

absl::StatusOr<AccountRecord> LoadAccount(const kv::Reader& reader, const AccountKey& key) {
  ASSIGN_OR_RETURN(auto record, Accounts().Find(reader, KeyOf(key)));
  if (!record.has_value()) return RecordsDamagedError();
  return *std::move(record);
}

absl::Status PutAccount(ledger::Txn& txn, AccountRecord* record,
                        const document::v1::StoredDocument& document) {
  const std::string key = KeyOf(AccountKey{record->supplier_id(), record->account_version()});
  RETURN_IF_ERROR(
      ledger::PutChunked(txn, absl::StrFormat("account-document/%s/%06d", key, record->documents()),
                         document.SerializeAsString()));
  record->set_documents(record->documents() + 1);
  Accounts().Put(txn, key, *record);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ContractRecord>> FindContract(const kv::Reader& reader,
                                                           const ContractKey& key) {
  return Contracts().Find(reader, KeyOf(key));
}
void PutContract(ledger::Txn& txn, const ContractRecord& record) {
  Contracts().Put(txn, KeyOf(ContractKey{record.supplier_id(), record.contract_id()}), record);
}

absl::StatusOr<std::optional<PaymentRecord>> FindPayment(const kv::Reader& reader,
                                                         const ContractKey& key, int sequence) {
  return Payments().Find(reader, PaymentKey(key, sequence));
}
void PutPayment(ledger::Txn& txn, const PaymentRecord& record) {
  const auto& payment = record.payment();
  Payments().Put(
      txn, PaymentKey({payment.supplier_id(), payment.contract_id()}, payment.sequence()), record);
}
absl::Status PutPayment(ledger::Txn& txn, PaymentRecord* record,
                        const document::v1::StoredDocument& document) {
  RETURN_IF_ERROR(ledger::PutChunked(txn, DocumentKey(*record, record->documents()),
                                     document.SerializeAsString()));
  record->set_documents(record->documents() + 1);
  PutPayment(txn, *record);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PaymentRecord>> ListPayments(const kv::Reader& reader,
                                                        const ContractKey& key,
                                                        const PaymentPage& page) {
  ASSIGN_OR_RETURN(auto rows,
                   Payments().List(reader, absl::StrCat(KeyOf(key), "/"),
                                   page.after == 0 ? "" : PaymentKey(key, page.after), page.limit));
  std::vector<PaymentRecord> out;
  out.reserve(rows.size());
  for (auto& row : rows) out.push_back(std::move(row.record));
  return out;
}

absl::StatusOr<std::vector<document::v1::StoredDocument>> LoadDocuments(
    const kv::Reader& reader, const PaymentRecord& record) {
  std::vector<document::v1::StoredDocument> out(record.documents());
  for (int i = 0; i < record.documents(); ++i) {
    ASSIGN_OR_RETURN(const auto bytes, ledger::GetChunked(reader, DocumentKey(record, i)));
    if (!bytes.has_value() || !out[i].ParseFromString(*bytes)) return RecordsDamagedError();
  }
  return out;
}

absl::StatusOr<std::optional<std::string>> FindSupplier(const kv::Reader& reader,
                                                        absl::string_view contract_id) {
  ASSIGN_OR_RETURN(const auto record, Directory().Find(reader, contract_id));
  if (!record.has_value()) return std::optional<std::string>();
  return std::optional<std::string>(record->supplier_id());
}
void PutSupplier(ledger::Txn& txn, const ContractKey& key) {
  DirectoryRecord record;
  record.set_supplier_id(std::string(key.supplier_id));
  Directory().Put(txn, key.contract_id, record);
}

}  // namespace jodal::payment
