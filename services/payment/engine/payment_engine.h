// The use cases of the payment service: from an accepted delivery to settled money.
//
// A payment is recorded from the event delivery.inspected of the contract service's log. The
// supplier invoices it to its active bank account; two paymasters of the agency each sign over
// contract, amount, account, sequence and invoice; the second signature makes the payment order, in
// the same commit; the account's bank settles it. What the approvals say is checked against the
// records and the account in force in that commit, so a change of account can never be paid by
// older signatures.
//
// Account numbers are confidential: they are in the signed account documents (kept, not served) and
// in payment orders (GetPaymentOrder), never in events, logs, errors or other answers.
//
// Thread-safe; nothing is kept between calls. Every act is one commit. Errors:
// services/payment/errors.h, procurement/acts/payment_errors.h, common/document,
// services/kit/act.h. What an act does to a payment or an account is the fold's
// (procurement/acts/payment.h, account.h); what is stored is the fold's result and its documents.
#ifndef JODAL_SERVICES_PAYMENT_ENGINE_PAYMENT_ENGINE_H_
#define JODAL_SERVICES_PAYMENT_ENGINE_PAYMENT_ENGINE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/host/module.h"
#include "common/ledger/follower.h"
#include "common/rpc/caller.h"
#include "jodal/payment/v1/payment.pb.h"
#include "services/kit/calendar.h"
#include "services/kit/inbox.h"
#include "services/payment/engine/ports.h"

namespace jodal::payment {

class PaymentEngine {
 public:
  // `banks` outlives the engine.
  PaymentEngine(host::ModuleContext context, Banks* banks)
      : context_(std::move(context)), banks_(*banks) {}

  // What OnContractEntry applies; the follower is sent nothing else.
  static constexpr char kContractType[] = "delivery.inspected";
  // Follower::Handler for the contract service's log: an accepted delivery.inspected makes a
  // payment in state PAYABLE (event payable.recorded), numbered 1, 2, ... within the contract.
  // Idempotent: a delivery is paid at most once. Writes the directory first, in a commit of its
  // own. DATA_LOSS INSPECTION_MALFORMED, EVENT_DAMAGED.
  absl::StatusOr<std::optional<ledger::FollowUpdate>> OnContractEntry(
      const ledger::LoggedEntry& entry) const;

  // Representative of the supplier. Version 1 is ACTIVE at once; a later one waits for
  // ApproveAccount and replaces a pending one. account.submitted in the log tells the people of the
  // supplier.
  absl::Status SubmitAccount(const rpc::Call& call, const v1::SubmitAccountRequest& request,
                             v1::SubmitAccountResponse* response) const;
  // Another person of the supplier, any role. In force kAccountWaitingPeriod later.
  absl::Status ApproveAccount(const rpc::Call& call, const v1::ApproveAccountRequest& request,
                              v1::ApproveAccountResponse* response) const;
  // The supplier itself, any paymaster, any auditor.
  absl::Status GetAccount(const rpc::Call& call, const v1::GetAccountRequest& request,
                          v1::GetAccountResponse* response) const;

  // Representative of the supplier; PAYABLE -> INVOICED. Again, until the order, if the account of
  // the invoice is not in force any more: the approvals so far are then void.
  absl::Status CreateInvoice(const rpc::Call& call, const v1::CreateInvoiceRequest& request,
                             v1::CreateInvoiceResponse* response) const;
  // Paymaster of the agency; INVOICED -> APPROVED_ONCE -> ORDERED. The second one also emits
  // payment.ordered; the receipt is of payment.approved.
  absl::Status ApprovePayment(const rpc::Call& call, const v1::ApprovePaymentRequest& request,
                              v1::ApprovePaymentResponse* response) const;
  // Role bank of the account's bank; ORDERED -> SETTLED.
  absl::Status SettlePayment(const rpc::Call& call, const v1::SettlePaymentRequest& request,
                             v1::SettlePaymentResponse* response) const;

  absl::Status GetPayment(const rpc::Call& call, const v1::GetPaymentRequest& request,
                          v1::GetPaymentResponse* response) const;
  // Role bank of the order's bank, paymaster of the agency, auditor.
  absl::Status GetPaymentOrder(const rpc::Call& call, const v1::GetPaymentOrderRequest& request,
                               v1::GetPaymentOrderResponse* response) const;
  // Of one contract, by sequence.
  absl::Status ListPayments(const rpc::Call& call, const v1::ListPaymentsRequest& request,
                            v1::ListPaymentsResponse* response) const;
  absl::Status GetPaymentDocuments(const rpc::Call& call,
                                   const v1::GetPaymentDocumentsRequest& request,
                                   v1::GetPaymentDocumentsResponse* response) const;

  // The case that an entry of the own log is about and what waits in it now (services/kit/inbox.h).
  absl::StatusOr<std::optional<kit::Inbox::Case>> CaseOf(const kit::Inbox::Logged& logged,
                                                         kit::Calendar& calendar) const;

 private:
  const host::ModuleContext context_;
  Banks& banks_;
};

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_ENGINE_PAYMENT_ENGINE_H_
