#include "procurement/acts/waiting.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "procurement/people/organization.h"

namespace jodal::procurement {
namespace {

Waiting For(absl::string_view organization_id, absl::string_view rule_id, absl::string_view case_id,
            const std::vector<std::string>& more_words = {}) {
  Waiting out;
  out.rule = &DeadlineRuleOf(rule_id);
  out.organization_id = std::string(organization_id);
  for (const absl::string_view word : absl::StrSplit(out.rule->command, ' ')) {
    out.command.push_back(absl::StrReplaceAll(word, {{"{case}", case_id}}));
  }
  out.command.insert(out.command.end(), more_words.begin(), more_words.end());
  return out;
}

// With the time that the rule sets from `since_ns` on.
Waiting Since(int64_t since_ns, Waiting waiting, const Holidays& holidays = {}) {
  waiting.until = DueAt(*waiting.rule, absl::FromUnixNanos(since_ns), holidays);
  return waiting;
}

// A time of a notice that was reviewed; InfiniteFuture if it is none.
absl::Time TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, text, &time, &error) ? time : absl::InfiniteFuture();
}

}  // namespace

std::vector<Waiting> WaitingIn(const tender::v1::Tender& tender, const std::string& author) {
  using tender::v1::Tender;
  const std::string& id = tender.tender_id();
  std::vector<Waiting> out;
  const bool correction = tender.state() == Tender::PUBLISHED && tender.pending_version() > 0;
  if (tender.state() == Tender::SUBMITTED || correction) {
    out.push_back(For(tender.agency_id(), "notice.approve", id));
    out.back().except = {author};
    // Bids must not begin before the notice, and a correction must come before the deadline that it
    // corrects.
    out.back().until = TimeOf(correction ? tender.deadline() : tender.bid_start());
  } else if (tender.state() == Tender::OPENED) {
    out.push_back(For(tender.agency_id(), "tender.evaluate", id));
  } else if (tender.state() == Tender::EVALUATED) {
    out.push_back(For(tender.agency_id(), "award.decide", id));
  }
  return out;
}

std::vector<Waiting> WaitingIn(const bidding::v1::Box& box,
                               const std::vector<MissingMember>& missing) {
  std::vector<Waiting> out;
  // `closed_seq`: by time alone a box looks closed a moment before its bids are counted.
  if (box.state() != bidding::v1::Box::CLOSED || box.closed_seq() == 0) return out;
  std::map<std::string, size_t> at;  // of an organisation's item
  for (const MissingMember& member : missing) {
    const auto [found, fresh] = at.emplace(member.organization_id, out.size());
    if (fresh) {
      out.push_back(For(member.organization_id, "shares.release", box.tender_id()));
      out.back().until = absl::FromUnixNanos(box.open_at_ns());
    }
    out[found->second].only.push_back(member.person_id);
  }
  return out;
}

std::vector<Waiting> WaitingIn(const contract::v1::Contract& contract) {
  using contract::v1::Contract;
  using contract::v1::Delivery;
  const std::string& id = contract.contract_id();
  switch (contract.state()) {
    case Contract::AWARDED:
      return {For(contract.agency_id(), "contract.offer", id)};
    case Contract::OFFERED:
      return {
          Since(contract.offered_time_ns(), For(contract.supplier_id(), "contract.consent", id))};
    case Contract::CONSENTED:
      return {For(contract.agency_id(), "contract.confirm", id)};
    case Contract::FORMED:
      break;
    default:
      return {};
  }
  const int deliveries = contract.deliveries_size();
  const Delivery last = deliveries == 0 ? Delivery() : contract.deliveries(deliveries - 1);
  if (last.state() != Delivery::REPORTED) {
    return {For(contract.supplier_id(), "delivery.report", id)};
  }
  return {Since(last.reported_time_ns(),
                For(contract.agency_id(), "delivery.inspect", id,
                    {"--delivery", absl::StrCat(last.delivery()), "--accepted"}))};
}

std::vector<Waiting> WaitingIn(const payment::v1::PaymentCase& of, const Holidays& holidays) {
  using payment::v1::Payment;
  const Payment& payment = of.payment();
  const std::string& id = payment.payment_id();
  const int64_t claimed_ns = payment.invoiced_time_ns();
  switch (payment.state()) {
    case Payment::PAYABLE:
      return {For(payment.supplier_id(), "invoice.create", payment.contract_id(),
                  {"--delivery", absl::StrCat(payment.delivery())})};
    case Payment::INVOICED:
      return {Since(claimed_ns, For(payment.agency_id(), "payment.approve", id), holidays)};
    case Payment::APPROVED_ONCE: {
      Waiting second =
          Since(claimed_ns, For(payment.agency_id(), "payment.approve.again", id), holidays);
      second.except = {payment.approver_ids().begin(), payment.approver_ids().end()};
      return {std::move(second)};
    }
    case Payment::ORDERED:
      return {Since(claimed_ns, For(of.bank_id(), "payment.settle", id), holidays)};
    default:
      return {};
  }
}

std::vector<Waiting> WaitingIn(const payment::v1::AccountCase& account) {
  if (account.state() != payment::v1::Account::SUBMITTED) return {};
  Waiting out = For(account.supplier_id(), "account.approve", account.supplier_id());
  out.except = {account.pending().submitter_id()};
  return {std::move(out)};
}

std::vector<Waiting> WaitingIn(const registration::v1::Organization& organization,
                               absl::Time lapses) {
  if (organization.state() != registration::v1::Organization::PENDING) return {};
  Waiting out = For(kOperatorId, "organization.approve", organization.organization_id());
  out.until = out.lapses = lapses;
  return {std::move(out)};
}

std::vector<Waiting> WaitingIn(const registration::v1::Person& person, absl::Time lapses) {
  // A representative is approved with the organisation.
  const auto id = PersonId::Parse(person.person_id());
  if (person.state() != registration::v1::Person::PENDING || !id.has_value() ||
      id->number == kRepresentativeNumber) {
    return {};
  }
  Waiting out = For(person.organization_id(), "person.approve", person.person_id());
  out.until = out.lapses = lapses;
  return {std::move(out)};
}

}  // namespace jodal::procurement
