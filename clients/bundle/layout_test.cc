#include "clients/bundle/layout.h"

#include <gtest/gtest.h>

#include <string>

namespace jodal::bundle {
namespace {

// What an operator could put into an id, a kind or a digest.
TEST(LayoutTest, NoNameLeadsOutOfTheBundle) {
  EXPECT_TRUE(IsInBundle(kManifestFile));
  EXPECT_TRUE(IsInBundle(PersonDir("S-1.1") + "sign.crt"));
  EXPECT_TRUE(IsInBundle(ContractBase("R26TA00000001", 1, "contract.offer") + ".json"));
  EXPECT_TRUE(IsInBundle("bids/..a/seal.json"));
  EXPECT_FALSE(IsInBundle(ContractBase("R26TA00000001", 1, "x/../../../.bashrc")));
  EXPECT_FALSE(IsInBundle(ContractBase("../..", 1, "contract.offer")));
  EXPECT_FALSE(IsInBundle(PersonDir("../..") + "sign.crt"));
  EXPECT_FALSE(IsInBundle(PaymentDir("..") + "order.json"));
  EXPECT_FALSE(IsInBundle(PaymentDir("") + "order.json"));
  EXPECT_FALSE(IsInBundle(PaymentDir(".") + "order.json"));
  EXPECT_FALSE(IsInBundle("/etc/passwd"));
  EXPECT_FALSE(IsInBundle("evidence/"));
  EXPECT_FALSE(IsInBundle(std::string("evidence/a\0.cer", 15)));
  EXPECT_FALSE(IsInBundle(""));
}

}  // namespace
}  // namespace jodal::bundle
