#include "services/payment/engine/payment_engine.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/kit/page.h"
#include "services/payment/domain/account.h"
#include "services/payment/domain/life_cycle.h"
#include "services/payment/domain/payment_id.h"
#include "services/payment/errors.h"
#include "services/payment/limits.h"
#include "services/payment/store/payment_store.h"

namespace jodal::payment {
namespace {

using Message = event::v1::Event;

static_assert(static_cast<int>(State::kPayable) == v1::Payment::PAYABLE);
static_assert(static_cast<int>(State::kInvoiced) == v1::Payment::INVOICED);
static_assert(static_cast<int>(State::kApprovedOnce) == v1::Payment::APPROVED_ONCE);
static_assert(static_cast<int>(State::kOrdered) == v1::Payment::ORDERED);
static_assert(static_cast<int>(State::kSettled) == v1::Payment::SETTLED);
static_assert(static_cast<int>(AccountState::kSubmitted) == v1::Account::SUBMITTED);
static_assert(static_cast<int>(AccountState::kWaiting) == v1::Account::WAITING);
static_assert(static_cast<int>(AccountState::kActive) == v1::Account::ACTIVE);
static_assert(static_cast<int>(AccountState::kReplaced) == v1::Account::REPLACED);

absl::Status Advance(v1::Payment& payment, Event event) {
  ASSIGN_OR_RETURN(const State next, Next(static_cast<State>(payment.state()), event));
  payment.set_state(static_cast<v1::Payment::State>(next));
  return absl::OkStatus();
}

std::string NameOf(const v1::Payment& payment) {
  return kit::PaymentName(payment.tender_id(), payment.contract_id(), payment.payment_id());
}

v1::Account ToApi(const AccountRecord& record, AccountState state) {
  v1::Account out;
  out.set_supplier_id(record.supplier_id());
  out.set_account_version(record.account_version());
  out.set_state(static_cast<v1::Account::State>(state));
  out.set_account_sha256(record.account_sha256());
  out.set_effective_time_ns(record.effective_time_ns());
  out.set_bank_id(record.bank_id());
  out.set_masked_number(MaskAccountNumber(record.account_number()));
  return out;
}

absl::Status CheckSize(const document::v1::StoredDocument& stored) {
  return stored.document().content().size() > kDocumentBytesMax
             ? DocumentTooLargeError(kDocumentBytesMax)
             : absl::OkStatus();
}

absl::Status CheckAccountShape(const document::v1::BankAccount& account) {
  RETURN_IF_ERROR(CheckAccountNumber(account.account_number()));
  if (account.holder().empty() || account.holder().size() > kHolderBytesMax) {
    return AccountHolderInvalidError();
  }
  if (!IsLowerHex(account.nonce(), 2 * kNonceBytes)) return AccountNonceInvalidError();
  return absl::OkStatus();
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
  const auto name = ParsePaymentId(payment_id);
  if (!name.has_value()) return PaymentNotFoundError();
  ASSIGN_OR_RETURN(const std::string supplier, SupplierOf(context, name->contract_id));
  return context.ledger->View(
      ledger::ShardOf(supplier), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const PaymentRecord record,
                         LoadPayment(reader, {supplier, name->contract_id}, name->sequence));
        return body(reader, record);
      });
}

// Who may do an act and how it enters the log.
struct Rule {
  const char* kind;   // of the document
  const char* role;   // that the caller must have
  const char* actor;  // role in the log
  bool (*allowed)(const std::string& organization_id, const PaymentRecord& record);
};

// One act on one payment. `shape` looks at the document alone, `contract_of` names the contract
// that it is about, `locate` gives the sequence number, `decide` changes the record and lists the
// events, or refuses.
template <typename Doc, typename Request, typename Response, typename Shape, typename ContractOf,
          typename Locate, typename Decide>
