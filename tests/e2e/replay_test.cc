// The main job from end to end through real stubs, on the project's openings.
#include "clients/cli/demo/replay.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "tests/support/test_installation.h"

namespace jodal {
namespace {

std::string Fixture(absl::string_view name) {
  return absl::StrCat(JODAL_SOURCE_DIR, "/clients/cli/demo/fixtures/", name);
}

class ReplayTest : public testing::Test {
 protected:
  void SetUp() override {
    auto installation = testing_support::TestInstallation::Create();
    ASSERT_TRUE(installation.ok()) << installation.status();
    installation_ = *std::move(installation);
  }
  absl::StatusOr<demo::ReplayResult> Play(absl::string_view name) {
    return demo::Replay(installation_->client(),
                        {.fixture = Fixture(name), .dir = installation_->dir()});
  }
  std::unique_ptr<testing_support::TestInstallation> installation_;
};

TEST_F(ReplayTest, PublishedServicesOpeningOnItsOwnDatesAndAgainLater) {
  const auto first = Play("services-R25BK00811340-000.json");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(first->original_dates);
  EXPECT_EQ(first->deadline, "2025-07-01T03:00:00Z");
  EXPECT_EQ(first->planned_price, 404'158'750);
  EXPECT_EQ(first->ranked, 3);
  EXPECT_EQ(first->excluded, 2);
  EXPECT_EQ(first->first_amount, 325'451'043);
  EXPECT_EQ(first->receipts_verified, 5);
  EXPECT_EQ(first->payment_state, "SETTLED");
  EXPECT_TRUE(std::filesystem::exists(first->bundle + "/bundle.json"));

  const auto second = Play("services-R25BK00811340-000.json");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_FALSE(second->original_dates);
  EXPECT_NE(second->tender, first->tender);
  EXPECT_EQ(second->planned_price, first->planned_price);
  EXPECT_EQ(second->awarded_to, first->awarded_to);
}

TEST_F(ReplayTest, DrawsItsOwnPricesWhereNoneAreKnown) {
  const auto result = Play("draw-training.json");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->price_source, "verifiable");
  EXPECT_EQ(result->prices.size(), 15u);
  EXPECT_GE(result->planned_price, 147'000'000);
  EXPECT_LE(result->planned_price, 153'000'000);
  EXPECT_EQ(result->bids, 12);
  EXPECT_EQ(result->payment_state, "SETTLED");
}

TEST_F(ReplayTest, PublishedWorksOpeningOf577Bids) {
  const auto result = Play("works-20241240614-001.json");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->planned_price, 4'290'738'325);
  EXPECT_EQ(result->floor, 3'755'869'816);
  EXPECT_EQ(result->net_cost_limit, 3'964'155'007);
  EXPECT_EQ(result->ranked, 505);
  EXPECT_EQ(result->excluded, 72);
  EXPECT_EQ(result->first_amount, 3'964'214'000);
  int at_338 = 0;
  for (const auto& row : result->ranking) at_338 += row.rank == 338 ? 1 : 0;
  EXPECT_EQ(at_338, 2);
}

TEST_F(ReplayTest, WhatIsNoOpeningIsRefused) {
  EXPECT_EQ(ErrorReason(Play("nothing.json").status()), "FIXTURE_MISSING");
  EXPECT_EQ(ErrorReason(Play("README.md").status()), "FIXTURE_INVALID");
}

}  // namespace
}  // namespace jodal
