#include "procurement/acts/account.h"

#include "absl/strings/ascii.h"
#include "common/base/bytes.h"
#include "procurement/acts/payment_errors.h"

namespace jodal::procurement {

using payment::v1::Account;
using payment::v1::AccountCase;

namespace {

bool IsAccountNumber(absl::string_view number) {
  if (number.size() < kAccountNumberBytesMin || number.size() > kAccountNumberBytesMax ||
      number.front() == '-' || number.back() == '-') {
    return false;
  }
  size_t characters = 0;
  for (const char c : number) {
    if (c == '-') continue;
    const auto u = static_cast<unsigned char>(c);
    if (!absl::ascii_isdigit(u) && !absl::ascii_isupper(u)) return false;
    ++characters;
  }
  return characters >= kAccountNumberBytesMin;
}

}  // namespace

AccountCase At(AccountCase account, absl::Time now) {
  if (account.state() != Account::WAITING ||
      absl::ToUnixNanos(now) < account.pending().effective_time_ns()) {
    return account;
  }
  *account.mutable_active() = std::move(*account.mutable_pending());
  account.clear_pending();
  account.set_state(Account::ACTIVE);
  return account;
}

absl::Status CheckShape(const document::v1::BankAccount& account) {
  if (!IsAccountNumber(account.account_number())) return AccountNumberInvalidError();
  if (account.holder().empty() || account.holder().size() > kHolderBytesMax) {
    return AccountHolderInvalidError();
  }
  if (!IsLowerHex(account.nonce(), 2 * kAccountNonceBytes)) return AccountNonceInvalidError();
  return absl::OkStatus();
}

// ACCOUNT_VERSION: it is not about the next version.
absl::Status Decide(const document::v1::BankAccount& doc, const AccountFacts& facts,
                    AccountCase& account) {
  const int next = account.latest_version() + 1;
  if (doc.account_version() != next) return AccountVersionError(next);
  const bool first = !account.has_active();
  account.set_latest_version(next);
  account.set_state(first ? Account::ACTIVE : Account::SUBMITTED);
  auto& version = first ? *account.mutable_active() : *account.mutable_pending();
  version.Clear();
  version.set_account_version(next);
  version.set_bank_id(doc.bank_id());
  version.set_account_number(doc.account_number());
  version.set_holder(doc.holder());
  version.set_account_sha256(facts.sha256);
  version.set_submitter_id(facts.signer);
  if (first) version.set_effective_time_ns(absl::ToUnixNanos(facts.arrival));
  return absl::OkStatus();
}

// ACCOUNT_VERSION: it is not about the version that waits. ACCOUNT_DIGEST_MISMATCH.
absl::Status Decide(const document::v1::BankAccountApproval& doc, const AccountFacts& facts,
                    AccountCase& account) {
  auto& pending = *account.mutable_pending();
  if (doc.account_version() != pending.account_version()) {
    return AccountVersionError(pending.account_version());
  }
  if (doc.account_sha256() != pending.account_sha256()) return AccountDigestMismatchError();
  pending.set_approver_id(facts.signer);
  pending.set_effective_time_ns(absl::ToUnixNanos(facts.arrival + kAccountWaitingPeriod));
  return absl::OkStatus();
}

Standing StandingOf(const AccountCase& account) {
  Standing out;
  out.state = StateName(account);
  out.parties.supplier_id = account.supplier_id();
  if (account.has_pending()) out.signers.push_back(account.pending().submitter_id());
  return out;
}

event::v1::Event AccountEvent(const Act& act, const ActFacts& facts, const AccountCase& account) {
  const auto& version = account.has_pending() ? account.pending() : account.active();
  event::v1::Event event;
  auto& out = *event.mutable_account_acted();
  out.set_kind(act.kind());
  out.set_document_sha256(facts.sha256);
  out.set_supplier_id(account.supplier_id());
  out.set_account_version(version.account_version());
  out.set_account_sha256(version.account_sha256());
  out.set_state(StateName(account));
  if (version.effective_time_ns() != 0) {
    out.set_effective_time(absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ",
                                            absl::FromUnixNanos(version.effective_time_ns()),
                                            absl::UTCTimeZone()));
  }
  return event;
}

}  // namespace jodal::procurement