absl::Status RunPaymentAct(const host::ModuleContext& context, const rpc::Call& call,
                           const Request& request, Response* response, const Rule& rule,
                           Shape shape, ContractOf contract_of, Locate locate, Decide decide) {
  const rpc::Principal& user = call.caller.user;
  if (!call.caller.IsUser() || !user.HasRole(rule.role)) return NotAllowedError();
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), rule.kind, response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<std::string>> {
        RETURN_IF_ERROR(CheckSize(act.stored));
        RETURN_IF_ERROR(shape(act.document));
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
        if (!rule.allowed(user.organization_id, record)) return NotAllowedError();
        ASSIGN_OR_RETURN(const std::vector<Message> events, decide(txn, act, record));
        RETURN_IF_ERROR(PutPayment(txn, &record, act.stored));
        for (const Message& event : events) {
          txn.Emit(kit::PublicEvent(event, NameOf(record.payment()), rule.actor, call.arrival));
        }
        *r->mutable_payment() = record.payment();
        return absl::OkStatus();
      });
}

template <typename Doc>
absl::Status AnyShape(const Doc&) {
  return absl::OkStatus();
}

// For documents that name their payment.
template <typename Doc>
std::string ContractOfPayment(const Doc& doc) {
  const auto name = ParsePaymentId(doc.payment_id());
  return name.has_value() ? name->contract_id : "";
}
template <typename Doc>
absl::StatusOr<int> SequenceOfPayment(const kv::Reader&, const ContractKey&, const Doc& doc) {
  const auto name = ParsePaymentId(doc.payment_id());
  if (!name.has_value()) return PaymentNotFoundError();
  return name->sequence;
}

absl::StatusOr<std::string> MakeOrder(const kv::Reader& reader, absl::string_view system,
                                      const v1::Payment& payment, std::string* bank_id) {
  ASSIGN_OR_RETURN(const AccountRecord account,
                   LoadAccount(reader, {payment.supplier_id(), payment.account_version()}));
  v1::PaymentOrder order;
  order.set_system(std::string(system));
  order.set_payment_id(payment.payment_id());
  order.set_contract_id(payment.contract_id());
  order.set_payer_id(payment.agency_id());
  order.set_payee_id(payment.supplier_id());
  order.set_bank_id(account.bank_id());
  order.set_account_number(account.account_number());
  order.set_holder(account.holder());
  order.set_amount(payment.amount());
  order.set_currency(payment.currency());
  order.set_account_version(payment.account_version());
  order.set_sequence(payment.sequence());
  for (const std::string& approval : payment.approval_sha256()) order.add_approval_sha256(approval);
  *bank_id = account.bank_id();
  return document::ToCanonicalJson(order);
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
  if (inspected.contract_id().empty()) return InspectionMalformedError("contractId");
  if (inspected.supplier_id().empty()) return InspectionMalformedError("supplierId");
  if (inspected.agency_id().empty()) return InspectionMalformedError("agencyId");
  if (inspected.delivery_amount() <= 0) return InspectionMalformedError("amount");

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

    PaymentRecord record;
    v1::Payment& payment = *record.mutable_payment();
    payment.set_sequence(contract.deliveries_size());
    payment.set_payment_id(FormatPaymentId({contract.contract_id(), payment.sequence()}));
    payment.set_state(v1::Payment::PAYABLE);
    payment.set_contract_id(contract.contract_id());
    payment.set_tender_id(contract.tender_id());
    payment.set_agency_id(contract.agency_id());
    payment.set_supplier_id(contract.supplier_id());
    payment.set_delivery(inspected.delivery());
    payment.set_amount(inspected.delivery_amount());
    payment.set_currency(contract.currency());
    payment.set_inspection_sha256(inspected.document_sha256());
    PutPayment(txn, record);

    Message event;
    auto& recorded = *event.mutable_payable_recorded();
    recorded.set_payment_id(payment.payment_id());
    recorded.set_contract_id(payment.contract_id());
    recorded.set_delivery(payment.delivery());
    recorded.set_amount(payment.amount());
    txn.Emit(kit::PublicEvent(event, NameOf(payment), "system"));
    return absl::OkStatus();
  };
  return update;
}

