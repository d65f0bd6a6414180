// Accounts, invoices, approvals.
#include "tests/e2e/bad_input.h"

namespace jodal::e2e {

using absl::StrCat;

// The delivery is accepted; there is no account yet. Submits the first one.
void BadInputTest::InvoiceRows() {
  using Account = document::v1::BankAccount;
  const auto account = [&](const std::string& name, const std::string& reason,
                           const std::function<void(Account&)>& spoil, const Person* by = nullptr) {
    Account doc = w().Account(1);
    spoil(doc);
    Refused(
        "account: " + name,
        [&] {
          return w().Send(by == nullptr ? *w().s1 : *by, "account", doc, s().payment(),
                          &PaymentStub::SubmitAccount);
        },
        reason);
  };
  account(
      "another supplier's", "NOT_ALLOWED", [](Account&) {}, w().s2);
  account("at no bank", "BANK_UNKNOWN", [&](Account& d) { d.set_bank_id(w().s2->organization()); });
  account("the second before the first", "ACCOUNT_VERSION",
          [](Account& d) { d.set_account_version(2); });
  account("no number", "ACCOUNT_NUMBER_INVALID",
          [](Account& d) { d.set_account_number("110'222"); });
  account("no holder", "ACCOUNT_HOLDER_INVALID", [](Account& d) { d.clear_holder(); });
  account("no nonce", "ACCOUNT_NONCE_INVALID", [](Account& d) { d.set_nonce("00"); });
  const auto invoice = [&](const Person& who, const document::v1::Invoice& doc) {
    return w().Send(who, "invoice", doc, s().payment(), &PaymentStub::CreateInvoice);
  };
  Refused(
      "invoice: without an account", [&] { return invoice(*w().s1, w().Invoice()); },
      "ACCOUNT_MISSING");
  Step(w().Take("SubmitAccount", *w().s1, "account", w().Account(1), s().payment(),
                &PaymentStub::SubmitAccount)
           .status());
  Step(w().Refresh());

  using Invoice = document::v1::Invoice;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Invoice&)>& spoil) {
    Invoice doc = w().Invoice();
    spoil(doc);
    Refused(
        "invoice: " + name, [&] { return invoice(*w().s1, doc); }, reason);
  };
  row("another amount", "AMOUNT_MISMATCH", [](Invoice& d) { d.set_amount(d.amount() + 1); });
  row("another currency", "CURRENCY_MISMATCH", [](Invoice& d) { d.set_currency("USD"); });
  row("another inspection", "INSPECTION_MISMATCH",
      [](Invoice& d) { d.set_inspection_sha256(std::string(64, 'a')); });
  row("another account", "ACCOUNT_CHANGED", [](Invoice& d) { d.set_account_version(2); });
  row("a delivery that is not there", "PAYMENT_NOT_FOUND", [](Invoice& d) { d.set_delivery(2); });
  row("a contract that is not there", "PAYMENT_NOT_FOUND",
      [](Invoice& d) { d.set_contract_id("R25TA00000000"); });
  Refused(
      "invoice: by another supplier", [&] { return invoice(*w().s2, w().Invoice()); },
      "NOT_ALLOWED");
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(*w().s1, std::move(document), s().payment(), &PaymentStub::CreateInvoice);
  };
  SpoiltJson("invoice", *w().s1, s().Json(*w().s1, "invoice", w().Invoice()), send);
  SpoiltCms("invoice", *w().s1, s().Json(*w().s1, "invoice", w().Invoice()), send);
}

