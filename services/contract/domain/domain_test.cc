#include <gtest/gtest.h>

#include "services/contract/domain/contract_id.h"

namespace jodal::contract {
namespace {

TEST(ContractIdTest, GoesBothWays) {
  EXPECT_EQ(ContractIdOf("R26BK00000001"), "R26TA00000001");
  EXPECT_EQ(TenderIdOf("R26TA00000001"), "R26BK00000001");
  for (const char* bad : {"", "R26BK0000001", "R26BK000000011", "R2xBK00000001", "R26BK0000000x",
                          "X26BK00000001", "R26DD00000001", "R26TA00000001"}) {
    EXPECT_EQ(ContractIdOf(bad), "") << bad;
  }
  EXPECT_EQ(TenderIdOf("R26BK00000001"), "");
}

}  // namespace
}  // namespace jodal::contract