absl::Status PaymentEngine::SubmitAccount(const rpc::Call& call,
                                          const v1::SubmitAccountRequest& request,
                                          v1::SubmitAccountResponse* response) const {
  using Doc = document::v1::BankAccount;
  const rpc::Principal& user = call.caller.user;
  if (!call.caller.IsUser() || !user.HasRole("representative")) return NotAllowedError();

  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "account", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<>> {
        const Doc& doc = act.document;
        if (doc.supplier_id() != user.organization_id) return NotAllowedError();
        RETURN_IF_ERROR(CheckSize(act.stored));
        RETURN_IF_ERROR(CheckAccountShape(doc));
        RETURN_IF_ERROR(doc.bank_id().empty() ? BankUnknownError()
                                              : banks_.CheckBank(doc.bank_id()));
        return kit::InShardOf(doc.supplier_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act,
          v1::SubmitAccountResponse* r) -> absl::Status {
        const Doc& doc = act.document;
        ASSIGN_OR_RETURN(Versions versions, LoadVersions(txn, doc.supplier_id()));
        versions = Submitted(At(versions, call.arrival));
        if (doc.account_version() != versions.latest) return AccountVersionError(versions.latest);

        AccountRecord record;
        record.set_supplier_id(doc.supplier_id());
        record.set_account_version(versions.latest);
        record.set_bank_id(doc.bank_id());
        record.set_account_number(doc.account_number());
        record.set_holder(doc.holder());
        record.set_account_sha256(act.sha256);
        record.set_submitter_id(user.person_id);
        if (versions.active == versions.latest) {
          record.set_effective_time_ns(absl::ToUnixNanos(call.arrival));
        }
        RETURN_IF_ERROR(PutAccount(txn, &record, act.stored));
        PutVersions(txn, doc.supplier_id(), versions);
        Message event;
        auto& submitted = *event.mutable_account_submitted();
        submitted.set_supplier_id(doc.supplier_id());
        submitted.set_account_version(versions.latest);
        submitted.set_account_sha256(act.sha256);
        txn.Emit(kit::PublicEvent(event, kit::OrganizationName(doc.supplier_id()), "supplier",
                                  call.arrival));
        *r->mutable_account() = ToApi(record, StateOf(versions, versions.latest));
        return absl::OkStatus();
      });
}

absl::Status PaymentEngine::ApproveAccount(const rpc::Call& call,
                                           const v1::ApproveAccountRequest& request,
                                           v1::ApproveAccountResponse* response) const {
  using Doc = document::v1::BankAccountApproval;
  const rpc::Principal& user = call.caller.user;
  if (!call.caller.IsUser()) return NotAllowedError();
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "account.approval", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<>> {
        if (act.document.supplier_id() != user.organization_id) return NotAllowedError();
        RETURN_IF_ERROR(CheckSize(act.stored));
        return kit::InShardOf(act.document.supplier_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act,
          v1::ApproveAccountResponse* r) -> absl::Status {
        const Doc& doc = act.document;
        ASSIGN_OR_RETURN(Versions versions, LoadVersions(txn, doc.supplier_id()));
        versions = At(versions, call.arrival);
        if (doc.account_version() < 1 || doc.account_version() > versions.latest) {
          return AccountNotFoundError();
        }
        const AccountState state = StateOf(versions, doc.account_version());
        if (state != AccountState::kSubmitted) return WrongStateError({Name(state), "APPROVE"});
        ASSIGN_OR_RETURN(AccountRecord record,
                         LoadAccount(txn, {doc.supplier_id(), doc.account_version()}));
        if (doc.account_sha256() != record.account_sha256()) return AccountDigestMismatchError();
        if (user.person_id == record.submitter_id()) return AccountSamePersonError();

        const absl::Time effective = call.arrival + kAccountWaitingPeriod;
        versions = Approved(versions, effective);
        record.set_approver_id(user.person_id);
        record.set_effective_time_ns(absl::ToUnixNanos(effective));
        RETURN_IF_ERROR(PutAccount(txn, &record, act.stored));
        PutVersions(txn, doc.supplier_id(), versions);
        Message event;
        auto& approved = *event.mutable_account_approved();
        approved.set_supplier_id(doc.supplier_id());
        approved.set_account_version(doc.account_version());
        approved.set_account_sha256(record.account_sha256());
        approved.set_effective_time(
            absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", effective, absl::UTCTimeZone()));
        txn.Emit(kit::PublicEvent(event, kit::OrganizationName(doc.supplier_id()), "supplier",
                                  call.arrival));
        *r->mutable_account() = ToApi(record, StateOf(versions, doc.account_version()));
        return absl::OkStatus();
      });
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
        ASSIGN_OR_RETURN(Versions versions, LoadVersions(reader, supplier));
        versions = At(versions, call.arrival);
        if (versions.active == 0) return AccountNotFoundError();
        ASSIGN_OR_RETURN(const AccountRecord active,
                         LoadAccount(reader, {supplier, versions.active}));
        *response->mutable_active() = ToApi(active, AccountState::kActive);
        if (versions.pending != 0) {
          ASSIGN_OR_RETURN(const AccountRecord pending,
                           LoadAccount(reader, {supplier, versions.pending}));
          *response->mutable_pending() = ToApi(pending, StateOf(versions, versions.pending));
        }
        return absl::OkStatus();
      });
}

