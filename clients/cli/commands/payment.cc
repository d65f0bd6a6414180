// account, invoice, payment.
#include <map>

#include "absl/strings/str_cat.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"

namespace jodal::cli {
namespace {

namespace pb = payment::v1;
using Stub = pb::PaymentService::Stub;

absl::StatusOr<pb::Payment> Fetch(Cli& cli, const std::string& payment_id) {
  pb::GetPaymentRequest request;
  request.set_payment_id(payment_id);
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::payment, &Stub::GetPayment, request));
  return answer.payment();
}

absl::StatusOr<pb::GetAccountResponse> FetchAccount(Cli& cli, const std::string& supplier_id) {
  pb::GetAccountRequest request;
  request.set_supplier_id(supplier_id);
  return Ask(cli, &sdk::Client::payment, &Stub::GetAccount, request);
}

using Nouns = std::map<std::string, CLI::App*>;

void AddAccountVerbs(Cli& cli, const Nouns& nouns) {
  using Account = document::v1::BankAccount;
  AddAct<Account>(cli, nouns, &sdk::Client::payment, &Stub::SubmitAccount,
                  [](Cli& cli, Account& document) -> absl::Status {
                    ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
                    const std::string supplier = identity->organization_id();
                    const auto known = FetchAccount(cli, supplier);
                    if (!known.ok() && !absl::IsNotFound(known.status())) return known.status();
                    document = sdk::AccountFor(
                        supplier, known.value_or(pb::GetAccountResponse()),
                        {document.bank_id(), document.account_number(), document.holder(),
                         FreshNonce(), document.account_version()});
                    return absl::OkStatus();
                  });
  using Approval = document::v1::BankAccountApproval;
  AddAct<Approval>(cli, nouns, &sdk::Client::payment, &Stub::ApproveAccount,
                   [](Cli& cli, Approval& document) -> absl::Status {
                     ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
                     ASSIGN_OR_RETURN(const auto known,
                                      FetchAccount(cli, identity->organization_id()));
                     const int asked = document.account_version();
                     ASSIGN_OR_RETURN(document, sdk::AccountApprovalFor(known.pending()));
                     // If another one waits, the service says so.
                     if (asked != 0) document.set_account_version(asked);
                     return absl::OkStatus();
                   });

  CLI::App* noun = nouns.at("account");
  auto supplier = std::make_shared<std::string>();
  cli.Verb(noun,
           {"show", "Shows the account in force and the one that waits",
            "jodal account show S-1248100998 --identity keys/lee"},
           [&cli, supplier]() -> absl::Status {
             ASSIGN_OR_RETURN(const auto answer, FetchAccount(cli, *supplier));
             return cli.out().One(answer);
           })
      ->add_option("supplier", *supplier, "Supplier")
      ->required();
}

