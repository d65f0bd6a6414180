#include <gtest/gtest.h>

#include "services/contract/domain/contract_id.h"

namespace jodal::contract {
namespace {

TEST(ContractIdTest, HasYearStageAndEightDigits) {
  EXPECT_EQ(ContractId(2026, 17), "R26TA00000017");
  EXPECT_EQ(ContractId(2105, kContractNumbers - 1), "R05TA99999999");
}

}  // namespace
}  // namespace jodal::contract