absl::Status PaymentEngine::CreateInvoice(const rpc::Call& call,
                                          const v1::CreateInvoiceRequest& request,
                                          v1::CreateInvoiceResponse* response) const {
  using Doc = document::v1::Invoice;
  return RunPaymentAct<Doc>(
      context_, call, request, response,
      {"invoice", "representative", "supplier",
       [](const std::string& organization, const PaymentRecord& record) {
         return organization == record.payment().supplier_id();
       }},
      AnyShape<Doc>, [](const Doc& d) { return d.contract_id(); },
      [](const kv::Reader& reader, const ContractKey& key, const Doc& d) -> absl::StatusOr<int> {
        ASSIGN_OR_RETURN(const auto contract, FindContract(reader, key));
        if (!contract.has_value()) return PaymentNotFoundError();
        const auto& paid = contract->deliveries();
        const auto it = std::find(paid.begin(), paid.end(), d.delivery());
        if (it == paid.end()) return PaymentNotFoundError();
        return static_cast<int>(it - paid.begin()) + 1;
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act,
          PaymentRecord& record) -> absl::StatusOr<std::vector<Message>> {
        const Doc& doc = act.document;
        v1::Payment& payment = *record.mutable_payment();
        ASSIGN_OR_RETURN(Versions versions, LoadVersions(txn, payment.supplier_id()));
        versions = At(versions, call.arrival);
        const bool again =
            payment.state() != v1::Payment::PAYABLE && payment.account_version() != versions.active;
        RETURN_IF_ERROR(Advance(payment, again ? Event::kInvoiceAgain : Event::kInvoice));
        if (doc.inspection_sha256() != payment.inspection_sha256()) {
          return InspectionMismatchError();
        }
        if (doc.amount() != payment.amount()) return AmountMismatchError();
        if (doc.currency() != payment.currency()) return CurrencyMismatchError();
        if (versions.active == 0) return AccountMissingError();
        if (doc.account_version() != versions.active) return AccountChangedError("accountVersion");
        ASSIGN_OR_RETURN(const AccountRecord account,
                         LoadAccount(txn, {payment.supplier_id(), versions.active}));

        payment.set_account_version(versions.active);
        payment.set_account_sha256(account.account_sha256());
        payment.set_invoice_sha256(act.sha256);
        payment.set_invoiced_time_ns(absl::ToUnixNanos(call.arrival));
        payment.clear_approval_sha256();
        payment.clear_approver_ids();
        std::vector<Message> events(1);
        auto& created = *events[0].mutable_invoice_created();
        created.set_payment_id(payment.payment_id());
        created.set_invoice_sha256(act.sha256);
        return events;
      });
}

