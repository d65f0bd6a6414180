#include "services/payment/engine/payment_engine.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/acts/account.h"
#include "procurement/acts/payment.h"
#include "procurement/acts/payment_id.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/kit/page.h"
#include "services/payment/domain/mask.h"
#include "services/payment/errors.h"
#include "services/payment/limits.h"
#include "services/payment/store/payment_store.h"

namespace jodal::payment {
namespace {

using Message = event::v1::Event;

std::string NameOf(const v1::Payment& payment) {
  return kit::PaymentName(payment.tender_id(), payment.contract_id(), payment.payment_id());
}

v1::Account ToApi(const std::string& supplier_id, const v1::AccountCase::Version& version,
                  v1::Account::State state) {
  v1::Account out;
  out.set_supplier_id(supplier_id);
  out.set_account_version(version.account_version());
  out.set_state(state);
  out.set_account_sha256(version.account_sha256());
  out.set_effective_time_ns(version.effective_time_ns());
  out.set_bank_id(version.bank_id());
  out.set_masked_number(MaskAccountNumber(version.account_number()));
  return out;
}
v1::Account Latest(const v1::AccountCase& account) {
  return ToApi(account.supplier_id(), account.has_pending() ? account.pending() : account.active(),
               account.state());
}

// The supplier that a contract's payments lie with.
absl::StatusOr<std::string> SupplierOf(const host::ModuleContext& context,
                                       absl::string_view contract_id) {
  std::string supplier;
  RETURN_IF_ERROR(context.ledger->View(
      ledger::ShardOf(contract_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto found, FindSupplier(reader, contract_id));
        if (!found.has_value()) return PaymentNotFoundError();
        supplier = *found;
        return absl::OkStatus();
      }));
  return supplier;
}

absl::StatusOr<PaymentRecord> LoadPayment(const kv::Reader& reader, const ContractKey& key,
                                          int sequence) {
  ASSIGN_OR_RETURN(auto record, FindPayment(reader, key, sequence));
  if (!record.has_value()) return PaymentNotFoundError();
  return *std::move(record);
}

// Reads one payment by its id; `body` runs on the same snapshot.
template <typename Body>
absl::Status ViewPayment(const host::ModuleContext& context, absl::string_view payment_id,
                         Body body) {
  const auto name = procurement::ParsePaymentId(payment_id);
  if (!name.has_value()) return PaymentNotFoundError();
  ASSIGN_OR_RETURN(const std::string supplier, SupplierOf(context, name->contract_id));
  return context.ledger->View(
      ledger::ShardOf(supplier), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const PaymentRecord record,
                         LoadPayment(reader, {supplier, name->contract_id}, name->sequence));
        return body(reader, record);
      });
}

// One act on one payment, found in the contract that `contract_of` names, under the number that
// `locate` gives. Everything else is the same for all.
template <typename Doc, typename Request, typename Response, typename ContractOf, typename Locate>
absl::Status RunOnPayment(const host::ModuleContext& context, const rpc::Call& call,
                          const Request& request, Response* response, ContractOf contract_of,
                          Locate locate) {
  const procurement::Act& row = *procurement::ActOf(*Doc::descriptor());
  ASSIGN_OR_RETURN(const procurement::Actor actor, kit::Admit(row, call));
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), row.kind(), response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<std::string>> {
        RETURN_IF_ERROR(kit::CheckSize(row, act));
        RETURN_IF_ERROR(procurement::CheckShape(act.document));
        ASSIGN_OR_RETURN(const std::string supplier,
                         SupplierOf(context, contract_of(act.document)));
        return kit::Prepared<std::string>{supplier, supplier};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const std::string& supplier,
          Response* r) -> absl::Status {
        const std::string contract_id = contract_of(act.document);
        const ContractKey key = {supplier, contract_id};
        ASSIGN_OR_RETURN(const int sequence, locate(txn, key, act.document));
        ASSIGN_OR_RETURN(PaymentRecord record, LoadPayment(txn, key, sequence));
        ASSIGN_OR_RETURN(const auto account, FindAccount(txn, supplier));
        procurement::PaymentFacts facts;
        facts.sha256 = act.sha256;
        facts.arrival = call.arrival;
        facts.system = context.system;
        facts.signer = actor.person_id;
        if (account.has_value()) facts.account = procurement::At(account->account(), call.arrival);
        ASSIGN_OR_RETURN(
            const std::vector<Message> events,
            procurement::ApplyToPayment(act.document, facts, &actor, *record.mutable_payment()));
        RETURN_IF_ERROR(PutPayment(txn, &record, act.stored));
        const v1::Payment& payment = record.payment().payment();
        for (const Message& event : events) {
          txn.Emit(kit::PublicEvent(event, NameOf(payment), row.actor(), call.arrival));
        }
        *r->mutable_payment() = payment;
        return absl::OkStatus();
      });
}

