// The main job from end to end through real stubs, on the project's openings.
#include "clients/demo/replay.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "tests/support/postgres/test_postgres.h"
#include "tests/support/test_installation.h"

namespace jodal {
namespace {

std::string Fixture(absl::string_view name) {
  return absl::StrCat(JODAL_SOURCE_DIR, "/clients/demo/fixtures/", name);
}

void ExpectPublishedServices(const absl::StatusOr<demo::ReplayResult>& result) {
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->original_dates);
  EXPECT_EQ(result->deadline, "2025-07-01T03:00:00Z");
  EXPECT_EQ(result->planned_price, 404'158'750);
  EXPECT_EQ(result->ranked, 3);
  EXPECT_EQ(result->excluded, 2);
  EXPECT_EQ(result->first_amount, 325'451'043);
  EXPECT_EQ(result->receipts_verified, 5);
  EXPECT_EQ(result->payment_state, "SETTLED");
  EXPECT_TRUE(std::filesystem::exists(result->bundle + "/bundle.json"));
}

void ExpectPublishedWorks(const absl::StatusOr<demo::ReplayResult>& result) {
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
  ExpectPublishedServices(first);
  ASSERT_TRUE(first.ok());

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
  ExpectPublishedWorks(Play("works-20241240614-001.json"));
}

// The same job with every service's data in PostgreSQL, restarted in between.
class PostgresReplayTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto server = testing_support::SharedTestPostgres();
    if (absl::IsNotFound(server.status())) GTEST_SKIP() << server.status().message();
    ASSERT_TRUE(server.ok()) << server.status();
    auto database = testing_support::TestDatabase::Create(*server);
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    auto installation =
        testing_support::TestInstallation::Create({.postgres = database_->conninfo()});
    ASSERT_TRUE(installation.ok()) << installation.status();
    installation_ = *std::move(installation);
  }
  absl::StatusOr<demo::ReplayResult> Play(absl::string_view name) {
    return demo::Replay(installation_->client(),
                        {.fixture = Fixture(name), .dir = installation_->dir()});
  }
  std::unique_ptr<testing_support::TestDatabase> database_;
  std::unique_ptr<testing_support::TestInstallation> installation_;
};

TEST_F(PostgresReplayTest, PublishedServicesOpeningAndAgainAfterARestart) {
  ExpectPublishedServices(Play("services-R25BK00811340-000.json"));
  ASSERT_EQ(installation_->Restart(), absl::OkStatus());
  const auto again = Play("services-R25BK00811340-000.json");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->original_dates) << "the first one is still there";
  EXPECT_EQ(again->planned_price, 404'158'750);
}

TEST_F(PostgresReplayTest, PublishedWorksOpeningOf577Bids) {
  ExpectPublishedWorks(Play("works-20241240614-001.json"));
}

TEST_F(ReplayTest, WhatIsNoOpeningIsRefused) {
  EXPECT_EQ(ErrorReason(Play("nothing.json").status()), "FIXTURE_MISSING");
  EXPECT_EQ(ErrorReason(Play("README.md").status()), "FIXTURE_INVALID");
}

}  // namespace
}  // namespace jodal
