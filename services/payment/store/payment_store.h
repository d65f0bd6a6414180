// The tables of the payment service.
//
// Accounts and payments of a supplier lie in the shard of the supplier's id, so that one commit
// sees both: no change of account slips between an approval and its order. Keys there:
//
//   "account/" supplier                               AccountRecord
//   "account-document/" supplier "/" %06d             StoredDocument; not served
//   "contract/" supplier "/" contract                 ContractRecord
//   "payment/" supplier "/" contract "/" %06d         PaymentRecord by sequence
//   "document/" payment id "/" %06d                   StoredDocument, in the order of their commits
//
// A request names a payment or a contract. Whose shard that is says the directory, in the shard of
// the contract id: "~follower/contract/supplier/" contract → DirectoryRecord. It only repeats what
// the contract log says (each contract has one supplier), so it is written as the follower's
// housekeeping, before the contract's first payment.
//
// Errors: DATA_LOSS of damaged records, the store's own.
#ifndef JODAL_SERVICES_PAYMENT_STORE_PAYMENT_STORE_H_
#define JODAL_SERVICES_PAYMENT_STORE_PAYMENT_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "jodal/document/v1/signed.pb.h"
#include "jodal/payment/store/v1/payment_store.pb.h"

namespace jodal::payment {

using store::v1::AccountRecord;
using store::v1::ContractRecord;
using store::v1::PaymentRecord;

// ---- accounts
absl::StatusOr<std::optional<AccountRecord>> FindAccount(const kv::Reader& reader,
                                                         absl::string_view supplier_id);
// Keeps `document` as the record's next one and writes the record.
absl::Status PutAccount(ledger::Txn& txn, AccountRecord* record,
                        const document::v1::StoredDocument& document);

// ---- payments
struct ContractKey {
  absl::string_view supplier_id;
  absl::string_view contract_id;
};
absl::StatusOr<std::optional<ContractRecord>> FindContract(const kv::Reader& reader,
                                                           const ContractKey& key);
void PutContract(ledger::Txn& txn, const ContractRecord& record);

absl::StatusOr<std::optional<PaymentRecord>> FindPayment(const kv::Reader& reader,
                                                         const ContractKey& key, int sequence);
void PutPayment(ledger::Txn& txn, const PaymentRecord& record);
// Keeps `document` as the record's next one and writes the record.
absl::Status PutPayment(ledger::Txn& txn, PaymentRecord* record,
                        const document::v1::StoredDocument& document);
struct PaymentPage {
  int after = 0;  // sequence, exclusive
  size_t limit = 0;
};
absl::StatusOr<std::vector<PaymentRecord>> ListPayments(const kv::Reader& reader,
                                                        const ContractKey& key,
                                                        const PaymentPage& page);
absl::StatusOr<std::vector<document::v1::StoredDocument>> LoadDocuments(
    const kv::Reader& reader, const PaymentRecord& record);

// ---- directory, in the shard of the contract id
absl::StatusOr<std::optional<std::string>> FindSupplier(const kv::Reader& reader,
                                                        absl::string_view contract_id);
void PutSupplier(ledger::Txn& txn, const ContractKey& key);

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_STORE_PAYMENT_STORE_H_
