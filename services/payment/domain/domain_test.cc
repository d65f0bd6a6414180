#include <gtest/gtest.h>

#include "services/payment/domain/mask.h"

namespace jodal::payment {
namespace {

TEST(MaskTest, Masks) {
  EXPECT_EQ(MaskAccountNumber("110-123-456789"), "****6789");
  EXPECT_EQ(MaskAccountNumber("110-123-45-67"), "****4567");
  EXPECT_EQ(MaskAccountNumber("1234"), "****");
  EXPECT_EQ(MaskAccountNumber(""), "****");
}

}  // namespace
}  // namespace jodal::payment
