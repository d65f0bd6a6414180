#include "common/crypto/hmac_drbg.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "common/base/bytes.h"
#include "common/crypto/openssl_ptr.h"
#include "common/crypto/random.h"
#include "common/crypto/test_vectors.h"

namespace jodal::crypto {
namespace {

// NIST CAVP, HMAC_DRBG, SHA-256, no prediction resistance, no reseed, COUNT 0: the second of two
// calls. Entropy and nonce are simply joined by the instantiation.
TEST(HmacDrbg, NistVector) {
  const std::string entropy =
      Unhex("ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488") +
      Unhex("659ba96c601dc69fc902940805ec0ca8");
  HmacDrbg drbg({entropy, ""});
  drbg.Generate(128);
  EXPECT_EQ(HexEncode(drbg.Generate(128)),
            "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89d54fbb978a15b5c443c9ec"
            "21036d2460b6f73ebad0dc2aba6e624abf07745bc107694bb7547bb0995f70de25d6b29e2d3011bb19d276"
            "76c07162c8b5ccde0668961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8");
}

TEST(HmacDrbg, AgreesWithOpenSsl) {
  using RandPtr = std::unique_ptr<EVP_RAND_CTX, OpenSslDeleter<EVP_RAND_CTX_free>>;
  const auto make = [](const char* name, EVP_RAND_CTX* parent) {
    EVP_RAND* rand = EVP_RAND_fetch(nullptr, name, nullptr);
    RandPtr ctx(EVP_RAND_CTX_new(rand, parent));
    EVP_RAND_free(rand);
    return ctx;
  };
  FakeRandom random(5);
  for (const size_t label_bytes : {0, 1, 31, 64, 200}) {
    std::string entropy = random.Bytes(32), nonce = random.Bytes(16);
    const std::string label = random.Bytes(label_bytes);
    const RandPtr source = make("TEST-RAND", nullptr);
    unsigned int strength = 256;
    OSSL_PARAM seed[] = {
        OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, entropy.data(), 32),
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_NONCE, nonce.data(), 16),
        OSSL_PARAM_construct_end()};
    ASSERT_EQ(EVP_RAND_CTX_set_params(source.get(), seed), 1);
    ASSERT_EQ(EVP_RAND_instantiate(source.get(), 256, 0, nullptr, 0, nullptr), 1);
    const RandPtr theirs = make("HMAC-DRBG", source.get());
    char mac[] = "HMAC", digest[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_MAC, mac, 0),
                           OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_DIGEST, digest, 0),
                           OSSL_PARAM_construct_end()};
    ASSERT_EQ(EVP_RAND_instantiate(theirs.get(), 256, 0, Bytes(label), label.size(), params), 1);

    HmacDrbg ours({entropy + nonce, label});
    for (const size_t size : {8, 1, 32, 33, 1000, 8}) {
      std::string expected(size, '\0');
      ASSERT_EQ(
          EVP_RAND_generate(theirs.get(), MutableBytes(expected.data()), size, 256, 0, nullptr, 0),
          1);
      EXPECT_EQ(ours.Generate(size), expected) << label_bytes << " " << size;
    }
  }
}

TEST(HmacDrbg, UniformFollowsItsRule) {
  const uint64_t half = uint64_t{1} << 63;
  int rejected = 0;
  for (const uint64_t bound :
       {uint64_t{1}, uint64_t{2}, uint64_t{15}, half, half + 1, UINT64_MAX - 1, UINT64_MAX}) {
    HmacDrbg drbg({"seed", "label"}), words({"seed", "label"});
    for (int i = 0; i < 20; ++i) {
      const unsigned __int128 limit = ((static_cast<unsigned __int128>(1) << 64) / bound) * bound;
      uint64_t word;
      while ((word = ReadU64Be(words.Generate(8))) >= limit) ++rejected;
      EXPECT_EQ(drbg.Uniform(bound), word % bound);
    }
  }
  EXPECT_GT(rejected, 5) << "the rejection was never exercised";
}

TEST(HmacDrbg, LabelsSeparateStreams) {
  EXPECT_NE(HmacDrbg({"seed", "a"}).Generate(32), HmacDrbg({"seed", "b"}).Generate(32));
}

TEST(HmacDrbgDeathTest, Limits) {
  HmacDrbg drbg({"seed", ""});
  EXPECT_EQ(drbg.Generate(kDrbgRequestBytesMax).size(), kDrbgRequestBytesMax);
  EXPECT_DEATH(drbg.Generate(kDrbgRequestBytesMax + 1), "request too long");
  EXPECT_DEATH(drbg.Uniform(0), "bound 0");
}

}  // namespace
}  // namespace jodal::crypto