// For documents that name their payment.
template <typename Doc>
std::string ContractOfPayment(const Doc& doc) {
  const auto name = procurement::ParsePaymentId(doc.payment_id());
  return name.has_value() ? name->contract_id : "";
}
template <typename Doc>
absl::StatusOr<int> SequenceOfPayment(const kv::Reader&, const ContractKey&, const Doc& doc) {
  const auto name = procurement::ParsePaymentId(doc.payment_id());
  if (!name.has_value()) return PaymentNotFoundError();
  return name->sequence;
}

// One act on the accounts of the supplier that its document names. `check` looks at the document
// before the transaction.
template <typename Doc, typename Request, typename Response, typename Check>
absl::Status RunOnAccount(const host::ModuleContext& context, const rpc::Call& call,
                          const Request& request, Response* response, Check check) {
  const procurement::Act& row = *procurement::ActOf(*Doc::descriptor());
  ASSIGN_OR_RETURN(const procurement::Actor actor, kit::Admit(row, call));
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), row.kind(), response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<>> {
        RETURN_IF_ERROR(kit::CheckSize(row, act));
        RETURN_IF_ERROR(procurement::CheckShape(act.document));
        RETURN_IF_ERROR(check(act.document));
        return kit::InShardOf(act.document.supplier_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, Response* r) -> absl::Status {
        const std::string& supplier = act.document.supplier_id();
        ASSIGN_OR_RETURN(auto found, FindAccount(txn, supplier));
        AccountRecord record = std::move(found).value_or(AccountRecord());
        v1::AccountCase& account = *record.mutable_account();
        account.set_supplier_id(supplier);
        ASSIGN_OR_RETURN(
            const Message event,
            procurement::ApplyToAccount(act.document, {act.sha256, call.arrival}, &actor, account));
        RETURN_IF_ERROR(PutAccount(txn, &record, act.stored));
        txn.Emit(
            kit::PublicEvent(event, kit::OrganizationName(supplier), row.actor(), call.arrival));
        *r->mutable_account() = Latest(account);
        return absl::OkStatus();
      });
}

}  // namespace

