#include "common/sealing/shamir.h"

#include <gtest/gtest.h>

#include "common/crypto/random.h"
#include "common/status/error.h"

namespace jodal::sealing {
namespace {

TEST(Gf256, FieldLaws) {
  EXPECT_EQ(GfMultiply(0x57, 0x83), 0xc1);  // FIPS 197 section 4.2
  EXPECT_EQ(GfMultiply(0x57, 0x13), 0xfe);
  EXPECT_EQ(GfInvert(0), 0);
  for (int a = 1; a < 256; ++a) EXPECT_EQ(GfMultiply(a, GfInvert(a)), 1) << a;
}

TEST(Shamir, EverySubsetOfKSharesGivesTheSecret) {
  crypto::FakeRandom random(1);
  for (int n = 1; n <= 6; ++n) {
    for (int k = 1; k <= n; ++k) {
      const std::string secret = random.Bytes(32);
      std::vector<std::string> coefficients;
      for (int j = 1; j < k; ++j) coefficients.push_back(random.Bytes(32));
      for (unsigned subset = 1; subset < (1u << n); ++subset) {
        std::vector<SharePoint> points;
        for (int i = n; i >= 1; --i) {
          if (subset >> (i - 1) & 1) {
            const uint8_t x = static_cast<uint8_t>(i);
            points.push_back({x, EvaluateShare(secret, coefficients, x)});
          }
        }
        const std::string got = InterpolateAtZero(points).value();
        EXPECT_EQ(got == secret, static_cast<int>(points.size()) >= k) << n << k << subset;
      }
    }
  }
}

TEST(Shamir, RefusesMalformedSets) {
  const std::vector<std::vector<SharePoint>> cases = {
      {}, {{0, "a"}}, {{1, "a"}, {1, "b"}}, {{1, "a"}, {2, "bb"}}};
  for (const auto& points : cases) {
    EXPECT_EQ(ErrorReason(InterpolateAtZero(points).status()), "SHARES_INVALID");
  }
}

}  // namespace
}  // namespace jodal::sealing
