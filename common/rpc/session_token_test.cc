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
  crypto::FakeRandom random_{1};
  crypto::Ed25519PrivateKey key_ = crypto::Ed25519PrivateKey::Generate(random_);
  SessionVerifier verifier_{key_.public_key()};
};

TEST_F(SessionTokenTest, CarriesThePrincipal) {
  const std::string token = IssueSessionToken(key_, SomeOfficer());
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
  const std::string token = IssueSessionToken(key_, SomeOfficer());
  const size_t dot = token.find('.');
  const auto other = crypto::Ed25519PrivateKey::Generate(random_);
  Principal admin = SomeOfficer();
  admin.roles = {"registrar"};
  const std::string of_other = IssueSessionToken(key_, admin);
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
      IssueSessionToken(other, SomeOfficer()),
      absl::StrCat(of_other.substr(0, of_other.find('.')), token.substr(dot)),
      std::string(100000, 'A'),
  };
  for (const auto& f : forged) EXPECT_EQ(Verdict(verifier_, f, now), "SESSION_INVALID") << f;
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Verdict(verifier_, changed, now), "SESSION_INVALID") << i;
  }
}

}  // namespace
}  // namespace jodal::rpc