absl::StatusOr<std::optional<ledger::FollowUpdate>> PaymentEngine::OnContractEntry(
    const ledger::LoggedEntry& entry) const {
  log::v1::Entry head;
  if (!head.ParseFromString(entry.entry)) return InspectionMalformedError("entry");
  if (head.type() != kContractType) return std::nullopt;
  ASSIGN_OR_RETURN(const Message event, kit::ParseEvent(entry.body));
  if (!event.has_contract_acted()) return InspectionMalformedError("body");
  const event::v1::ContractActed inspected = event.contract_acted();
  if (inspected.delivery_state() != "ACCEPTED") return std::nullopt;
  // Refused here if it is: the number follows in the transaction.
  RETURN_IF_ERROR(procurement::RecordPayable(inspected, 1).status());

  ledger::UpdateRequest directory;
  directory.shard = ledger::ShardOf(inspected.contract_id());
  directory.housekeeping = true;
  RETURN_IF_ERROR(
      context_.ledger
          ->Update(directory,
                   [&](ledger::Txn& txn) -> absl::Status {
                     ASSIGN_OR_RETURN(const auto known, FindSupplier(txn, inspected.contract_id()));
                     if (!known.has_value()) {
                       PutSupplier(txn, {inspected.supplier_id(), inspected.contract_id()});
                     } else if (*known != inspected.supplier_id()) {
                       return InspectionMalformedError("supplierId");
                     }
                     return absl::OkStatus();
                   })
          .status());

  ledger::FollowUpdate update;
  update.shard = ledger::ShardOf(inspected.supplier_id());
  update.body = [inspected](ledger::Txn& txn) -> absl::Status {
    ASSIGN_OR_RETURN(auto found,
                     FindContract(txn, {inspected.supplier_id(), inspected.contract_id()}));
    ContractRecord contract;
    if (found.has_value()) {
      contract = *std::move(found);
    } else {
      contract.set_contract_id(inspected.contract_id());
      contract.set_tender_id(inspected.tender_id());
      contract.set_supplier_id(inspected.supplier_id());
      contract.set_agency_id(inspected.agency_id());
      contract.set_currency(inspected.currency());
    }
    const auto& paid = contract.deliveries();
    if (std::find(paid.begin(), paid.end(), inspected.delivery()) != paid.end()) {
      return absl::OkStatus();
    }
    contract.add_deliveries(inspected.delivery());
    PutContract(txn, contract);

    ASSIGN_OR_RETURN(const event::v1::PayableRecorded recorded,
                     procurement::RecordPayable(inspected, contract.deliveries_size()));
    PaymentRecord record;
    *record.mutable_payment() = procurement::PaymentFrom(recorded);
    PutPayment(txn, record);
    Message event;
    *event.mutable_payable_recorded() = recorded;
    txn.Emit(kit::PublicEvent(event, NameOf(record.payment().payment()), "system"));
    return absl::OkStatus();
  };
  return update;
}

absl::Status PaymentEngine::SubmitAccount(const rpc::Call& call,
                                          const v1::SubmitAccountRequest& request,
                                          v1::SubmitAccountResponse* response) const {
  using Doc = document::v1::BankAccount;
  return RunOnAccount<Doc>(context_, call, request, response, [&](const Doc& doc) {
    return doc.bank_id().empty() ? BankUnknownError() : banks_.CheckBank(doc.bank_id());
  });
}

absl::Status PaymentEngine::ApproveAccount(const rpc::Call& call,
                                           const v1::ApproveAccountRequest& request,
                                           v1::ApproveAccountResponse* response) const {
  using Doc = document::v1::BankAccountApproval;
  return RunOnAccount<Doc>(context_, call, request, response,
                           [](const Doc&) { return absl::OkStatus(); });
}

absl::Status PaymentEngine::GetAccount(const rpc::Call& call, const v1::GetAccountRequest& request,
                                       v1::GetAccountResponse* response) const {
  const rpc::Principal& user = call.caller.user;
  const std::string& supplier = request.supplier_id();
  if (!call.caller.IsUser() || (user.organization_id != supplier && !user.HasRole("paymaster") &&
                                !user.HasRole("auditor"))) {
    return NotAllowedError();
  }
  return context_.ledger->View(
      ledger::ShardOf(supplier), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto record, FindAccount(reader, supplier));
        if (!record.has_value()) return AccountNotFoundError();
        const v1::AccountCase account = procurement::At(record->account(), call.arrival);
        *response->mutable_active() = ToApi(supplier, account.active(), v1::Account::ACTIVE);
        if (account.has_pending()) *response->mutable_pending() = Latest(account);
        return absl::OkStatus();
      });
}

absl::Status PaymentEngine::CreateInvoice(const rpc::Call& call,
                                          const v1::CreateInvoiceRequest& request,
                                          v1::CreateInvoiceResponse* response) const {
  using Doc = document::v1::Invoice;
  return RunOnPayment<Doc>(
      context_, call, request, response, [](const Doc& d) { return d.contract_id(); },
      [](const kv::Reader& reader, const ContractKey& key, const Doc& d) -> absl::StatusOr<int> {
        ASSIGN_OR_RETURN(const auto contract, FindContract(reader, key));
        if (!contract.has_value()) return PaymentNotFoundError();
        const auto& paid = contract->deliveries();
        const auto it = std::find(paid.begin(), paid.end(), d.delivery());
        if (it == paid.end()) return PaymentNotFoundError();
        return static_cast<int>(it - paid.begin()) + 1;
      });
}

