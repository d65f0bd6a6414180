// Chapter: the payments. Each pays an accepted delivery once, to the supplier's account in force,
// on the signatures of two officers under the same facts; the bank says that it was carried out.
// The same folds as the service's: of the payments over their documents, of the account over what
// the log says of its documents, which are confidential.
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "procurement/acts/account.h"
#include "procurement/acts/payment.h"
#include "procurement/acts/payment_id.h"

namespace jodal::bundle {
namespace {

using event::v1::Event;
using payment::v1::AccountCase;
using payment::v1::PaymentCase;

constexpr char kPayment[] = "payment";

// What an account document says as far as the log tells: no bank, no number, no holder.
void Tell(const event::v1::AccountActed& event, document::v1::BankAccount* doc) {
  doc->set_supplier_id(event.supplier_id());
  doc->set_account_version(event.account_version());
}
void Tell(const event::v1::AccountActed& event, document::v1::BankAccountApproval* doc) {
  doc->set_supplier_id(event.supplier_id());
  doc->set_account_version(event.account_version());
  doc->set_account_sha256(event.account_sha256());
}

absl::Status FoldAccount(Audit& audit, const LoggedEntry& entry, AccountCase& account) {
  const auto& said = entry.event.account_acted();
  const procurement::ActFacts facts{said.document_sha256(), entry.received()};
  absl::StatusOr<Event> must = audit.EventWrong(entry, "account");
  procurement::VisitKind(procurement::AccountDocuments(), said.kind(),
                         [&]<typename Doc>(const procurement::Act&) {
                           Doc doc;
                           Tell(said, &doc);
                           must = procurement::ApplyToAccount(doc, facts, nullptr, account);
                         });
  if (!must.ok() || entry.event.SerializeAsString() != must->SerializeAsString()) {
    return audit.EventWrong(entry, "account");
  }
  return absl::OkStatus();
}

struct Payment {
  const Audit::Contracted* contracted = nullptr;
  AccountCase* account = nullptr;  // of the contract's supplier
  std::string id;
  int sequence = 0;
  std::optional<PaymentCase> state;
  size_t documents = 0;
  std::optional<Event> due;  // the entry that follows from the last act
};

struct Step {
  Audit& audit;
  const LoggedEntry& entry;
  Payment& payment;
};

absl::Status OutOfOrder(const Step& s) {
  return Wrong("PAYMENT_ORDER", s.audit.LogFile(s.entry),
               absl::StrCat(s.entry.head.type(), " does not follow from what was before"),
               {{"seq", absl::StrCat(s.entry.seq())}});
}

absl::Status Recorded(const Step& s) {
  if (s.payment.state.has_value()) return OutOfOrder(s);
  // Payments are numbered in the order in which the deliveries were accepted.
  const size_t at = static_cast<size_t>(s.payment.sequence - 1);
  if (at >= s.payment.contracted->accepted.size()) return s.audit.EventWrong(s.entry, "delivery");
  ASSIGN_OR_RETURN(const auto must, procurement::RecordPayable(s.payment.contracted->accepted[at],
                                                               s.payment.sequence));
  if (s.entry.event.payable_recorded().SerializeAsString() != must.SerializeAsString()) {
    return s.audit.EventWrong(s.entry, "delivery");
  }
  s.payment.state = procurement::PaymentFrom(must);
  return absl::OkStatus();
}

// The digest of the order as the log names it, and of the account what the order says, where the
// exporter might see it: the order that the fold makes of that must be the same.
absl::Status LookIntoOrder(const Step& s, procurement::PaymentFacts& facts) {
  ASSIGN_OR_RETURN(const LoggedEntry* ordered,
                   s.audit.TakeOne(kPayment, "payment.ordered", s.entry.head.subject()));
  if (ordered == nullptr) return absl::OkStatus();
  facts.order_sha256 = ordered->event.payment_ordered().order_sha256();
  const std::string file = PaymentDir(s.payment.id) + "order.json";
  if (!s.audit.files.Has(file)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string* bytes, s.audit.files.Read(file));
  if (HexEncode(crypto::Sha256(*bytes)) != facts.order_sha256) {
    return Wrong("ORDER_MISMATCH", file, "not the order that the log names");
  }
  payment::v1::PaymentOrder order;
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(*bytes, &order)));
  auto& active = *facts.account.mutable_active();
  active.set_bank_id(order.bank_id());
  active.set_account_number(order.account_number());
  active.set_holder(order.holder());
  return absl::OkStatus();
}

// After the act that made the order: it is the one that the exporter saw.
absl::Status CheckOrder(const Step& s) {
  const std::string file = PaymentDir(s.payment.id) + "order.json";
  if (!s.audit.files.Has(file)) {
    ++s.audit.report.orders_withheld;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string* bytes, s.audit.files.Read(file));
  if (*bytes == s.payment.state->order()) return absl::OkStatus();
  return Wrong("ORDER_MISMATCH", file, "the order is not what was approved");
}

