// Bank accounts and payments, by the documents that act on them. What a payment may be depends on
// the supplier's account at that moment, so those of one supplier are folded together.
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/fold.h"
#include "common/document/json.h"
#include "common/ledger/ledger.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/payment/store/v1/payment_store.pb.h"
#include "procurement/acts/account.h"
#include "procurement/acts/payment.h"
#include "procurement/stores.h"

namespace jodal::install {
namespace {

using payment::store::v1::AccountRecord;
using payment::store::v1::ContractRecord;
using payment::store::v1::DirectoryRecord;
using payment::store::v1::PaymentRecord;
using Events = std::vector<event::v1::Event>;

// What one supplier's documents have made so far.
struct Supplier {
  AccountRecord account;
  std::map<std::string, PaymentRecord> payments;    // by id
  std::map<std::string, ContractRecord> contracts;  // by id
};

class Payments : public Fold {
 public:
  explicit Payments(std::string system) : system_(std::move(system)) {}

  std::string GroupOf(const event::v1::Event& event) override {
    if (event.has_account_acted()) return event.account_acted().supplier_id();
    if (event.has_payable_recorded()) {
      const auto& recorded = event.payable_recorded();
      suppliers_[recorded.payment_id()] = recorded.supplier_id();
      return recorded.supplier_id();
    }
    const std::string& payment = event.has_payment_ordered() ? event.payment_ordered().payment_id()
                                                             : event.payment_acted().payment_id();
    const auto known = suppliers_.find(payment);
    return known == suppliers_.end() ? "" : known->second;
  }

  absl::Status Run(const FoldGroup& group, FoldOutput& out) override {
    const uint16_t shard = ledger::ShardOf(group.name);
    Supplier supplier;
    supplier.account.mutable_account()->set_supplier_id(group.name);
    Events due;  // what the log must say next of the act before
    for (const FoldEntry& entry : group.entries) {
      if (entry.event.has_payable_recorded()) {
        Record(entry.event.payable_recorded(), supplier);
        continue;
      }
      const std::string subject = SubjectOf(entry.event);
      if (due.empty()) {
        ASSIGN_OR_RETURN(const auto document, DocumentOf(entry, subject, shard, supplier, out));
        if (!document.has_value()) return absl::OkStatus();
        auto events = Step(*document, entry, supplier);
        if (!events.ok()) {
          out.Differs({subject, absl::StrCat("entry ", entry.seq), entry.event.ShortDebugString(),
                       events.status().ToString()});
          return absl::OkStatus();
        }
        due = *std::move(events);
      }
      if (due.front().SerializeAsString() != entry.event.SerializeAsString()) {
        out.Differs({subject, absl::StrCat("entry ", entry.seq), entry.event.ShortDebugString(),
                     due.front().ShortDebugString()});
        return absl::OkStatus();
      }
      due.erase(due.begin());
    }
    if (supplier.account.documents() > 0) {
      out.Expect(absl::StrCat("account of ", group.name), shard,
                 absl::StrCat(procurement::kAccountTable, group.name), supplier.account);
    }
    for (const auto& [id, record] : supplier.payments) {
      out.Expect(absl::StrCat("payment ", id), shard,
                 absl::StrFormat("%s%s/%s/%06d", procurement::kPaymentTable, group.name,
                                 record.payment().payment().contract_id(),
                                 record.payment().payment().sequence()),
                 record);
    }
    DirectoryRecord directory;
    directory.set_supplier_id(group.name);
    for (const auto& [id, record] : supplier.contracts) {
      out.Expect(absl::StrCat("payments of contract ", id), shard,
                 absl::StrCat(procurement::kPaidContractTable, group.name, "/", id), record);
      out.Expect(absl::StrCat("supplier of contract ", id), ledger::ShardOf(id),
                 absl::StrCat(procurement::kPaymentDirectoryTable, id), directory);
    }
    return absl::OkStatus();
  }

