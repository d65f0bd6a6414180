#include "services/payment/store/payment_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/ledger/journal.h"
#include "common/ledger/table.h"
#include "common/status/macros.h"
#include "procurement/stores.h"
#include "services/payment/errors.h"

namespace jodal::payment {
namespace {

using store::v1::DirectoryRecord;

// Tables live for ever: destructors would race with threads at the end of the process.
const ledger::Table<AccountRecord>& Accounts() {
  static const auto* table = new ledger::Table<AccountRecord>(procurement::kAccountTable);
  return *table;
}
const ledger::Table<ContractRecord>& Contracts() {
  static const auto* table = new ledger::Table<ContractRecord>(procurement::kPaidContractTable);
  return *table;
}
const ledger::Table<PaymentRecord>& Payments() {
  static const auto* table = new ledger::Table<PaymentRecord>(procurement::kPaymentTable);
  return *table;
}
const ledger::Table<DirectoryRecord>& Directory() {
  static const auto* table =
      new ledger::Table<DirectoryRecord>(procurement::kPaymentDirectoryTable);
  return *table;
}

std::string KeyOf(const ContractKey& key) {
  return absl::StrCat(key.supplier_id, "/", key.contract_id);
}
std::string PaymentKey(const ContractKey& key, int sequence) {
  return absl::StrFormat("%s/%06d", KeyOf(key), sequence);
}
const ledger::Journal& AccountDocuments() {
  static const auto* journal = new ledger::Journal(procurement::kAccountDocuments);
  return *journal;
}
const ledger::Journal& Documents() {
  static const auto* journal = new ledger::Journal(procurement::kPaymentDocuments);
  return *journal;
}

}  // namespace

absl::StatusOr<std::optional<AccountRecord>> FindAccount(const kv::Reader& reader,
                                                         absl::string_view supplier_id) {
  return Accounts().Find(reader, supplier_id);
}

absl::Status PutAccount(ledger::Txn& txn, AccountRecord* record,
                        const document::v1::StoredDocument& document) {
  const std::string& supplier = record->account().supplier_id();
  RETURN_IF_ERROR(
      AccountDocuments().Put(txn, {supplier, record->documents()}, document.SerializeAsString()));
  record->set_documents(record->documents() + 1);
  Accounts().Put(txn, supplier, *record);
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
  const auto& payment = record.payment().payment();
  Payments().Put(
      txn, PaymentKey({payment.supplier_id(), payment.contract_id()}, payment.sequence()), record);
}
absl::Status PutPayment(ledger::Txn& txn, PaymentRecord* record,
                        const document::v1::StoredDocument& document) {
  RETURN_IF_ERROR(Documents().Put(txn,
                                  {record->payment().payment().payment_id(), record->documents()},
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
    ASSIGN_OR_RETURN(const auto bytes,
                     Documents().Get(reader, {record.payment().payment().payment_id(), i}));
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
