#include "services/registration/engine/challenge.h"

#include <gtest/gtest.h>

#include "services/kit/testing.h"
#include "services/registration/limits.h"

namespace jodal::registration {
namespace {

using kit::HasReason;

const std::string kCert(64, 'a');
const std::string kRandom(16, 'r');
const absl::Time kNow = absl::FromUnixSeconds(1735786800);

TEST(Challenge, OpensUntilItExpires) {
  const Challenges challenges(std::string(32, 'k'));
  const std::string challenge = challenges.Make({kCert, kRandom, kNow + kChallengeLife});
  EXPECT_EQ(*challenges.Open({challenge, kCert, kNow}), kRandom);
  EXPECT_EQ(*challenges.Open({challenge, kCert, kNow + kChallengeLife - absl::Nanoseconds(1)}),
            kRandom);
  EXPECT_THAT(challenges.Open({challenge, kCert, kNow + kChallengeLife}).status(),
              HasReason("CHALLENGE_EXPIRED"));
}

TEST(Challenge, EveryOtherTextKeyOrCertificateIsRefused) {
  const Challenges challenges(std::string(32, 'k'));
  const std::string good = challenges.Make({kCert, kRandom, kNow + kChallengeLife});
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(challenges.Open({bad, kCert, kNow}).status(), HasReason("CHALLENGE_INVALID")) << i;
  }
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "A", good + "=", " " + good}) {
    EXPECT_THAT(challenges.Open({bad, kCert, kNow}).status(), HasReason("CHALLENGE_INVALID"));
  }
  EXPECT_THAT(challenges.Open({good, std::string(64, 'b'), kNow}).status(),
              HasReason("CHALLENGE_INVALID"));
  EXPECT_THAT(Challenges(std::string(32, 'x')).Open({good, kCert, kNow}).status(),
              HasReason("CHALLENGE_INVALID"));
}

}  // namespace
}  // namespace jodal::registration