// The payment waits for an approval by `paymaster`.
void BadInputTest::ApprovalRows() {
  using Doc = document::v1::PaymentApproval;
  const auto approve = [&](const Person& who, const Doc& doc) {
    return w().Send(who, "payment.approval", doc, s().payment(), &PaymentStub::ApprovePayment);
  };
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::string& detail, const std::function<void(Doc&)>& spoil) {
    Doc doc = w().PaymentApproval();
    spoil(doc);
    Refused(
        StrCat("payment: ", name, ", account ", w().payment.account_version()),
        [&] { return approve(*w().paymaster, doc); }, reason, detail);
  };
  row("another amount", "AMOUNT_MISMATCH", "", [](Doc& d) { d.set_amount(d.amount() + 1); });
  row("another sequence", "SEQUENCE_MISMATCH", "", [](Doc& d) { d.set_sequence(2); });
  row("another contract", "CONTRACT_MISMATCH", "",
      [](Doc& d) { d.set_contract_id("R25TA00000000"); });
  row("another account version", "ACCOUNT_CHANGED", "accountVersion",
      [](Doc& d) { d.set_account_version(d.account_version() + 1); });
  row("another account", "ACCOUNT_CHANGED", "accountSha256",
      [](Doc& d) { d.set_account_sha256(std::string(64, 'a')); });
  row("another invoice", "INVOICE_MISMATCH", "",
      [](Doc& d) { d.set_invoice_sha256(std::string(64, 'a')); });
  row("a payment that is not there", "PAYMENT_NOT_FOUND", "",
      [](Doc& d) { d.set_payment_id(d.contract_id() + "-P2"); });
  Refused(
      "payment: approved by another agency",
      [&] { return approve(*w().other, w().PaymentApproval()); }, "NOT_ALLOWED");
  Refused(
      "payment: approved with another's signature",
      [&] {
        Doc doc = w().PaymentApproval();
        doc.set_signer(w().paymaster2->id());
        return w().SendSigned(*w().paymaster2,
                              w().SignAnew(*w().paymaster, "payment.approval", doc), s().payment(),
                              &PaymentStub::ApprovePayment);
      },
      "SIGNER_MISMATCH");
}

// One approval is there. The supplier changes the account, which voids it.
void BadInputTest::AccountRows() {
  const auto approve = [&](const Person& who) {
    return w().Send(who, "payment.approval", w().PaymentApproval(), s().payment(),
                    &PaymentStub::ApprovePayment);
  };
  Refused(
      "payment: approved twice by one person", [&] { return approve(*w().paymaster); },
      "FOUR_EYES");
  document::v1::BankAccountApproval change;
  change.set_supplier_id(w().s1->organization());
  change.set_account_version(2);
  change.set_account_sha256(std::string(64, 'a'));
  const auto approve_change = [&](const Person& who) {
    return w().Send(who, "account.approval", change, s().payment(), &PaymentStub::ApproveAccount);
  };
  Refused(
      "account: a change approved that nobody asked for", [&] { return approve_change(*w().s1b); },
      "WRONG_STATE");
  change.set_account_version(1);
  Refused(
      "account: the one in force approved", [&] { return approve_change(*w().s1b); },
      "WRONG_STATE");
  change.set_account_version(2);
  const auto submitted = Step(w().Take("SubmitAccount", *w().s1, "account", w().Account(2),
                                       s().payment(), &PaymentStub::SubmitAccount));
  Refused(
      "account: another change approved", [&] { return approve_change(*w().s1b); },
      "ACCOUNT_DIGEST_MISMATCH");
  change.set_account_sha256(submitted.account().account_sha256());
  Refused(
      "account: a change approved by who asked for it", [&] { return approve_change(*w().s1); },
      "FOUR_EYES");
  Refused(
      "account: a change approved by another supplier", [&] { return approve_change(*w().s2); },
      "NOT_ALLOWED");
  payment::v1::GetAccountRequest of_s1;
  of_s1.set_supplier_id(w().s1->organization());
  Refused(
      "account: seen by another supplier",
      [&] { return s().Call(s().payment(), &PaymentStub::GetAccount, of_s1, w().s2).status(); },
      "NOT_ALLOWED");
  const auto waiting = Step(w().Take("ApproveAccount", *w().s1b, "account.approval", change,
                                     s().payment(), &PaymentStub::ApproveAccount));
  Refused(
      "account: a change approved twice", [&] { return approve_change(*w().s1b); }, "WRONG_STATE");
  const absl::Time effective = absl::FromUnixNanos(waiting.account().effective_time_ns());
  EXPECT_EQ(effective - s().clock().Now(), absl::Hours(72));
  MoveTo(effective - absl::Nanoseconds(1));
  auto invoice = w().Invoice();
  invoice.set_account_version(2);
  Refused(
      "invoice: to an account that is still waiting",
      [&] {
        return w().Send(*w().s1, "invoice", invoice, s().payment(), &PaymentStub::CreateInvoice);
      },
      "WRONG_STATE");
  MoveTo(effective);
  Refused(
      "payment: approved after the supplier has changed the account",
      [&] { return approve(*w().paymaster2); }, "ACCOUNT_CHANGED", "active");
  auto altered = w().PaymentApproval();
  altered.set_account_version(2);
  altered.set_account_sha256(submitted.account().account_sha256());
  Refused(
      "payment: approved to the new account without a new invoice",
      [&] {
        return w().Send(*w().paymaster2, "payment.approval", altered, s().payment(),
                        &PaymentStub::ApprovePayment);
      },
      "ACCOUNT_CHANGED", "accountVersion");
}

}  // namespace jodal::e2e
