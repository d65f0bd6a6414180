#include "procurement/acts/payment.h"

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "procurement/acts/contract_errors.h"
#include "procurement/acts/payment_errors.h"
#include "procurement/acts/payment_id.h"
#include "procurement/documents/same_fields.h"

namespace jodal::procurement {

using payment::v1::Payment;
using payment::v1::PaymentCase;

// CONTRACT_MISMATCH, PAYMENT_MISMATCH, INSPECTION_MISMATCH, AMOUNT_MISMATCH, CURRENCY_MISMATCH,
// ACCOUNT_MISSING, ACCOUNT_CHANGED. Once there is an invoice, WRONG_STATE unless its account is not
// in force any more: the approvals so far are of that account, and void.
absl::Status Decide(const document::v1::Invoice& doc, const PaymentFacts& facts,
                    PaymentCase& state) {
  Payment& payment = *state.mutable_payment();
  if (doc.contract_id() != payment.contract_id()) return ContractMismatchError();
  if (doc.delivery() != payment.delivery()) return PaymentMismatchError("delivery");
  const auto& account = facts.account.active();
  if (payment.state() != Payment::PAYABLE &&
      payment.account_version() == account.account_version()) {
    return InvoicedAlreadyError(StateName(payment));
  }
  if (doc.inspection_sha256() != payment.inspection_sha256()) return InspectionMismatchError();
  if (doc.amount() != payment.amount()) return AmountMismatchError();
  if (doc.currency() != payment.currency()) return CurrencyMismatchError();
  if (account.account_version() == 0) return AccountMissingError();
  if (doc.account_version() != account.account_version()) {
    return AccountChangedError("accountVersion");
  }
  payment.set_account_version(account.account_version());
  payment.set_account_sha256(account.account_sha256());
  payment.set_invoice_sha256(facts.sha256);
  payment.set_invoiced_time_ns(absl::ToUnixNanos(facts.arrival));
  payment.clear_approval_sha256();
  payment.clear_approver_ids();
  return absl::OkStatus();
}

namespace {

absl::StatusOr<std::string> MakeOrder(const PaymentFacts& facts, const Payment& payment) {
  const auto& account = facts.account.active();
  payment::v1::PaymentOrder order;
  order.set_system(facts.system);
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
  return document::ToCanonicalJson(order);
}

}  // namespace

// PAYMENT_MISMATCH, CONTRACT_MISMATCH, SEQUENCE_MISMATCH, AMOUNT_MISMATCH, INVOICE_MISMATCH,
// ACCOUNT_CHANGED. The account must be in force at the moment of the signature, so that a change of
// account can never be paid by older signatures.
absl::Status Decide(const document::v1::PaymentApproval& doc, const PaymentFacts& facts,
                    PaymentCase& state) {
  Payment& payment = *state.mutable_payment();
  if (doc.payment_id() != payment.payment_id()) return PaymentMismatchError("paymentId");
  if (doc.contract_id() != payment.contract_id()) return ContractMismatchError();
  if (doc.sequence() != payment.sequence()) return SequenceMismatchError();
  if (doc.amount() != payment.amount()) return AmountMismatchError();
  if (doc.invoice_sha256() != payment.invoice_sha256()) return InvoiceMismatchError();
  if (doc.account_version() != payment.account_version()) {
    return AccountChangedError("accountVersion");
  }
  if (doc.account_sha256() != payment.account_sha256()) return AccountChangedError("accountSha256");
  const auto& account = facts.account.active();
  if (account.account_version() != payment.account_version()) return AccountChangedError("active");

  payment.add_approval_sha256(facts.sha256);
  payment.add_approver_ids(facts.signer);
  const bool last = payment.approval_sha256_size() == kPaymentApprovals;
  payment.set_state(last ? Payment::ORDERED : Payment::APPROVED_ONCE);
  if (!last) return absl::OkStatus();
  state.set_bank_id(account.bank_id());
  if (account.account_number().empty()) {
    payment.set_order_sha256(facts.order_sha256);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(*state.mutable_order(), MakeOrder(facts, payment));
  payment.set_order_sha256(HexEncode(crypto::Sha256(state.order())));
  return absl::OkStatus();
}

absl::Status CheckShape(const document::v1::PaymentSettlement& doc) {
  return doc.bank_reference().empty() || doc.bank_reference().size() > kBankReferenceBytesMax
             ? BankReferenceInvalidError()
             : absl::OkStatus();
}

// PAYMENT_MISMATCH, ORDER_MISMATCH, AMOUNT_MISMATCH.
absl::Status Decide(const document::v1::PaymentSettlement& doc, const PaymentFacts& facts,
                    PaymentCase& state) {
  Payment& payment = *state.mutable_payment();
  if (doc.payment_id() != payment.payment_id()) return PaymentMismatchError("paymentId");
  if (doc.order_sha256() != payment.order_sha256()) return OrderMismatchError();
  if (doc.amount() != payment.amount()) return AmountMismatchError();
  payment.set_settlement_sha256(facts.sha256);
  return absl::OkStatus();
}

absl::StatusOr<event::v1::PayableRecorded> RecordPayable(const event::v1::ContractActed& inspected,
                                                         int sequence) {
  if (inspected.contract_id().empty()) return InspectionMalformedError("contractId");
  if (inspected.supplier_id().empty()) return InspectionMalformedError("supplierId");
  if (inspected.agency_id().empty()) return InspectionMalformedError("agencyId");
  if (inspected.delivery_amount() <= 0) return InspectionMalformedError("amount");
  event::v1::PayableRecorded out;
  out.set_payment_id(FormatPaymentId({inspected.contract_id(), sequence}));
  out.set_contract_id(inspected.contract_id());
  out.set_delivery(inspected.delivery());
  out.set_amount(inspected.delivery_amount());
  out.set_currency(inspected.currency());
  out.set_sequence(sequence);
  out.set_tender_id(inspected.tender_id());
  out.set_agency_id(inspected.agency_id());
  out.set_supplier_id(inspected.supplier_id());
  out.set_inspection_sha256(inspected.document_sha256());
  return out;
}

PaymentCase PaymentFrom(const event::v1::PayableRecorded& recorded) {
  PaymentCase out;
  Payment& payment = *out.mutable_payment();
  CopySameFields(recorded, &payment);
  payment.set_state(Payment::PAYABLE);
  return out;
}

Standing StandingOf(const PaymentCase& state) {
  const Payment& payment = state.payment();
  return {.state = StateName(payment),
          .parties = {.agency_id = payment.agency_id(),
                      .supplier_id = payment.supplier_id(),
                      .bank_id = state.bank_id()},
          .signers = {payment.approver_ids().begin(), payment.approver_ids().end()}};
}

std::vector<event::v1::Event> PaymentEvents(const Act& act, const ActFacts& facts,
                                            const Payment& payment) {
  std::vector<event::v1::Event> events(1);
  auto& acted = *events[0].mutable_payment_acted();
  acted.set_kind(act.kind());
  acted.set_document_sha256(facts.sha256);
  acted.set_payment_id(payment.payment_id());
  acted.set_contract_id(payment.contract_id());
  acted.set_state(StateName(payment));
  acted.set_amount(payment.amount());
  acted.set_currency(payment.currency());
  acted.set_account_version(payment.account_version());
  acted.set_approvals(payment.approval_sha256_size());
  if (payment.state() != Payment::ORDERED) return events;
  auto& ordered = *events.emplace_back().mutable_payment_ordered();
  ordered.set_payment_id(payment.payment_id());
  ordered.set_contract_id(payment.contract_id());
  ordered.set_amount(payment.amount());
  ordered.set_account_version(payment.account_version());
  ordered.set_sequence(payment.sequence());
  ordered.set_order_sha256(payment.order_sha256());
  return events;
}

}  // namespace jodal::procurement