void AddPaymentVerbs(Cli& cli, const Nouns& nouns) {
  using Invoice = document::v1::Invoice;
  AddAct<Invoice>(cli, nouns, &sdk::Client::payment, &Stub::CreateInvoice,
                  [](Cli& cli, Invoice& document) -> absl::Status {
                    pb::ListPaymentsRequest ask;
                    ask.set_contract_id(document.contract_id());
                    ASSIGN_OR_RETURN(const auto payments,
                                     Ask(cli, &sdk::Client::payment, &Stub::ListPayments, ask));
                    ASSIGN_OR_RETURN(const auto payment,
                                     sdk::FindPayable(payments, document.delivery()));
                    ASSIGN_OR_RETURN(const auto account, FetchAccount(cli, payment.supplier_id()));
                    ASSIGN_OR_RETURN(document, sdk::InvoiceFor(payment, account.active()));
                    return absl::OkStatus();
                  });
  using Approval = document::v1::PaymentApproval;
  AddAct<Approval>(cli, nouns, &sdk::Client::payment, &Stub::ApprovePayment,
                   [](Cli& cli, Approval& document) -> absl::Status {
                     ASSIGN_OR_RETURN(const auto payment, Fetch(cli, document.payment_id()));
                     ASSIGN_OR_RETURN(document, sdk::PaymentApprovalFor(payment));
                     return absl::OkStatus();
                   });
  using Settlement = document::v1::PaymentSettlement;
  AddAct<Settlement>(cli, nouns, &sdk::Client::payment, &Stub::SettlePayment,
                     [](Cli& cli, Settlement& document) -> absl::Status {
                       ASSIGN_OR_RETURN(const auto payment, Fetch(cli, document.payment_id()));
                       pb::GetPaymentOrderRequest ask;
                       ask.set_payment_id(document.payment_id());
                       ASSIGN_OR_RETURN(const auto order, Ask(cli, &sdk::Client::payment,
                                                              &Stub::GetPaymentOrder, ask));
                       ASSIGN_OR_RETURN(document, sdk::SettlementFor(payment, order.order(),
                                                                     document.bank_reference()));
                       return absl::OkStatus();
                     });

  CLI::App* noun = nouns.at("payment");
  struct Options {
    std::string id, contract, out, state;
  };
  auto o = std::make_shared<Options>();
  cli.Verb(noun, {"show", "Shows a payment", "jodal payment show R26TA00000001-P1"},
           [&cli, o]() -> absl::Status {
             ASSIGN_OR_RETURN(const auto payment, Fetch(cli, o->id));
             return cli.out().One(payment);
           })
      ->add_option("payment", o->id, "Payment")
      ->required();
  CLI::App* wait =
      cli.Verb(noun,
               {"wait", "Waits until a payment has reached a state",
                "jodal payment wait R26TA00000001-P1 --for PAYABLE"},
               [&cli, o]() -> absl::Status {
                 pb::Payment payment;
                 RETURN_IF_ERROR(WaitForState(cli, o->state, &payment, [&]() -> absl::Status {
                   ASSIGN_OR_RETURN(payment, Fetch(cli, o->id));
                   return absl::OkStatus();
                 }));
                 return cli.out().One(payment);
               });
  wait->add_option("payment", o->id, "Payment")->required();
  wait->add_option("--for", o->state, StateHelp(*pb::Payment::State_descriptor()))->required();
  cli.Verb(noun, {"list", "Lists the payments of a contract", "jodal payment list R26TA00000001"},
           [&cli, o]() -> absl::Status {
             pb::ListPaymentsRequest request;
             request.set_contract_id(o->contract);
             ASSIGN_OR_RETURN(const auto answer,
                              Ask(cli, &sdk::Client::payment, &Stub::ListPayments, request));
             return cli.out().Many(Pointers(answer.payments()),
                                   {"payment_id", "state", "delivery", "amount", "supplier_id"});
           })
      ->add_option("contract", o->contract, "Contract")
      ->required();
  CLI::App* order =
      cli.Verb(noun,
               {"order", "Keeps the payment order, the bytes that its digest is of",
                "jodal payment order R26TA00000001-P1 --out order.json --identity keys/bank"},
               [&cli, o]() -> absl::Status {
                 pb::GetPaymentOrderRequest request;
                 request.set_payment_id(o->id);
                 ASSIGN_OR_RETURN(const auto answer,
                                  Ask(cli, &sdk::Client::payment, &Stub::GetPaymentOrder, request));
                 RETURN_IF_ERROR(WriteFile(o->out, answer.order()));
                 return cli.out().Facts(
                     {{"file", o->out}, {"sha256", HexEncode(crypto::Sha256(answer.order()))}});
               });
  order->add_option("payment", o->id, "Payment")->required();
  order->add_option("--out", o->out, "File to write")->required();
}

}  // namespace

void AddPayment(Cli& cli) {
  const Nouns nouns = {
      {"account", cli.Noun("account", "Bank accounts of suppliers")},
      {"invoice", cli.Noun("invoice", "Invoices")},
      {"payment", cli.Noun("payment", "Payments: two officers, one order, one settlement")}};
  AddAccountVerbs(cli, nouns);
  AddPaymentVerbs(cli, nouns);
}

}  // namespace jodal::cli
