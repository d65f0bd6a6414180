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

// The cases of "The Galois/Counter Mode of Operation (GCM)" (McGrew, Viega) with nonces of 96 bits.
TEST(AesGcm, PublishedCases) {
  const std::string key = Unhex("feffe9928665731c6d6a8f9467308308");
  const std::string nonce = Unhex("cafebabefacedbaddecaf888");
  const std::string aad = Unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string text = Unhex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const std::string zero_nonce(12, '\0');
  struct Case {
    const char* name;
    std::string key, nonce, aad, text, sealed;
  };
  for (const Case& c : {
           Case{"1", std::string(16, '\0'), zero_nonce, "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
           Case{"4", key, nonce, aad, text,
                "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
                "5bc94fbc3221a5db94fae95ae7121a47"},
           Case{"13", std::string(32, '\0'), zero_nonce, "", "",
                "530f8afbc74536b9a963b4f1c4cb738b"},
           Case{"16", key + key, nonce, aad, text,
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                "76fc6ece0f4e1768cddf8853bb2d551b"},
       }) {
    const auto sealed = AesGcmSeal({c.key, c.nonce, c.aad}, c.text);
    ASSERT_TRUE(sealed.ok()) << c.name;
    EXPECT_EQ(HexEncode(*sealed), c.sealed) << c.name;
    EXPECT_EQ(AesGcmOpen({c.key, c.nonce, c.aad}, *sealed).value(), c.text) << c.name;
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
