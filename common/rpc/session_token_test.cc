#include "common/rpc/session_token.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace jodal::rpc {
namespace {

const absl::Time kExpires = absl::FromUnixSeconds(1800000000);

Principal SomeOfficer() {
  return {.session_id = "s1",
          .person_id = "p1",
          .organization_id = "o1",
          .roles = {"officer", "committee"},
          .cert_sha256 = "ab",
          .expires = kExpires};
}

std::string Verdict(const SessionVerifier& verifier, const std::string& token, absl::Time now) {
  const auto principal = verifier.Verify(token, now);
  return principal.ok() ? "OK" : ErrorReason(principal.status());
}

class SessionTokenTest : public testing::Test {
 protected:
  const std::string master_ = std::string(kSessionKeyBytes, 'm');
  const SessionIssuer issuer_{master_, {"registration", "bidding", "tender"}};
  const SessionVerifier verifier_{"bidding", SessionKeyOf(master_, "bidding")};
};

TEST_F(SessionTokenTest, CarriesThePrincipal) {
  const std::string token = issuer_.Issue(SomeOfficer());
  const auto principal = verifier_.Verify(token, kExpires - absl::Nanoseconds(1));
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ(principal->person_id, "p1");
  EXPECT_EQ(principal->organization_id, "o1");
  EXPECT_EQ(principal->session_id, "s1");
  EXPECT_EQ(principal->roles, (std::vector<std::string>{"officer", "committee"}));
  EXPECT_EQ(principal->cert_sha256, "ab");
  EXPECT_EQ(principal->expires, kExpires);
  EXPECT_EQ(Verdict(verifier_, token, kExpires), "SESSION_EXPIRED");
}

TEST_F(SessionTokenTest, ForgeriesAreRefused) {
  const absl::Time now = kExpires - absl::Hours(1);
  const std::string token = issuer_.Issue(SomeOfficer());
  const size_t dot = token.find('.');
  const SessionIssuer other(std::string(kSessionKeyBytes, 'o'),
                            {"registration", "bidding", "tender"});
  const SessionIssuer elsewhere(master_, {"registration", "tender"});
  Principal admin = SomeOfficer();
  admin.roles = {"registrar"};
  const std::string of_other = issuer_.Issue(admin);
  const std::vector<std::string> forged = {
      "",
      ".",
      "x",
      token.substr(0, dot),
      token.substr(0, dot + 1),
      token + "x",
      token + "=",
      " " + token,
      absl::StrCat(token, ".", token),
      other.Issue(SomeOfficer()),
      elsewhere.Issue(SomeOfficer()),
      absl::StrCat(of_other.substr(0, of_other.find('.')), token.substr(dot)),
      std::string(100000, 'A'),
  };
  for (const auto& f : forged) EXPECT_EQ(Verdict(verifier_, f, now), "SESSION_INVALID") << f;
  // Every service looks at its own tag: between them they miss no byte.
  const SessionVerifier verifiers[] = {{"registration", SessionKeyOf(master_, "registration")},
                                       {"bidding", SessionKeyOf(master_, "bidding")},
                                       {"tender", SessionKeyOf(master_, "tender")}};
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    int refused = 0;
    for (const auto& v : verifiers) refused += Verdict(v, changed, now) == "SESSION_INVALID";
    EXPECT_GE(refused, i < dot ? 3 : 1) << i;
  }
}

// Who holds the key of one service can forge sessions for that one only.
TEST_F(SessionTokenTest, AServicesKeyForgesForItselfAlone) {
  const absl::Time now = kExpires - absl::Hours(1);
  const std::string honest = issuer_.Issue(SomeOfficer());
  Principal admin = SomeOfficer();
  admin.roles = {"registrar"};
  // The tender service's own tag is right; it has no other service's key to make the rest with.
  const std::string forged =
      SessionIssuer(SessionKeyOf(master_, "tender"), {"bidding"}).Issue(admin);
  EXPECT_EQ(Verdict(verifier_, forged, now), "SESSION_INVALID");
  EXPECT_EQ(Verdict(verifier_, honest, now), "OK");
  EXPECT_EQ(Verdict({"tender", SessionKeyOf(master_, "bidding")}, honest, now), "SESSION_INVALID");
}

}  // namespace
}  // namespace jodal::rpc
