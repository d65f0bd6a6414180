#include "common/crypto/hash.h"

#include <gtest/gtest.h>

#include "common/crypto/random.h"
#include "common/crypto/test_vectors.h"

namespace jodal::crypto {
namespace {

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(HexEncode(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Hasher, PiecesEqualTheWholeAndItStartsAnew) {
  Sha256Hasher hasher;
  EXPECT_EQ(hasher.Update("a").Update("").Update("bc").Finish(), Sha256("abc"));
  EXPECT_EQ(hasher.Finish(), Sha256(""));
  Sha256Hasher moved = std::move(hasher);
  EXPECT_EQ(moved.Update("abc").Finish(), Sha256("abc"));
}

TEST(Hmac, Rfc4231) {
  struct Case {
    std::string key, message, mac;
  };
  for (const Case& c : {
           Case{std::string(20, '\x0b'), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
           Case{"Jefe", "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
           Case{std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
       }) {
    EXPECT_EQ(HexEncode(HmacSha256(c.key, c.message)), c.mac);
  }
}

TEST(Hkdf, Rfc5869Case1) {
  const std::string prk = HkdfExtract(Unhex("000102030405060708090a0b0c"), std::string(22, '\x0b'));
  EXPECT_EQ(HexEncode(prk), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(HexEncode(HkdfExpand(prk, Unhex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

// Neither salt nor info.
TEST(Hkdf, Rfc5869Case3) {
  const std::string prk = HkdfExtract("", std::string(22, '\x0b'));
  EXPECT_EQ(HexEncode(prk), "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
  EXPECT_EQ(HexEncode(HkdfExpand(prk, "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, Wycheproof) {
  const auto text = ReadVectorFile("wycheproof/hkdf_sha256_test.json");
  if (!text) GTEST_SKIP() << "../shared/data is absent";
  int checked = 0;
  const auto vectors = nlohmann::json::parse(*text);
  for (const auto& group : vectors.at("testGroups")) {
    for (const auto& test : group.at("tests")) {
      const size_t size = test.at("size").get<size_t>();
      if (test.at("result") == "invalid") {
        EXPECT_GT(size, kHkdfOutputBytesMax) << test.at("tcId");
      } else {
        EXPECT_EQ(HkdfExpand(HkdfExtract(Unhex(test, "salt"), Unhex(test, "ikm")),
                             Unhex(test, "info"), size),
                  Unhex(test, "okm"))
            << test.at("tcId");
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 50);
}

TEST(HkdfDeathTest, OutputAtAndPastTheLimit) {
  EXPECT_EQ(HkdfExpand("k", "", kHkdfOutputBytesMax).size(), kHkdfOutputBytesMax);
  EXPECT_DEATH(HkdfExpand("k", "", kHkdfOutputBytesMax + 1), "output too long");
}

TEST(ConstantTimeEqual, Compares) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEqual("abc", "ab"));
}

TEST(FakeRandom, IsOneStreamPerSeedHoweverItIsCut) {
  FakeRandom whole(7), pieces(7), other(8);
  const std::string bytes = whole.Bytes(100);
  std::string joined;
  for (const size_t size : {1, 64, 0, 35}) joined += pieces.Bytes(size);
  EXPECT_EQ(joined, bytes);
  EXPECT_NE(other.Bytes(100), bytes);
}

TEST(SystemRandom, Differs) { EXPECT_NE(SystemRandom().Bytes(32), SystemRandom().Bytes(32)); }

}  // namespace
}  // namespace jodal::crypto
