#include "procurement/acts/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/error.h"
#include "procurement/acts/testing.h"

namespace jodal::procurement {
namespace {

using document::v1::BankAccount;
using document::v1::BankAccountApproval;
using payment::v1::Account;
using payment::v1::AccountCase;

const absl::Time kNow = absl::FromUnixSeconds(1'735'700'000);

BankAccount ADoc(int version) {
  BankAccount doc;
  doc.set_supplier_id("S-1");
  doc.set_account_version(version);
  doc.set_bank_id("B-1");
  doc.set_account_number("110-482-913706");
  doc.set_holder("Hanbit");
  doc.set_nonce(std::string(32, 'a'));
  return doc;
}

std::string Sha(int version) { return std::string(64, static_cast<char>('0' + version)); }

BankAccountApproval ApprovalOf(const AccountCase& account) {
  BankAccountApproval doc;
  doc.set_supplier_id(account.supplier_id());
  doc.set_account_version(account.pending().account_version());
  doc.set_account_sha256(account.pending().account_sha256());
  return doc;
}

const Actor kLee{"S-1.1", "S-1", {"representative"}};
const Actor kChoi{"S-1.2", "S-1", {"staff"}};

absl::StatusOr<event::v1::Event> Submit(AccountCase& account, absl::Time at = kNow) {
  const int version = account.latest_version() + 1;
  return ApplyToAccount(ADoc(version), {Sha(version), at}, &kLee, account);
}
absl::StatusOr<event::v1::Event> Approve(AccountCase& account, absl::Time at = kNow) {
  return ApplyToAccount(ApprovalOf(account), {std::string(64, 'f'), at}, &kChoi, account);
}

// The case in a state, by living up to it.
AccountCase In(const std::string& state) {
  AccountCase account;
  account.set_supplier_id("S-1");
  const int submissions = state == "NONE" ? 0 : state == "SUBMITTED" || state == "WAITING" ? 2 : 1;
  for (int i = 0; i < submissions; ++i) EXPECT_TRUE(Submit(account).ok());
  if (state == "WAITING") {
    EXPECT_TRUE(Approve(account).ok());
  }
  if (state == "REPLACED") account.set_state(Account::REPLACED);  // of versions, never of the case
  return account;
}

testing::Walk<AccountCase> Accounts() {
  return {.acts = testing::ActsOf(AccountDocuments()),
          .states = Account::State_descriptor(),
          .in = [](const std::string& state, const Act&) { return In(state); },
          .apply =
              [](const Act& act, const Actor* actor, AccountCase& account) {
                absl::Status status = absl::InternalError("not in the list");
                const ActFacts facts{std::string(64, 'f'), kNow};
                if (act.kind() == "account") {
                  const BankAccount doc = ADoc(account.latest_version() + 1);
                  status = CheckShape(doc);
                  if (status.ok()) status = ApplyToAccount(doc, facts, actor, account).status();
                } else if (act.kind() == "account.approval") {
                  status = ApplyToAccount(ApprovalOf(account), facts, actor, account).status();
                }
                return status;
              },
          .standing = [](const AccountCase& account) { return StandingOf(account); }};
}

TEST(AccountActs, EveryStateTimesEveryAct) { EveryStateTimesEveryAct(Accounts()); }

TEST(AccountActs, EveryWrongCaller) { EveryWrongCaller(Accounts()); }

TEST(AccountActs, TheFirstVersionIsActiveAtOnce) {
  AccountCase account = In("NONE");
  const auto event = Submit(account);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(account.state(), Account::ACTIVE);
  EXPECT_EQ(account.active().account_version(), 1);
  EXPECT_EQ(account.active().submitter_id(), "S-1.1");
  EXPECT_EQ(account.active().effective_time_ns(), absl::ToUnixNanos(kNow));
  EXPECT_EQ(EventType(*event), "account.submitted");
  EXPECT_EQ(event->account_acted().effective_time(), "2025-01-01T02:53:20Z");
  EXPECT_EQ(Summarize(*event).ko, "계좌 1차 제출");
  EXPECT_EQ(event->SerializeAsString().find("913706"), std::string::npos);
}

TEST(AccountActs, AChangeWaits) {
  AccountCase account = In("SUBMITTED");
  EXPECT_EQ(account.active().account_version(), 1);
  EXPECT_EQ(account.pending().account_version(), 2);
  // Without the second person it never counts.
  EXPECT_EQ(At(account, absl::InfiniteFuture()).active().account_version(), 1);
  ASSERT_TRUE(Approve(account).ok());
  EXPECT_EQ(account.pending().approver_id(), "S-1.2");
  const absl::Time effective = kNow + kAccountWaitingPeriod;
  EXPECT_EQ(At(account, effective - absl::Nanoseconds(1)).active().account_version(), 1);
  const AccountCase changed = At(account, effective);
  EXPECT_EQ(changed.active().account_version(), 2);
  EXPECT_EQ(changed.state(), Account::ACTIVE);
  EXPECT_FALSE(changed.has_pending());
  // What time has done is kept when the next version comes.
  ASSERT_TRUE(Submit(account, effective).ok());
  EXPECT_EQ(account.active().account_version(), 2);
  EXPECT_EQ(account.pending().account_version(), 3);
}

TEST(AccountActs, ALaterSubmissionStopsAWaitingChange) {
  AccountCase account = In("WAITING");
  ASSERT_TRUE(Submit(account, kNow + kAccountWaitingPeriod / 2).ok());
  EXPECT_EQ(account.state(), Account::SUBMITTED);
  EXPECT_EQ(account.pending().account_version(), 3);
  EXPECT_EQ(account.pending().effective_time_ns(), 0);
  EXPECT_EQ(account.pending().approver_id(), "");
  EXPECT_EQ(At(account, absl::InfiniteFuture()).active().account_version(), 1);
}

TEST(AccountActs, VersionsAndDigestsMustFit) {
  AccountCase account = In("SUBMITTED");
  BankAccount other = ADoc(3);
  other.set_supplier_id("S-2");
  EXPECT_EQ(ErrorReason(ApplyToAccount(other, {Sha(9), kNow}, &kLee, account).status()),
            "PARTY_MISMATCH");
  for (const int version : {0, 1, 2, 4}) {
    const absl::Status status =
        ApplyToAccount(ADoc(version), {Sha(9), kNow}, &kLee, account).status();
    EXPECT_EQ(ErrorReason(status), "ACCOUNT_VERSION") << version;
    EXPECT_EQ(ErrorMetadataOf(status)["expected"], "3");
  }
  BankAccountApproval approval = ApprovalOf(account);
  for (const int version : {0, 1, 3}) {
    approval.set_account_version(version);
    const absl::Status status = ApplyToAccount(approval, {Sha(9), kNow}, &kChoi, account).status();
    EXPECT_EQ(ErrorReason(status), "ACCOUNT_VERSION") << version;
    EXPECT_EQ(ErrorMetadataOf(status)["expected"], "2");
  }
  approval.set_account_version(2);
  approval.set_account_sha256(Sha(1));
  EXPECT_EQ(ErrorReason(ApplyToAccount(approval, {Sha(9), kNow}, &kChoi, account).status()),
            "ACCOUNT_DIGEST_MISMATCH");
}

TEST(AccountActs, Shapes) {
  const auto with = [](const std::string& number) {
    BankAccount doc = ADoc(1);
    doc.set_account_number(number);
    return CheckShape(doc);
  };
  for (const char* good : {"110-123-456789", "123456", "KR12ABCD3456"}) {
    EXPECT_TRUE(with(good).ok()) << good;
  }
  EXPECT_TRUE(with(std::string(kAccountNumberBytesMax, '7')).ok());
  for (const std::string& bad :
       {std::string(), std::string("12345"), std::string("123-45"), std::string("-123456"),
        std::string("123456-"), std::string("123 456"), std::string("abcdef"),
        std::string(kAccountNumberBytesMax + 1, '7')}) {
    const absl::Status status = with(bad);
    EXPECT_EQ(ErrorReason(status), "ACCOUNT_NUMBER_INVALID") << bad;
    if (bad.empty()) continue;
    EXPECT_EQ(std::string(status.message()).find(bad), std::string::npos);
  }
  BankAccount doc = ADoc(1);
  for (const std::string& holder : {std::string(), std::string(kHolderBytesMax + 1, 'h')}) {
    doc.set_holder(holder);
    EXPECT_EQ(ErrorReason(CheckShape(doc)), "ACCOUNT_HOLDER_INVALID");
  }
  doc.set_holder(std::string(kHolderBytesMax, 'h'));
  EXPECT_TRUE(CheckShape(doc).ok());
  for (const std::string& nonce :
       {std::string(), std::string(30, 'a'), std::string(32, 'A'), std::string(32, 'g')}) {
    doc.set_nonce(nonce);
    EXPECT_EQ(ErrorReason(CheckShape(doc)), "ACCOUNT_NONCE_INVALID") << nonce;
  }
}

}  // namespace
}  // namespace jodal::procurement