template <typename Doc>
absl::Status VerifyAct(const Step& s, const procurement::Act& act) {
  PaymentCase& state = *s.payment.state;
  const auto& said = s.entry.event.payment_acted();
  const std::string base = PaymentBase(s.payment.id, ++s.payment.documents, act.kind());
  const std::string file = base + ".json";
  ASSIGN_OR_RETURN(const auto done, s.audit.Open<Doc>(base, act.kind(), s.entry.received()));
  if (said.document_sha256() != done.sha256) return s.audit.EventWrong(s.entry, "document");
  procurement::Standing standing = procurement::StandingOf(state);
  // Where the order is withheld, nobody can say which bank it went to.
  if (state.order().empty()) standing.parties.bank_id = done.by->organization_id;
  RETURN_IF_ERROR(s.audit.CheckCapacity(
      *done.by, {act.role(), procurement::PartyId(act, standing.parties)}, file));

  procurement::PaymentFacts facts;
  facts.sha256 = done.sha256;
  facts.arrival = s.entry.received();
  facts.system = s.audit.system;
  facts.signer = done.by->person_id;
  facts.account = procurement::At(*s.payment.account, facts.arrival);
  RETURN_IF_ERROR(LookIntoOrder(s, facts));
  const bool ordered_before = !state.payment().order_sha256().empty();
  const procurement::Actor actor{done.by->person_id, done.by->organization_id, {}};
  RETURN_IF_ERROR(WrongAt(file, procurement::CheckShape(done.doc)));
  PaymentCase next = state;
  if (next.bank_id().empty() && act.party() == procurement::Act::BANK) {
    next.set_bank_id(standing.parties.bank_id);
  }
  auto events = procurement::ApplyToPayment(done.doc, facts, &actor, next);
  if (!events.ok()) return WrongAt(file, events.status());
  state = std::move(next);
  if (s.entry.event.SerializeAsString() != events->front().SerializeAsString() ||
      s.entry.head.actor_role() != act.actor()) {
    return s.audit.EventWrong(s.entry, "payment");
  }
  if (events->size() > 1) s.payment.due = events->back();
  if (!ordered_before && !state.payment().order_sha256().empty()) RETURN_IF_ERROR(CheckOrder(s));
  if (state.payment().state() == payment::v1::Payment::SETTLED) {
    s.audit.report.paid_amount += state.payment().amount();
  }
  return absl::OkStatus();
}

absl::Status Acted(const Step& s) {
  if (!s.payment.state.has_value()) return OutOfOrder(s);
  const std::string& kind = s.entry.event.payment_acted().kind();
  absl::Status status = s.audit.EventWrong(s.entry, "kind");
  procurement::VisitKind(
      procurement::PaymentDocuments(), kind,
      [&]<typename Doc>(const procurement::Act& act) { status = VerifyAct<Doc>(s, act); });
  RETURN_IF_ERROR(status);
  const auto state = s.payment.state->payment().state();
  if (state >= payment::v1::Payment::ORDERED) {
    s.audit.report.state = payment::v1::Payment::State_Name(state);
  }
  return absl::OkStatus();
}

absl::Status Check(const Step& s) {
  if (s.payment.due.has_value()) {
    const std::string due = s.payment.due->SerializeAsString();
    s.payment.due.reset();
    return s.entry.event.SerializeAsString() == due ? absl::OkStatus()
                                                    : s.audit.EventWrong(s.entry, "order");
  }
  if (s.entry.event.has_payable_recorded()) return Recorded(s);
  if (s.entry.event.has_payment_acted()) return Acted(s);
  return OutOfOrder(s);
}

}  // namespace

absl::Status VerifyPayment(Audit& audit) {
  const auto log = audit.logs.find(kPayment);
  if (log == audit.logs.end()) return absl::OkStatus();
  const std::string file = LogDir(kPayment) + "entries.jsonl";
  std::map<std::string, AccountCase> accounts;  // by subject
  std::map<std::string, Payment> payments;      // by subject
  for (const auto& [contract_id, contracted] : audit.contracts) {
    if (contracted.accepted.empty()) continue;
    const std::string& supplier = contracted.contract.supplier_id();
    AccountCase& account = accounts[absl::StrCat("organizations/", supplier)];
    account.set_supplier_id(supplier);
    for (size_t at = 1; at <= contracted.accepted.size(); ++at) {
      Payment payment;
      payment.contracted = &contracted;
      payment.account = &account;
      payment.sequence = static_cast<int>(at);
      payment.id = procurement::FormatPaymentId({contract_id, payment.sequence});
      payments[absl::StrCat(audit.TenderSubject(), "/contracts/", contract_id, "/payments/",
                            payment.id)] = payment;
    }
  }
  if (payments.empty()) {
    return Wrong("PAYMENT_ORDER", file, "there is nothing accepted that could be paid");
  }
  for (LoggedEntry& entry : log->second.entries) {
    const auto account = accounts.find(entry.head.subject());
    if (account != accounts.end() && entry.event.has_account_acted()) {
      entry.used = true;
      RETURN_IF_ERROR(FoldAccount(audit, entry, account->second));
      continue;
    }
    const auto payment = payments.find(entry.head.subject());
    if (payment == payments.end()) continue;  // nothing accounts for it
    entry.used = true;
    RETURN_IF_ERROR(Check({audit, entry, payment->second}));
  }
  for (const auto& [subject, payment] : payments) {
    if (payment.due.has_value()) {
      return Wrong("PAYMENT_ORDER", file, absl::StrCat("the log lacks the order of ", payment.id));
    }
    audit.report.payments += payment.state.has_value() ? 1 : 0;
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