  std::vector<std::string> Tables() const override {
    return {procurement::kAccountTable, procurement::kPaidContractTable, procurement::kPaymentTable,
            procurement::kPaymentDirectoryTable};
  }
  std::set<std::string> Confidential() const override { return {"account_number", "holder"}; }

 private:
  static std::string SubjectOf(const event::v1::Event& event) {
    if (event.has_account_acted()) {
      return absl::StrCat("account of ", event.account_acted().supplier_id());
    }
    return absl::StrCat("payment ", event.has_payment_ordered()
                                        ? event.payment_ordered().payment_id()
                                        : event.payment_acted().payment_id());
  }

  static void Record(const event::v1::PayableRecorded& recorded, Supplier& supplier) {
    ContractRecord& contract = supplier.contracts[recorded.contract_id()];
    contract.set_contract_id(recorded.contract_id());
    contract.set_tender_id(recorded.tender_id());
    contract.set_supplier_id(recorded.supplier_id());
    contract.set_agency_id(recorded.agency_id());
    contract.set_currency(recorded.currency());
    contract.add_deliveries(recorded.delivery());
    *supplier.payments[recorded.payment_id()].mutable_payment() =
        procurement::PaymentFrom(recorded);
  }

  // The document that the entry is of; it is counted.
  static absl::StatusOr<std::optional<document::v1::StoredDocument>> DocumentOf(
      const FoldEntry& entry, const std::string& subject, uint16_t shard, Supplier& supplier,
      FoldOutput& out) {
    if (entry.event.has_account_acted()) {
      const auto& said = entry.event.account_acted();
      const int number = supplier.account.documents();
      supplier.account.set_documents(number + 1);
      return out.Document(
          {subject, shard, procurement::kAccountDocuments, said.supplier_id(), number},
          said.document_sha256());
    }
    const auto& said = entry.event.payment_acted();
    PaymentRecord& record = supplier.payments[said.payment_id()];
    const int number = record.documents();
    record.set_documents(number + 1);
    return out.Document({subject, shard, procurement::kPaymentDocuments, said.payment_id(), number},
                        said.document_sha256());
  }

  absl::StatusOr<Events> Step(const document::v1::StoredDocument& stored, const FoldEntry& entry,
                              Supplier& supplier) const {
    absl::StatusOr<Events> events = absl::UnknownError("no document of this kind");
    payment::v1::AccountCase& account = *supplier.account.mutable_account();
    const auto& of_account = entry.event.account_acted();
    const auto& of_payment = entry.event.payment_acted();
    procurement::VisitKind(
        procurement::AccountDocuments(), of_account.kind(),
        [&]<typename Doc>(const procurement::Act&) {
          events = [&]() -> absl::StatusOr<Events> {
            Doc doc;
            RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &doc));
            const procurement::Actor signer = SignerOf(doc.signer());
            ASSIGN_OR_RETURN(auto event, procurement::ApplyToAccount(
                                             doc, {of_account.document_sha256(), entry.arrival},
                                             &signer, account));
            return Events{std::move(event)};
          }();
        });
    procurement::VisitKind(
        procurement::PaymentDocuments(), of_payment.kind(),
        [&]<typename Doc>(const procurement::Act&) {
          events = [&]() -> absl::StatusOr<Events> {
            Doc doc;
            RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &doc));
            const procurement::Actor signer = SignerOf(doc.signer());
            procurement::PaymentFacts facts;
            facts.sha256 = of_payment.document_sha256();
            facts.arrival = entry.arrival;
            facts.system = system_;
            facts.account = procurement::At(account, entry.arrival);
            facts.signer = signer.person_id;
            return procurement::ApplyToPayment(
                doc, facts, &signer, *supplier.payments[of_payment.payment_id()].mutable_payment());
          }();
        });
    return events;
  }

  const std::string system_;
  std::map<std::string, std::string> suppliers_;  // by payment
};

}  // namespace

std::unique_ptr<Fold> PaymentFold(const std::string& system) {
  return std::make_unique<Payments>(system);
}

}  // namespace jodal::install
