#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/demo/play.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/status/error.h"

namespace jodal::demo {
namespace {

using contract::v1::ContractService;
using payment::v1::PaymentService;

constexpr absl::Duration kContractPeriod = absl::Hours(30 * 24);
constexpr absl::Duration kDeliveryAfter = absl::Hours(20 * 24);
constexpr int kDelayDamagesPpmPerDay = 500;  // works, 국가계약법 시행규칙 제75조

}  // namespace

absl::Status Play::MakeContract() {
  constexpr int kSteps = 5;
  const std::string stage = "contract, delivery, inspection";
  run_.Stage(stage, kSteps);
  contract::v1::ListContractsRequest list;
  list.set_tender_id(tender_id_);
  contract::v1::Contract contract;
  RETURN_IF_ERROR(run_.Await("the contract to be prepared", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto found,
                     run_.Ask(client().contract(), &ContractService::Stub::ListContracts, list));
    if (found.contracts().empty()) return false;
    contract = found.contracts(0);
    return true;
  }));
  ASSIGN_OR_RETURN(const absl::Time now, run_.Now());
  document::v1::ContractOffer terms;
  terms.set_start_date(sdk::DocumentDate(now));
  terms.set_end_date(sdk::DocumentDate(now + kContractPeriod));
  terms.set_delay_damages_ppm_per_day(kDelayDamagesPpmPerDay);
  terms.set_terms("공고와 계약 일반조건에 따른다.");
  ASSIGN_OR_RETURN(const auto offer, sdk::ActFor(contract, terms));
  ASSIGN_OR_RETURN(const auto offered,
                   run_.Act(cast_->officer, "contract.offer", offer, client().contract(),
                            &ContractService::Stub::ActOnContract, "offer"));
  run_.Report(stage, 1, kSteps);
  ASSIGN_OR_RETURN(const auto consent,
                   sdk::ActFor<document::v1::ContractConsent>(offered.contract()));
  ASSIGN_OR_RETURN(const auto consented,
                   run_.Act(supplier(), "contract.consent", consent, client().contract(),
                            &ContractService::Stub::ActOnContract, "consent"));
  run_.Report(stage, 2, kSteps);
  ASSIGN_OR_RETURN(const auto confirmation,
                   sdk::ActFor<document::v1::ContractConfirmation>(consented.contract()));
  ASSIGN_OR_RETURN(
      const auto formed,
      run_.Act(cast_->officer, "contract.confirmation", confirmation, client().contract(),
               &ContractService::Stub::ActOnContract, "confirmation"));
  run_.Report(stage, 3, kSteps);

  RETURN_IF_ERROR(run_.MoveClock(now + kDeliveryAfter));
  document::v1::DeliveryReport facts;
  facts.set_delivered_on(sdk::DocumentDate(now + kDeliveryAfter));
  facts.set_final(true);
  facts.set_description("전부 이행을 완료함");
  ASSIGN_OR_RETURN(const auto report, sdk::ActFor(formed.contract(), facts));
  ASSIGN_OR_RETURN(const auto reported,
                   run_.Act(supplier(), "delivery.report", report, client().contract(),
                            &ContractService::Stub::ActOnContract, "report"));
  run_.Report(stage, 4, kSteps);
  document::v1::DeliveryInspection finding;
  finding.set_accepted(true);
  finding.set_remarks("이상 없음");
  ASSIGN_OR_RETURN(const auto inspection, sdk::ActFor(reported.contract(), finding));
  ASSIGN_OR_RETURN(
      const auto inspected,
      run_.Act(cast_->inspector, "delivery.inspection", inspection, client().contract(),
               &ContractService::Stub::ActOnContract, "inspection"));
  result_.contract = contract.contract_id();
  result_.contract_state = contract::v1::Contract::State_Name(inspected.contract().state());
  run_.Report(stage, kSteps, kSteps);
  if (inspected.contract().state() != contract::v1::Contract::COMPLETED) {
    return Mismatch("contract state", "COMPLETED", result_.contract_state);
  }
  return absl::OkStatus();
}