absl::Status PaymentEngine::ApprovePayment(const rpc::Call& call,
                                           const v1::ApprovePaymentRequest& request,
                                           v1::ApprovePaymentResponse* response) const {
  using Doc = document::v1::PaymentApproval;
  return RunOnPayment<Doc>(context_, call, request, response, ContractOfPayment<Doc>,
                           SequenceOfPayment<Doc>);
}

absl::Status PaymentEngine::SettlePayment(const rpc::Call& call,
                                          const v1::SettlePaymentRequest& request,
                                          v1::SettlePaymentResponse* response) const {
  using Doc = document::v1::PaymentSettlement;
  return RunOnPayment<Doc>(context_, call, request, response, ContractOfPayment<Doc>,
                           SequenceOfPayment<Doc>);
}

absl::Status PaymentEngine::GetPayment(const rpc::Call&, const v1::GetPaymentRequest& request,
                                       v1::GetPaymentResponse* response) const {
  return ViewPayment(context_, request.payment_id(),
                     [&](const kv::Reader&, const PaymentRecord& record) {
                       *response->mutable_payment() = record.payment().payment();
                       return absl::OkStatus();
                     });
}

absl::Status PaymentEngine::GetPaymentOrder(const rpc::Call& call,
                                            const v1::GetPaymentOrderRequest& request,
                                            v1::GetPaymentOrderResponse* response) const {
  const rpc::Principal& user = call.caller.user;
  if (!call.caller.IsUser()) return NotAllowedError();
  return ViewPayment(context_, request.payment_id(),
                     [&](const kv::Reader&, const PaymentRecord& record) -> absl::Status {
                       const std::string& organization = user.organization_id;
                       const v1::PaymentCase& state = record.payment();
                       const bool bank = user.HasRole("bank") && organization == state.bank_id();
                       const bool payer =
                           user.HasRole("paymaster") && organization == state.payment().agency_id();
                       if (!bank && !payer && !user.HasRole("auditor")) return NotAllowedError();
                       if (state.order().empty()) return OrderNotFoundError();
                       response->set_order(state.order());
                       return absl::OkStatus();
                     });
}

absl::Status PaymentEngine::ListPayments(const rpc::Call&, const v1::ListPaymentsRequest& request,
                                         v1::ListPaymentsResponse* response) const {
  const std::string& contract_id = request.contract_id();
  if (contract_id.empty()) return ContractIdMissingError();
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  const std::string filter = absl::StrCat("payments\n", contract_id);
  ASSIGN_OR_RETURN(const std::string last,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  int after = 0;
  if (!last.empty() && !absl::SimpleAtoi(last, &after)) return RecordsDamagedError();

  const auto supplier = SupplierOf(context_, contract_id);
  // A contract without an accepted delivery has no payments yet.
  if (absl::IsNotFound(supplier.status())) return absl::OkStatus();
  RETURN_IF_ERROR(supplier.status());
  return context_.ledger->View(
      ledger::ShardOf(*supplier), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto found, payment::ListPayments(reader, {*supplier, contract_id},
                                                                 {after, size + 1}));
        for (size_t i = 0; i < found.size() && i < size; ++i) {
          *response->add_payments() = found[i].payment().payment();
        }
        if (found.size() > size) {
          response->set_next_page_token(kit::MakePageToken(
              context_.page_key, filter, absl::StrCat(response->payments().rbegin()->sequence())));
        }
        return absl::OkStatus();
      });
}

absl::Status PaymentEngine::GetPaymentDocuments(const rpc::Call&,
                                                const v1::GetPaymentDocumentsRequest& request,
                                                v1::GetPaymentDocumentsResponse* response) const {
  return ViewPayment(context_, request.payment_id(),
                     [&](const kv::Reader& reader, const PaymentRecord& record) -> absl::Status {
                       ASSIGN_OR_RETURN(auto documents, LoadDocuments(reader, record));
                       for (auto& document : documents) {
                         *response->add_documents() = std::move(document);
                       }
                       return absl::OkStatus();
                     });
}

}  // namespace jodal::payment
