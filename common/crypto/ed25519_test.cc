#include "common/crypto/ed25519.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/crypto/ec.h"
#include "common/crypto/test_vectors.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

TEST(Ed25519, Rfc8032Test1) {
  const auto key = Ed25519PrivateKey::FromSeed(
      Unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(HexEncode(key->public_key()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(HexEncode(key->Sign("")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
            "701cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

TEST(Ed25519, VerifyNamesWhatIsWrong) {
  FakeRandom random(1);
  const auto key = Ed25519PrivateKey::Generate(random);
  const auto other = Ed25519PrivateKey::Generate(random);
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(Ed25519Verify(key.public_key(), {"message", signature}).ok());
  EXPECT_EQ(ErrorReason(Ed25519Verify(key.public_key(), {"massage", signature})),
            "SIGNATURE_INVALID");
  EXPECT_EQ(ErrorReason(Ed25519Verify(other.public_key(), {"message", signature})),
            "SIGNATURE_INVALID");
  EXPECT_EQ(ErrorReason(Ed25519Verify(key.public_key(), {"message", signature.substr(1)})),
            "SIGNATURE_INVALID");
  EXPECT_EQ(ErrorReason(Ed25519Verify("short", {"message", signature})), "KEY_INVALID");
}

TEST(Ed25519, KeyFiles) {
  FakeRandom random(2);
  const auto key = Ed25519PrivateKey::Generate(random);
  const std::string path = absl::StrCat(::testing::TempDir(), "jodal-ed25519-", ::getpid());
  ::unlink(path.c_str());
  EXPECT_EQ(ErrorReason(Ed25519PrivateKey::LoadPem(path).status()), "KEY_FILE_MISSING");
  ASSERT_TRUE(key.SavePem(path).ok());
  struct stat st;
  ASSERT_EQ(::stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
  EXPECT_EQ(Ed25519PrivateKey::LoadPem(path)->public_key(), key.public_key());
  EXPECT_EQ(ErrorReason(key.SavePem(path)), "KEY_FILE_EXISTS");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(ErrorReason(Ed25519PrivateKey::LoadPem(path).status()), "KEY_FILE_PERMISSIONS");
  ::unlink(path.c_str());
  EXPECT_EQ(ErrorReason(key.SavePem("/nonexistent/folder/key")), "KEY_FILE_IO");
}

TEST(Ed25519, RefusesOtherKeys) {
  FakeRandom random(3);
  EXPECT_EQ(ErrorReason(
                Ed25519PrivateKey::FromPem(P256PrivateKey::Generate(random).ToPkcs8Pem()).status()),
            "KEY_INVALID");
  EXPECT_EQ(ErrorReason(Ed25519PrivateKey::FromPem("").status()), "KEY_INVALID");
  EXPECT_EQ(ErrorReason(Ed25519PrivateKey::FromSeed("short").status()), "KEY_INVALID");
}

}  // namespace
}  // namespace jodal::crypto
