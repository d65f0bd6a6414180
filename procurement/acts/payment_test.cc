#include "procurement/acts/payment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "procurement/acts/testing.h"

namespace jodal::procurement {
namespace {

using payment::v1::Payment;
using payment::v1::PaymentCase;

const absl::Time kNow = absl::FromUnixSeconds(1'735'700'000);

payment::v1::AccountCase AnAccount(int version = 1) {
  payment::v1::AccountCase out;
  out.set_supplier_id("S-1");
  out.set_state(payment::v1::Account::ACTIVE);
  out.set_latest_version(version);
  auto& active = *out.mutable_active();
  active.set_account_version(version);
  active.set_bank_id("B-1");
  active.set_account_number("110-482-913706");
  active.set_holder("Hanbit");
  active.set_account_sha256(std::string(64, static_cast<char>('0' + version)));
  return out;
}

event::v1::ContractActed Inspected() {
  event::v1::ContractActed out;
  out.set_contract_id("R25TA00000001");
  out.set_tender_id("R25BK00000001");
  out.set_agency_id("A-1");
  out.set_supplier_id("S-1");
  out.set_delivery(3);
  out.set_delivery_amount(600);
  out.set_currency("KRW");
  out.set_document_sha256(std::string(64, 'c'));
  return out;
}

// A payment in `state` as a life of it would have left it.
PaymentCase In(Payment::State state) {
  PaymentCase out = PaymentFrom(*RecordPayable(Inspected(), 2));
  Payment& payment = *out.mutable_payment();
  payment.set_state(state);
  if (state <= Payment::PAYABLE) return out;
  payment.set_account_version(1);
  payment.set_account_sha256(std::string(64, '1'));
  payment.set_invoice_sha256(std::string(64, 'b'));
  if (state == Payment::INVOICED) return out;
  payment.add_approval_sha256(std::string(64, 'd'));
  payment.add_approver_ids("P-0");
  if (state == Payment::APPROVED_ONCE) return out;
  payment.add_approval_sha256(std::string(64, 'e'));
  payment.add_approver_ids("P-1");
  payment.set_order_sha256(std::string(64, '7'));
  out.set_order("order");
  out.set_bank_id("B-1");
  return out;
}

template <typename Doc>
Doc DocFor(const PaymentCase& state, const payment::v1::AccountCase& account) {
  Doc doc;
  FillFollowing(state.payment(), &doc);
  if constexpr (requires { doc.payment_id(); }) doc.set_payment_id(state.payment().payment_id());
  if constexpr (std::is_same_v<Doc, document::v1::Invoice>) {
    doc.set_contract_id(state.payment().contract_id());
    doc.set_delivery(state.payment().delivery());
    doc.set_account_version(account.active().account_version());
  }
  if constexpr (std::is_same_v<Doc, document::v1::PaymentSettlement>) {
    doc.set_bank_reference("ref-1");
  }
  return doc;
}

PaymentFacts Facts(int account_version = 1) {
  PaymentFacts facts;
  facts.sha256 = std::string(64, 'f');
  facts.arrival = kNow;
  facts.system = "test.example";
  facts.account = AnAccount(account_version);
  facts.signer = "P-new";
  return facts;
}

testing::Walk<PaymentCase> Payments() {
  return {.acts = testing::ActsOf(PaymentDocuments()),
          .states = Payment::State_descriptor(),
          .in =
              [](const std::string& name, const Act&) {
                Payment::State state = Payment::STATE_UNSPECIFIED;
                Payment::State_Parse(name, &state);
                return In(state);
              },
          .apply =
              [](const Act& act, const Actor* actor, PaymentCase& state) {
                absl::Status status = absl::InternalError("not in the list");
                VisitKind(PaymentDocuments(), act.kind(), [&]<typename Doc>(const Act&) {
                  // An invoice after the first is one to another account.
                  const PaymentFacts facts =
                      Facts(std::is_same_v<Doc, document::v1::Invoice> ? 2 : 1);
                  const Doc doc = DocFor<Doc>(state, facts.account);
                  status = CheckShape(doc);
                  if (status.ok()) status = ApplyToPayment(doc, facts, actor, state).status();
                });
                return status;
              },
          .standing = [](const PaymentCase& state) { return StandingOf(state); }};
}

TEST(PaymentActs, EveryStateTimesEveryAct) { EveryStateTimesEveryAct(Payments()); }

TEST(PaymentActs, EveryWrongCaller) { EveryWrongCaller(Payments()); }

TEST(PaymentActs, TheSecondApprovalMakesTheOrder) {
  PaymentCase state = In(Payment::INVOICED);
  const auto doc = DocFor<document::v1::PaymentApproval>(state, AnAccount());
  auto events = ApplyToPayment(doc, Facts(), nullptr, state);
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(EventType((*events)[0]), "payment.approved");
  EXPECT_EQ(Summarize((*events)[0]).en, "payment approval 1 of 2");
  EXPECT_EQ(Summarize((*events)[0]).ko, "지급 승인 2명 중 1명");
  EXPECT_EQ(state.order(), "");

  const PaymentCase once = state;
  events = ApplyToPayment(doc, Facts(), nullptr, state);
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ(EventType((*events)[1]), "payment.ordered");
  EXPECT_EQ((*events)[1].payment_ordered().order_sha256(), state.payment().order_sha256());
  EXPECT_EQ(HexEncode(crypto::Sha256(state.order())), state.payment().order_sha256());
  EXPECT_EQ(state.bank_id(), "B-1");
  payment::v1::PaymentOrder order;
  ASSERT_TRUE(document::ParseStrictJson(state.order(), &order).ok());
  EXPECT_EQ(order.account_number(), "110-482-913706");
  EXPECT_EQ(order.amount(), 600);
  EXPECT_EQ(order.approval_sha256_size(), kPaymentApprovals);

  // Who folds without the number takes the digest from the log.
  PaymentFacts without = Facts();
  without.account.mutable_active()->clear_account_number();
  without.order_sha256 = std::string(64, '9');
  PaymentCase withheld = once;
  ASSERT_TRUE(ApplyToPayment(doc, without, nullptr, withheld).ok());
  EXPECT_EQ(withheld.order(), "");
  EXPECT_EQ(withheld.payment().order_sha256(), std::string(64, '9'));
}

TEST(PaymentActs, ANewInvoiceTakesAnotherAccountAndVoidsTheApprovals) {
  PaymentCase state = In(Payment::APPROVED_ONCE);
  const auto same = DocFor<document::v1::Invoice>(state, AnAccount());
  const absl::Status again = ApplyToPayment(same, Facts(), nullptr, state).status();
  EXPECT_EQ(ErrorReason(again), "WRONG_STATE");
  EXPECT_EQ(ErrorMetadataOf(again)["state"], "APPROVED_ONCE");
  const auto other = DocFor<document::v1::Invoice>(state, AnAccount(2));
  ASSERT_TRUE(ApplyToPayment(other, Facts(2), nullptr, state).ok());
  EXPECT_EQ(state.payment().state(), Payment::INVOICED);
  EXPECT_EQ(state.payment().approval_sha256_size(), 0);
  EXPECT_EQ(state.payment().approver_ids_size(), 0);
  EXPECT_EQ(state.payment().account_version(), 2);
  EXPECT_EQ(state.payment().account_sha256(), std::string(64, '2'));
}

// One change, one refusal; each leaves the payment as it was.
TEST(PaymentActs, EveryFactMustFit) {
  const auto refused = [](Payment::State in, auto doc, const PaymentFacts& facts) {
    PaymentCase state = In(in);
    const std::string before = state.SerializeAsString();
    const absl::Status status = ApplyToPayment(doc, facts, nullptr, state).status();
    EXPECT_EQ(state.SerializeAsString(), before);
    const auto field = ErrorMetadataOf(status)["field"];
    return absl::StrCat(ErrorReason(status), field.empty() ? "" : " ", field);
  };
  using document::v1::Invoice;
  using document::v1::PaymentApproval;
  using document::v1::PaymentSettlement;
  const std::string other(64, '0');
  const std::pair<const char*, void (*)(Invoice&)> invoices[] = {
      {"CONTRACT_MISMATCH", [](Invoice& d) { d.set_contract_id("R25TA00000002"); }},
      {"PAYMENT_MISMATCH delivery", [](Invoice& d) { d.set_delivery(1); }},
      {"INSPECTION_MISMATCH", [](Invoice& d) { d.set_inspection_sha256(std::string(64, '0')); }},
      {"AMOUNT_MISMATCH", [](Invoice& d) { d.set_amount(601); }},
      {"CURRENCY_MISMATCH", [](Invoice& d) { d.set_currency("USD"); }},
      {"ACCOUNT_CHANGED accountVersion", [](Invoice& d) { d.set_account_version(2); }}};
  for (const auto& [reason, spoil] : invoices) {
    auto doc = DocFor<Invoice>(In(Payment::PAYABLE), AnAccount());
    spoil(doc);
    EXPECT_EQ(refused(Payment::PAYABLE, doc, Facts()), reason);
  }
  PaymentFacts no_account = Facts();
  no_account.account.Clear();
  EXPECT_EQ(
      refused(Payment::PAYABLE, DocFor<Invoice>(In(Payment::PAYABLE), AnAccount()), no_account),
      "ACCOUNT_MISSING");
  const std::pair<const char*, void (*)(PaymentApproval&)> approvals[] = {
      {"PAYMENT_MISMATCH paymentId",
       [](PaymentApproval& d) { d.set_payment_id("R25TA00000001-P1"); }},
      {"CONTRACT_MISMATCH", [](PaymentApproval& d) { d.set_contract_id("R25TA00000002"); }},
      {"SEQUENCE_MISMATCH", [](PaymentApproval& d) { d.set_sequence(1); }},
      {"AMOUNT_MISMATCH", [](PaymentApproval& d) { d.set_amount(599); }},
      {"INVOICE_MISMATCH", [](PaymentApproval& d) { d.set_invoice_sha256(std::string(64, '0')); }},
      {"ACCOUNT_CHANGED accountVersion", [](PaymentApproval& d) { d.set_account_version(2); }},
      {"ACCOUNT_CHANGED accountSha256",
       [](PaymentApproval& d) { d.set_account_sha256(std::string(64, '0')); }}};
  for (const auto in : {Payment::INVOICED, Payment::APPROVED_ONCE}) {
    for (const auto& [reason, spoil] : approvals) {
      auto doc = DocFor<PaymentApproval>(In(in), AnAccount());
      spoil(doc);
      EXPECT_EQ(refused(in, doc, Facts()), reason);
    }
    EXPECT_EQ(refused(in, DocFor<PaymentApproval>(In(in), AnAccount()), Facts(2)),
              "ACCOUNT_CHANGED active");
  }
  auto settlement = DocFor<PaymentSettlement>(In(Payment::ORDERED), AnAccount());
  settlement.set_payment_id("R25TA00000001-P1");
  EXPECT_EQ(refused(Payment::ORDERED, settlement, Facts()), "PAYMENT_MISMATCH paymentId");
  settlement = DocFor<PaymentSettlement>(In(Payment::ORDERED), AnAccount());
  settlement.set_order_sha256(other);
  EXPECT_EQ(refused(Payment::ORDERED, settlement, Facts()), "ORDER_MISMATCH");
  settlement = DocFor<PaymentSettlement>(In(Payment::ORDERED), AnAccount());
  settlement.set_amount(601);
  EXPECT_EQ(refused(Payment::ORDERED, settlement, Facts()), "AMOUNT_MISMATCH");
  for (const std::string& reference :
       {std::string(), std::string(kBankReferenceBytesMax + 1, 'r')}) {
    settlement.set_bank_reference(reference);
    EXPECT_EQ(ErrorReason(CheckShape(settlement)), "BANK_REFERENCE_INVALID");
  }
  settlement.set_bank_reference(std::string(kBankReferenceBytesMax, 'r'));
  EXPECT_TRUE(CheckShape(settlement).ok());
}

TEST(PaymentActs, AnInspectionMakesAPayment) {
  const PaymentCase state = In(Payment::PAYABLE);
  EXPECT_EQ(state.payment().payment_id(), "R25TA00000001-P2");
  EXPECT_EQ(state.payment().delivery(), 3);
  EXPECT_EQ(state.payment().amount(), 600);
  EXPECT_EQ(state.payment().inspection_sha256(), std::string(64, 'c'));
  const std::pair<const char*, void (*)(event::v1::ContractActed&)> bad[] = {
      {"contractId", [](auto& e) { e.clear_contract_id(); }},
      {"supplierId", [](auto& e) { e.clear_supplier_id(); }},
      {"agencyId", [](auto& e) { e.clear_agency_id(); }},
      {"amount", [](auto& e) { e.set_delivery_amount(0); }}};
  for (const auto& [field, spoil] : bad) {
    auto inspected = Inspected();
    spoil(inspected);
    const absl::Status status = RecordPayable(inspected, 1).status();
    EXPECT_EQ(ErrorReason(status), "INSPECTION_MALFORMED");
    EXPECT_EQ(ErrorMetadataOf(status)["field"], field);
  }
}

}  // namespace
}  // namespace jodal::procurement
