#include "tests/support/test_installation.h"

#include <gtest/gtest.h>

#include "clients/install/install.h"

namespace jodal::testing_support {
namespace {

TEST(TestInstallationTest, EveryServiceAnswersAndPeopleCanLogIn) {
  auto installation = TestInstallation::Create();
  ASSERT_TRUE(installation.ok()) << installation.status();
  sdk::Client& client = (*installation)->client();
  for (const std::string& service : install::Stores()) {
    EXPECT_TRUE(client.Checkpoint(service).ok()) << service;
  }
  auto agency = (*installation)->AddOrganization("agency", "Buyer");
  ASSERT_TRUE(agency.ok()) << agency.status();
  auto member = (*installation)->AddPerson(*agency, {"officer", "committee"});
  ASSERT_TRUE(member.ok()) << member.status();
  const auto token = client.Login(*member);
  ASSERT_TRUE(token.ok()) << token.status();
  tender::v1::CreateTenderRequest request;
  request.set_request_id(client.RequestId());
  const auto tender =
      client.Call(client.tender(), &tender::v1::TenderService::Stub::CreateTender, request, *token);
  ASSERT_TRUE(tender.ok()) << tender.status();
}

TEST(TestInstallationTest, WhatWasCommittedOutlivesARestart) {
  TestInstallation::Options options;
  options.memory_stores = false;
  auto installation = TestInstallation::Create(options);
  ASSERT_TRUE(installation.ok()) << installation.status();
  auto bank = (*installation)->AddOrganization("bank", "Bank");
  ASSERT_TRUE(bank.ok()) << bank.status();
  ASSERT_EQ((*installation)->Restart(), absl::OkStatus());
  (*installation)->client().Logout(*bank);
  const auto token = (*installation)->client().Login(*bank);
  EXPECT_TRUE(token.ok()) << token.status();
}

}  // namespace
}  // namespace jodal::testing_support