absl::Status PaymentEngine::ApprovePayment(const rpc::Call& call,
                                           const v1::ApprovePaymentRequest& request,
                                           v1::ApprovePaymentResponse* response) const {
  using Doc = document::v1::PaymentApproval;
  return RunPaymentAct<Doc>(
      context_, call, request, response,
      {"payment.approval", "paymaster", "paymaster",
       [](const std::string& organization, const PaymentRecord& record) {
         return organization == record.payment().agency_id();
       }},
      AnyShape<Doc>, ContractOfPayment<Doc>, SequenceOfPayment<Doc>,
      [&](ledger::Txn& txn, const kit::Act<Doc>& act,
          PaymentRecord& record) -> absl::StatusOr<std::vector<Message>> {
        const Doc& doc = act.document;
        const std::string& person = call.caller.user.person_id;
        v1::Payment& payment = *record.mutable_payment();
        RETURN_IF_ERROR(Advance(payment, Event::kApprove));
        const auto& signed_by = payment.approver_ids();
        if (std::find(signed_by.begin(), signed_by.end(), person) != signed_by.end()) {
          return ApproverAlreadySignedError();
        }
        if (doc.contract_id() != payment.contract_id()) return ContractMismatchError();
        if (doc.sequence() != payment.sequence()) return SequenceMismatchError();
        if (doc.amount() != payment.amount()) return AmountMismatchError();
        if (doc.invoice_sha256() != payment.invoice_sha256()) return InvoiceMismatchError();
        if (doc.account_version() != payment.account_version()) {
          return AccountChangedError("accountVersion");
        }
        if (doc.account_sha256() != payment.account_sha256()) {
          return AccountChangedError("accountSha256");
        }
        ASSIGN_OR_RETURN(const Versions versions, LoadVersions(txn, payment.supplier_id()));
        if (At(versions, call.arrival).active != payment.account_version()) {
          return AccountChangedError("active");
        }

        payment.add_approval_sha256(act.sha256);
        payment.add_approver_ids(person);
        std::vector<Message> events(1);
        auto& approved = *events[0].mutable_payment_approved();
        approved.set_payment_id(payment.payment_id());
        approved.set_approval_sha256(act.sha256);
        approved.set_approvals(payment.approval_sha256_size());
        if (payment.state() == v1::Payment::ORDERED) {
          ASSIGN_OR_RETURN(std::string order,
                           MakeOrder(txn, context_.system, payment, record.mutable_bank_id()));
          payment.set_order_sha256(HexEncode(crypto::Sha256(order)));
          record.set_order(std::move(order));
          auto& ordered = *events.emplace_back().mutable_payment_ordered();
          ordered.set_payment_id(payment.payment_id());
          ordered.set_contract_id(payment.contract_id());
          ordered.set_amount(payment.amount());
          ordered.set_account_version(payment.account_version());
          ordered.set_sequence(payment.sequence());
          ordered.set_order_sha256(payment.order_sha256());
        }
        return events;
      });
}

absl::Status PaymentEngine::SettlePayment(const rpc::Call& call,
                                          const v1::SettlePaymentRequest& request,
                                          v1::SettlePaymentResponse* response) const {
  using Doc = document::v1::PaymentSettlement;
  return RunPaymentAct<Doc>(
      context_, call, request, response,
      {"payment.settlement", "bank", "bank",
       [](const std::string& organization, const PaymentRecord& record) {
         // Before the order no bank is the right one: the state answers.
         return record.bank_id().empty() || organization == record.bank_id();
       }},
      [](const Doc& d) {
        return d.bank_reference().empty() || d.bank_reference().size() > kBankReferenceBytesMax
                   ? BankReferenceInvalidError()
                   : absl::OkStatus();
      },
      ContractOfPayment<Doc>, SequenceOfPayment<Doc>,
      [](ledger::Txn&, const kit::Act<Doc>& act,
         PaymentRecord& record) -> absl::StatusOr<std::vector<Message>> {
        v1::Payment& payment = *record.mutable_payment();
        RETURN_IF_ERROR(Advance(payment, Event::kSettle));
        if (act.document.order_sha256() != payment.order_sha256()) return OrderMismatchError();
        if (act.document.amount() != payment.amount()) return AmountMismatchError();
        payment.set_settlement_sha256(act.sha256);
        std::vector<Message> events(1);
        auto& settled = *events[0].mutable_payment_settled();
        settled.set_payment_id(payment.payment_id());
        settled.set_settlement_sha256(act.sha256);
        settled.set_amount(payment.amount());
        return events;
      });
}

absl::Status PaymentEngine::GetPayment(const rpc::Call&, const v1::GetPaymentRequest& request,
                                       v1::GetPaymentResponse* response) const {
  return ViewPayment(context_, request.payment_id(),
                     [&](const kv::Reader&, const PaymentRecord& record) {
                       *response->mutable_payment() = record.payment();
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
                       const bool bank = user.HasRole("bank") && organization == record.bank_id();
                       const bool payer = user.HasRole("paymaster") &&
                                          organization == record.payment().agency_id();
                       if (!bank && !payer && !user.HasRole("auditor")) return NotAllowedError();
                       if (record.order().empty()) return OrderNotFoundError();
                       response->set_order(record.order());
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
          *response->add_payments() = found[i].payment();
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