absl::StatusOr<payment::v1::Account> Play::AccountInForce() {
  payment::v1::GetAccountRequest get;
  get.set_supplier_id(supplier().organization_id());
  const auto known =
      run_.As(supplier(), client().payment(), &PaymentService::Stub::GetAccount, get);
  if (known.ok()) return known->active();
  if (!absl::IsNotFound(known.status())) return known.status();
  sdk::AccountFacts facts;
  facts.bank_id = cast_->bank.organization_id();
  facts.account_number = absl::StrFormat("110-%03d-%06d", winner_ % 1000, 100000 + winner_);
  facts.holder = "훈련업체";
  facts.nonce = HexEncode(client().random().Bytes(16));
  ASSIGN_OR_RETURN(const auto submitted,
                   run_.Act(supplier(), "account", sdk::AccountFor(get.supplier_id(), {}, facts),
                            client().payment(), &PaymentService::Stub::SubmitAccount, "account"));
  return submitted.account();
}

absl::Status Play::Pay() {
  constexpr int kSteps = 5;
  const std::string stage = "invoice, approvals, payment";
  run_.Stage(stage, kSteps);
  ASSIGN_OR_RETURN(const payment::v1::Account account, AccountInForce());
  payment::v1::ListPaymentsRequest list;
  list.set_contract_id(result_.contract);
  payment::v1::Payment payment;
  RETURN_IF_ERROR(run_.Await("the delivery to be payable", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const auto found,
                     run_.Ask(client().payment(), &PaymentService::Stub::ListPayments, list));
    if (found.payments().empty()) return false;
    payment = found.payments(0);
    return true;
  }));
  run_.Report(stage, 1, kSteps);
  ASSIGN_OR_RETURN(const auto invoice, sdk::InvoiceFor(payment, account));
  ASSIGN_OR_RETURN(const auto invoiced, run_.Act(supplier(), "invoice", invoice, client().payment(),
                                                 &PaymentService::Stub::CreateInvoice, "invoice"));
  payment = invoiced.payment();
  run_.Report(stage, 2, kSteps);
  for (size_t at = 0; at < cast_->paymasters.size(); ++at) {
    ASSIGN_OR_RETURN(const auto approval, sdk::PaymentApprovalFor(payment));
    ASSIGN_OR_RETURN(
        const auto approved,
        run_.Act(cast_->paymasters[at], "payment.approval", approval, client().payment(),
                 &PaymentService::Stub::ApprovePayment, absl::StrCat("payment approval ", at)));
    payment = approved.payment();
    run_.Report(stage, 3 + static_cast<int>(at), kSteps);
  }
  // The bank carries out the order that it has read, not the one that somebody tells it of.
  payment::v1::GetPaymentOrderRequest get;
  get.set_payment_id(payment.payment_id());
  ASSIGN_OR_RETURN(const auto order, run_.As(cast_->bank, client().payment(),
                                             &PaymentService::Stub::GetPaymentOrder, get));
  ASSIGN_OR_RETURN(
      const auto settlement,
      sdk::SettlementFor(payment, order.order(), absl::StrCat("TR-", payment.payment_id())));
  ASSIGN_OR_RETURN(const auto settled,
                   run_.Act(cast_->bank, "payment.settlement", settlement, client().payment(),
                            &PaymentService::Stub::SettlePayment, "settlement"));
  result_.payment = payment.payment_id();
  result_.payment_state = payment::v1::Payment::State_Name(settled.payment().state());
  run_.Report(stage, kSteps, kSteps);
  if (settled.payment().state() != payment::v1::Payment::SETTLED) {
    return Mismatch("payment state", "SETTLED", result_.payment_state);
  }
  return absl::OkStatus();
}

}  // namespace jodal::demo
