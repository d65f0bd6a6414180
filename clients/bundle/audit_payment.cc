// Chapter: the payments. Each pays an accepted delivery once, to the supplier's account in force,
// on the signatures of two officers under the same facts; the bank says that it was carried out.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "jodal/payment/v1/payment.pb.h"

namespace jodal::bundle {
namespace {

constexpr char kPayment[] = "payment";
constexpr size_t kApprovals = 2;  // people that it takes

// A supplier's account versions as the log has them. Its numbers are not public.
struct Account {
  std::string sha256;
  absl::Time effective = absl::InfiniteFuture();
};
using Accounts = std::map<int, Account>;  // by version

// The version in force at `at`, 0 for none.
int ActiveAt(const Accounts& accounts, absl::Time at) {
  int active = 0;
  for (const auto& [version, account] : accounts) {
    if (account.effective <= at) active = version;
  }
  return active;
}

absl::StatusOr<Accounts> ReadAccounts(Audit& audit, const std::string& supplier) {
  Accounts out;
  const std::string subject = absl::StrCat("organizations/", supplier);
  std::vector<LoggedEntry*> entries = audit.Take(kPayment, "account.submitted", subject);
  const auto approvals = audit.Take(kPayment, "account.approved", subject);
  entries.insert(entries.end(), approvals.begin(), approvals.end());
  std::sort(entries.begin(), entries.end(),
            [](const LoggedEntry* a, const LoggedEntry* b) { return a->seq() < b->seq(); });
  for (const LoggedEntry* entry : entries) {
    if (entry->event.has_account_submitted()) {
      const auto& event = entry->event.account_submitted();
      if (event.supplier_id() != supplier ||
          event.account_version() != static_cast<int>(out.size()) + 1) {
        return audit.EventWrong(*entry, "account");
      }
      // A change that is not in force yet is withdrawn by the next one.
      if (!out.empty() && out.rbegin()->second.effective > entry->received()) {
        out.rbegin()->second.effective = absl::InfiniteFuture();
      }
      Account& account = out[event.account_version()];
      account.sha256 = event.account_sha256();
      // There is no older account that the first one could take anything from.
      if (event.account_version() == 1) account.effective = entry->received();
      continue;
    }
    const auto& event = entry->event.account_approved();
    std::string error;
    if (event.supplier_id() != supplier || out.empty() ||
        event.account_version() != out.rbegin()->first ||
        event.account_sha256() != out.rbegin()->second.sha256 ||
        !absl::ParseTime(absl::RFC3339_full, event.effective_time(),
                         &out.rbegin()->second.effective, &error)) {
      return audit.EventWrong(*entry, "account");
    }
  }
  return out;
}

struct Payment {
  std::string payment_id;
  int sequence = 0;
  const Audit::Accepted* delivery = nullptr;
  size_t documents = 0;
  std::string invoice_sha256;
  int account_version = 0;
  std::string account_sha256;
  std::vector<std::string> approvals;  // hex
  std::set<const Person*> approvers;
  std::string order_sha256;
  std::string bank_id;  // empty: the order is withheld
  bool settled = false;
};

struct Step {
  Audit& audit;
  const LoggedEntry& entry;
  const Accounts& accounts;
  const Audit::Contracted& contracted;
  Payment& payment;

