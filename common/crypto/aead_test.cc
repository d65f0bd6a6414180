#include "common/crypto/aead.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/crypto/test_vectors.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

TEST(AesGcm, RoundTripsAndRefusesAlterations) {
  for (const size_t key_bytes : {16, 32}) {
    for (const size_t size : {0, 1, 16, 1000}) {
      const std::string key(key_bytes, 'k'), nonce(12, 'n'), plaintext(size, 'p');
      const std::string sealed = AesGcmSeal({key, nonce, "aad"}, plaintext).value();
      ASSERT_EQ(sealed.size(), size + kAeadTagBytes);
      EXPECT_EQ(AesGcmOpen({key, nonce, "aad"}, sealed).value(), plaintext);
      std::string altered = sealed;
      altered[size / 2] = static_cast<char>(altered[size / 2] ^ 1);
      EXPECT_EQ(ErrorReason(AesGcmOpen({key, nonce, "aad"}, altered).status()), "AEAD_AUTH");
      EXPECT_EQ(ErrorReason(AesGcmOpen({key, nonce, ""}, sealed).status()), "AEAD_AUTH");
      EXPECT_EQ(ErrorReason(AesGcmOpen({key, nonce, "aad"}, sealed.substr(1)).status()),
                "AEAD_AUTH");
    }
  }
}

TEST(AesGcm, RefusesOtherSizesOfKeyAndNonce) {
  const std::string key(32, 'k'), nonce(12, 'n');
  for (const AeadParams& params :
       {AeadParams{"", nonce, ""}, AeadParams{absl::string_view(key).substr(8), nonce, ""},
        AeadParams{key, absl::string_view(nonce).substr(1), ""}, AeadParams{key, key, ""}}) {
    EXPECT_EQ(ErrorReason(AesGcmSeal(params, "x").status()), "AEAD_PARAMS");
    EXPECT_EQ(ErrorReason(AesGcmOpen(params, std::string(32, 'x')).status()), "AEAD_PARAMS");
  }
}

TEST(AesGcm, Wycheproof) {
  const auto text = ReadVectorFile("wycheproof/aes_gcm_test.json");
  if (!text) GTEST_SKIP() << "../shared/data is absent";
  int checked = 0;
  const auto vectors = nlohmann::json::parse(*text);
  for (const auto& group : vectors.at("testGroups")) {
    const int key_bits = group.at("keySize").get<int>();
    if (group.at("ivSize") != 96 || (key_bits != 128 && key_bits != 256)) continue;
    for (const auto& test : group.at("tests")) {
      const std::string key = Unhex(test, "key"), iv = Unhex(test, "iv"), aad = Unhex(test, "aad");
      const std::string msg = Unhex(test, "msg");
      const std::string sealed = absl::StrCat(Unhex(test, "ct"), Unhex(test, "tag"));
      const auto opened = AesGcmOpen({key, iv, aad}, sealed);
      if (test.at("result") == "valid") {
        ASSERT_TRUE(opened.ok()) << test.at("tcId");
        EXPECT_EQ(*opened, msg) << test.at("tcId");
        EXPECT_EQ(AesGcmSeal({key, iv, aad}, msg).value(), sealed) << test.at("tcId");
      } else {
        EXPECT_FALSE(opened.ok()) << test.at("tcId");
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 100);
}

}  // namespace
}  // namespace jodal::crypto
