#include <gtest/gtest.h>

#include "procurement/acts/payment_id.h"

namespace jodal::procurement {
namespace {

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
}  // namespace jodal::procurement