  // The next document of the payment.
  std::string Base(absl::string_view kind) const {
    return PaymentBase(payment.payment_id, ++payment.documents, kind);
  }
};

absl::Status Mismatch(const std::string& base, absl::string_view field) {
  return Wrong("PAYMENT_MISMATCH", base + ".json", absl::StrCat("it names another ", field),
               {{"field", std::string(field)}});
}

absl::Status OutOfOrder(const Step& s) {
  return Wrong("PAYMENT_ORDER", s.audit.LogFile(s.entry),
               absl::StrCat(s.entry.head.type(), " does not follow from what was before"),
               {{"seq", absl::StrCat(s.entry.seq())}});
}

absl::Status Recorded(const Step& s) {
  const auto& event = s.entry.event.payable_recorded();
  if (s.payment.delivery != nullptr) return OutOfOrder(s);
  // Payments are numbered in the order in which the deliveries were accepted.
  const size_t at = static_cast<size_t>(s.payment.sequence - 1);
  if (at >= s.contracted.accepted.size()) return s.audit.EventWrong(s.entry, "delivery");
  const Audit::Accepted& delivery = s.contracted.accepted[at];
  if (event.payment_id() != s.payment.payment_id ||
      event.contract_id() != s.contracted.contract.contract_id() ||
      event.delivery() != delivery.delivery || event.amount() != delivery.amount) {
    return s.audit.EventWrong(s.entry, "delivery");
  }
  s.payment.delivery = &delivery;
  return absl::OkStatus();
}

absl::Status Invoiced(const Step& s) {
  if (s.payment.delivery == nullptr || !s.payment.order_sha256.empty()) return OutOfOrder(s);
  const std::string base = s.Base("invoice");
  ASSIGN_OR_RETURN(auto act,
                   s.audit.Open<document::v1::Invoice>(base, "invoice", s.entry.received()));
  RETURN_IF_ERROR(s.audit.CheckCapacity(
      *act.by, {"representative", s.contracted.contract.supplier_id()}, base + ".json"));
  const auto& event = s.entry.event.invoice_created();
  if (event.payment_id() != s.payment.payment_id || event.invoice_sha256() != act.sha256) {
    return s.audit.EventWrong(s.entry, "document");
  }
  if (act.doc.contract_id() != s.contracted.contract.contract_id())
    return Mismatch(base, "contract");
  if (act.doc.delivery() != s.payment.delivery->delivery) return Mismatch(base, "delivery");
  if (act.doc.inspection_sha256() != s.payment.delivery->inspection_sha256) {
    return Mismatch(base, "inspection");
  }
  if (act.doc.amount() != s.payment.delivery->amount) return Mismatch(base, "amount");
  if (act.doc.currency() != s.audit.notice().notice.currency()) return Mismatch(base, "currency");
  const auto account = s.accounts.find(ActiveAt(s.accounts, s.entry.received()));
  if (account == s.accounts.end() || act.doc.account_version() != account->first) {
    return Mismatch(base, "account");
  }
  s.payment.invoice_sha256 = act.sha256;
  s.payment.account_version = account->first;
  s.payment.account_sha256 = account->second.sha256;
  s.payment.approvals.clear();  // a new invoice needs new signatures
  s.payment.approvers.clear();
  return absl::OkStatus();
}

absl::Status Approved(const Step& s) {
  if (s.payment.invoice_sha256.empty() || s.payment.approvals.size() >= kApprovals) {
    return OutOfOrder(s);
  }
  const std::string base = s.Base("payment.approval");
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::PaymentApproval>(base, "payment.approval",
                                                                         s.entry.received()));
  RETURN_IF_ERROR(s.audit.CheckCapacity(*act.by, {"paymaster", s.audit.notice().notice.agency_id()},
                                        base + ".json"));
  if (!s.payment.approvers.insert(act.by).second) {
    return Wrong("FOUR_EYES", base + ".json", "one person approved twice");
  }
  s.payment.approvals.push_back(act.sha256);
  const auto& event = s.entry.event.payment_approved();
  if (event.payment_id() != s.payment.payment_id || event.approval_sha256() != act.sha256 ||
      event.approvals() != static_cast<int>(s.payment.approvals.size())) {
    return s.audit.EventWrong(s.entry, "document");
  }
  if (act.doc.payment_id() != s.payment.payment_id) return Mismatch(base, "payment");
  if (act.doc.contract_id() != s.contracted.contract.contract_id())
    return Mismatch(base, "contract");
  if (act.doc.amount() != s.payment.delivery->amount) return Mismatch(base, "amount");
  if (act.doc.account_version() != s.payment.account_version ||
      act.doc.account_sha256() != s.payment.account_sha256 ||
      ActiveAt(s.accounts, s.entry.received()) != s.payment.account_version) {
    return Mismatch(base, "account");
  }
  if (act.doc.sequence() != s.payment.sequence) return Mismatch(base, "sequence");
  if (act.doc.invoice_sha256() != s.payment.invoice_sha256) return Mismatch(base, "invoice");
  return absl::OkStatus();
}

// The order as the bank got it, where the exporter might see it.
absl::Status CheckOrder(const Step& s) {
  const std::string file = PaymentDir(s.payment.payment_id) + "order.json";
  if (!s.audit.files.Has(file)) {
    ++s.audit.report.orders_withheld;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string* bytes, s.audit.files.Read(file));
  if (HexEncode(crypto::Sha256(*bytes)) != s.payment.order_sha256) {
    return Wrong("ORDER_MISMATCH", file, "not the order that the log names");
  }
  payment::v1::PaymentOrder order;
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(*bytes, &order)));
  const bool fits = order.system() == s.audit.system &&
                    order.payment_id() == s.payment.payment_id &&
                    order.contract_id() == s.contracted.contract.contract_id() &&
                    order.payer_id() == s.audit.notice().notice.agency_id() &&
                    order.payee_id() == s.contracted.contract.supplier_id() &&
                    order.amount() == s.payment.delivery->amount &&
                    order.currency() == s.audit.notice().notice.currency() &&
                    order.account_version() == s.payment.account_version &&
                    order.sequence() == s.payment.sequence &&
                    std::equal(order.approval_sha256().begin(), order.approval_sha256().end(),
                               s.payment.approvals.begin(), s.payment.approvals.end());
  if (!fits) return Wrong("ORDER_MISMATCH", file, "the order is not what was approved");
  s.payment.bank_id = order.bank_id();
  return absl::OkStatus();
}

