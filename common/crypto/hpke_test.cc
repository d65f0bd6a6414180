#include "common/crypto/hpke.h"

#include <gtest/gtest.h>

#include "common/crypto/test_vectors.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

// RFC 9180 A.3.1, base mode, the first encryption.
TEST(Hpke, Rfc9180A31) {
  const std::string ikm_r =
      Unhex("668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550");
  const std::string ikm_e =
      Unhex("4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e");
  const std::string public_r = Unhex(
      "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82"
      "6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0");
  const std::string sealed = Unhex(
      // enc
      "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
      "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
      // ct
      "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434");
  const std::string info = "Ode on a Grecian Urn", aad = "Count-0";
  const std::string pt = "Beauty is truth, truth beauty";

  const P256PrivateKey recipient = P256PrivateKey::Derive(ikm_r);
  EXPECT_EQ(HexEncode(recipient.scalar()),
            "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2");
  EXPECT_EQ(recipient.public_point(), public_r);
  const P256PrivateKey ephemeral = P256PrivateKey::Derive(ikm_e);
  EXPECT_EQ(HexEncode(ephemeral.scalar()),
            "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb");

  EXPECT_EQ(HpkeSeal({public_r, ikm_e}, {info, aad}, pt).value(), sealed);
  EXPECT_EQ(HpkeOpen(recipient, {info, aad}, sealed).value(), pt);
  const std::string dh = ephemeral.Ecdh(public_r).value();
  EXPECT_EQ(HpkeOpenWithDh({public_r, dh}, {info, aad}, sealed).value(), pt);
}

TEST(Hpke, EveryPartIsBound) {
  FakeRandom random(1);
  const P256PrivateKey key = P256PrivateKey::Generate(random);
  const P256PrivateKey other = P256PrivateKey::Generate(random);
  const std::string seed = random.Bytes(32);
  const std::string sealed = HpkeSeal({key.public_point(), seed}, {"info", "aad"}, "plain").value();
  ASSERT_EQ(sealed.size(), 5 + kHpkeOverheadBytes);
  EXPECT_EQ(HpkeOpen(key, {"info", "aad"}, sealed).value(), "plain");
  EXPECT_EQ(ErrorReason(HpkeOpen(key, {"inf0", "aad"}, sealed).status()), "AEAD_AUTH");
  EXPECT_EQ(ErrorReason(HpkeOpen(key, {"info", "aaa"}, sealed).status()), "AEAD_AUTH");
  EXPECT_EQ(ErrorReason(HpkeOpen(other, {"info", "aad"}, sealed).status()), "AEAD_AUTH");
  for (size_t at = 0; at < sealed.size(); ++at) {
    std::string altered = sealed;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_EQ(ErrorReason(HpkeOpen(key, {"info", "aad"}, altered).status()),
              at < kP256PointBytes ? "HPKE_MALFORMED" : "AEAD_AUTH")
        << at;
  }
  EXPECT_EQ(ErrorReason(HpkeOpen(key, {"info", "aad"}, sealed.substr(0, 80)).status()),
            "HPKE_MALFORMED");
  EXPECT_EQ(ErrorReason(HpkeSeal({"no point", seed}, {"", ""}, "").status()), "POINT_INVALID");
}

}  // namespace
}  // namespace jodal::crypto
