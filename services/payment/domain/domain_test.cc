#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "common/status/error.h"
#include "services/payment/domain/account.h"
#include "services/payment/domain/life_cycle.h"
#include "services/payment/domain/payment_id.h"
#include "services/payment/limits.h"

namespace jodal::payment {
namespace {

TEST(LifeCycleTest, StatesTimesEvents) {
  const std::map<std::pair<State, Event>, State> allowed = {
      {{State::kPayable, Event::kInvoice}, State::kInvoiced},
      {{State::kInvoiced, Event::kInvoiceAgain}, State::kInvoiced},
      {{State::kApprovedOnce, Event::kInvoiceAgain}, State::kInvoiced},
      {{State::kInvoiced, Event::kApprove}, State::kApprovedOnce},
      {{State::kApprovedOnce, Event::kApprove}, State::kOrdered},
      {{State::kOrdered, Event::kSettle}, State::kSettled},
  };
  EXPECT_EQ(Transitions().size(), allowed.size());
  for (State state : kStates) {
    for (Event event : kEvents) {
      const auto next = Next(state, event);
      const auto it = allowed.find({state, event});
      if (it != allowed.end()) {
        ASSERT_TRUE(next.ok()) << Name(state) << " " << Name(event);
        EXPECT_EQ(*next, it->second);
      } else {
        EXPECT_EQ(ErrorReason(next.status()), "WRONG_STATE") << Name(state) << " " << Name(event);
        EXPECT_EQ(ErrorMetadataOf(next.status())["state"], Name(state));
        EXPECT_EQ(ErrorMetadataOf(next.status())["event"], Name(event));
      }
    }
  }
}

TEST(AccountTest, FirstVersionIsActiveAtOnce) {
  const Versions one = Submitted({});
  EXPECT_EQ(one, (Versions{.latest = 1, .active = 1}));
  EXPECT_EQ(StateOf(one, 1), AccountState::kActive);
}

TEST(AccountTest, ChangeWaitsOnRead) {
  const absl::Time approved = absl::FromUnixSeconds(1'000'000);
  const absl::Time effective = approved + kAccountWaitingPeriod;
  const Versions submitted = Submitted(Submitted({}));
  EXPECT_EQ(submitted, (Versions{.latest = 2, .active = 1, .pending = 2}));
  EXPECT_EQ(StateOf(submitted, 2), AccountState::kSubmitted);
  // Without the second person it never counts.
  EXPECT_EQ(At(submitted, absl::InfiniteFuture()), submitted);

  const Versions waiting = Approved(submitted, effective);
  EXPECT_EQ(StateOf(waiting, 1), AccountState::kActive);
  EXPECT_EQ(StateOf(waiting, 2), AccountState::kWaiting);
  EXPECT_EQ(At(waiting, effective - absl::Nanoseconds(1)).active, 1);
  const Versions changed = At(waiting, effective);
  EXPECT_EQ(changed, (Versions{.latest = 2, .active = 2}));
  EXPECT_EQ(StateOf(changed, 1), AccountState::kReplaced);
  EXPECT_EQ(StateOf(changed, 2), AccountState::kActive);
}

TEST(AccountTest, LaterSubmissionStopsAWaitingChange) {
  const Versions waiting = Approved(Submitted(Submitted({})), absl::FromUnixSeconds(1'000'000));
  const Versions stopped = Submitted(waiting);
  EXPECT_EQ(stopped, (Versions{.latest = 3, .active = 1, .pending = 3}));
  EXPECT_EQ(StateOf(stopped, 2), AccountState::kReplaced);
  EXPECT_EQ(At(stopped, absl::InfiniteFuture()).active, 1);
}

TEST(AccountTest, Numbers) {
  for (const char* good : {"110-123-456789", "123456", "KR12ABCD3456"}) {
    EXPECT_TRUE(CheckAccountNumber(good).ok()) << good;
  }
  EXPECT_TRUE(CheckAccountNumber(std::string(kAccountNumberBytesMax, '7')).ok());
  const std::string long_one(kAccountNumberBytesMax + 1, '7');
  for (const std::string& bad :
       {std::string(), std::string("12345"), std::string("123-45"), std::string("-123456"),
        std::string("123456-"), std::string("123 456"), std::string("abcdef"), long_one}) {
    const absl::Status status = CheckAccountNumber(bad);
    EXPECT_EQ(ErrorReason(status), "ACCOUNT_NUMBER_INVALID") << bad;
    if (bad.empty()) continue;
    EXPECT_EQ(std::string(status.message()).find(bad), std::string::npos);
  }
}

TEST(AccountTest, Masks) {
  EXPECT_EQ(MaskAccountNumber("110-123-456789"), "****6789");
  EXPECT_EQ(MaskAccountNumber("110-123-45-67"), "****4567");
  EXPECT_EQ(MaskAccountNumber("1234"), "****");
  EXPECT_EQ(MaskAccountNumber(""), "****");
}

TEST(PaymentIdTest, OneSpelling) {
  EXPECT_EQ(FormatPaymentId({"R26TA00000001", 12}), "R26TA00000001-P12");
  const auto name = ParsePaymentId("R26TA00000001-P12");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->contract_id, "R26TA00000001");
  EXPECT_EQ(name->sequence, 12);
  EXPECT_TRUE(ParsePaymentId("R26TA00000001-P999999").has_value());
  for (const char* bad :
       {"", "-P1", "R26TA00000001", "R26TA00000001-P", "R26TA00000001-P0", "R26TA00000001-P01",
        "R26TA00000001-P+1", "R26TA00000001-P-1", "R26TA00000001-P1 ", "R26TA00000001-P1000000"}) {
    EXPECT_FALSE(ParsePaymentId(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace jodal::payment