absl::Status Ordered(const Step& s) {
  if (s.payment.approvals.size() != kApprovals || !s.payment.order_sha256.empty()) {
    return OutOfOrder(s);
  }
  const auto& event = s.entry.event.payment_ordered();
  if (event.payment_id() != s.payment.payment_id ||
      event.contract_id() != s.contracted.contract.contract_id() ||
      event.amount() != s.payment.delivery->amount ||
      event.account_version() != s.payment.account_version ||
      event.sequence() != s.payment.sequence || event.order_sha256().empty()) {
    return s.audit.EventWrong(s.entry, "order");
  }
  s.payment.order_sha256 = event.order_sha256();
  s.audit.report.state = "ORDERED";
  return CheckOrder(s);
}

absl::Status Settled(const Step& s) {
  if (s.payment.order_sha256.empty() || s.payment.settled) return OutOfOrder(s);
  const std::string base = s.Base("payment.settlement");
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::PaymentSettlement>(
                                 base, "payment.settlement", s.entry.received()));
  RETURN_IF_ERROR(s.audit.CheckCapacity(*act.by, {"bank", s.payment.bank_id}, base + ".json"));
  const auto& event = s.entry.event.payment_settled();
  if (event.payment_id() != s.payment.payment_id || event.settlement_sha256() != act.sha256 ||
      event.amount() != act.doc.amount()) {
    return s.audit.EventWrong(s.entry, "document");
  }
  if (act.doc.payment_id() != s.payment.payment_id) return Mismatch(base, "payment");
  if (act.doc.order_sha256() != s.payment.order_sha256) return Mismatch(base, "order");
  if (act.doc.amount() != s.payment.delivery->amount) return Mismatch(base, "amount");
  s.payment.settled = true;
  s.audit.report.paid_amount += act.doc.amount();
  s.audit.report.state = "SETTLED";
  return absl::OkStatus();
}

struct StepRule {
  const char* type;
  absl::Status (*check)(const Step&);
};
constexpr StepRule kSteps[] = {{"payable.recorded", Recorded},
                               {"invoice.created", Invoiced},
                               {"payment.approved", Approved},
                               {"payment.ordered", Ordered},
                               {"payment.settled", Settled}};

}  // namespace

absl::Status VerifyPayment(Audit& audit) {
  const auto log = audit.logs.find(kPayment);
  if (log == audit.logs.end()) return absl::OkStatus();
  bool payable = false;
  for (auto& [contract_id, contracted] : audit.contracts) {
    if (contracted.accepted.empty()) continue;
    payable = true;
    ASSIGN_OR_RETURN(const Accounts accounts,
                     ReadAccounts(audit, contracted.contract.supplier_id()));
    const std::string prefix =
        absl::StrCat(audit.TenderSubject(), "/contracts/", contract_id, "/payments/");
    std::map<std::string, Payment> payments;  // by subject
    for (size_t at = 1; at <= contracted.accepted.size(); ++at) {
      const std::string id = absl::StrCat(contract_id, "-P", at);
      Payment& payment = payments[prefix + id];
      payment.payment_id = id;
      payment.sequence = static_cast<int>(at);
    }
    for (LoggedEntry& entry : log->second.entries) {
      const auto payment = payments.find(entry.head.subject());
      for (const StepRule& rule : kSteps) {
        if (payment == payments.end() || entry.head.type() != rule.type) continue;
        entry.used = true;
        RETURN_IF_ERROR(rule.check({audit, entry, accounts, contracted, payment->second}));
      }
    }
    for (const auto& [subject, payment] : payments) {
      audit.report.payments += payment.delivery != nullptr ? 1 : 0;
    }
  }
  if (!payable) {
    return Wrong("PAYMENT_ORDER", LogDir(kPayment) + "entries.jsonl",
                 "there is nothing accepted that could be paid");
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
