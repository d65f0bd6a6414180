#include "common/crypto/ec.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <vector>

#include "common/crypto/test_vectors.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

constexpr char kOrder[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr char kOrderMinus1[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
constexpr char kG[] =
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

P256PrivateKey Key(uint64_t seed) {
  FakeRandom random(seed);
  return P256PrivateKey::Generate(random);
}

std::string PemOf(EVP_PKEY* key, const char* passphrase) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key,
                                          passphrase != nullptr ? EVP_aes_256_cbc() : nullptr,
                                          nullptr, 0, nullptr, const_cast<char*>(passphrase)),
            1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

TEST(P256PrivateKey, ScalarRange) {
  const std::string one = std::string(31, '\0') + '\x01';
  EXPECT_EQ(HexEncode(P256PrivateKey::FromScalar(one)->public_point()), kG);
  EXPECT_TRUE(P256PrivateKey::FromScalar(Unhex(kOrderMinus1)).ok());
  for (const std::string& bad : {std::string(32, '\0'), Unhex(kOrder), std::string(32, '\xff'),
                                 std::string(31, '\x01'), std::string(33, '\x01')}) {
    EXPECT_EQ(ErrorReason(P256PrivateKey::FromScalar(bad).status()), "KEY_INVALID");
  }
}

TEST(P256PrivateKey, PemAndEvpRoundTrip) {
  const P256PrivateKey key = Key(1);
  EXPECT_EQ(P256PrivateKey::FromPem(key.ToPkcs8Pem())->scalar(), key.scalar());
  EXPECT_EQ(P256PrivateKey::FromEvp(key.ToEvp().get())->public_point(), key.public_point());
  const std::string encrypted = PemOf(key.ToEvp().get(), "horse");
  EXPECT_EQ(P256PrivateKey::FromPem(encrypted, "horse")->scalar(), key.scalar());
  EXPECT_EQ(ErrorReason(P256PrivateKey::FromPem(encrypted, "cow").status()), "KEY_INVALID");
  EXPECT_EQ(ErrorReason(P256PrivateKey::FromPem(encrypted).status()), "KEY_INVALID");
  EXPECT_EQ(ErrorReason(P256PrivateKey::FromPem("no pem").status()), "KEY_INVALID");
}

TEST(P256PrivateKey, RefusesOtherAlgorithmsAndPublicKeys) {
  const EvpPkeyPtr p384(EVP_EC_gen("P-384"));
  const EvpPkeyPtr ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  for (EVP_PKEY* key : {p384.get(), ed.get()}) {
    EXPECT_EQ(ErrorReason(P256PrivateKey::FromPem(PemOf(key, nullptr)).status()), "KEY_INVALID");
  }
  const std::string spki = Key(1).SpkiDer();
  const unsigned char* at = Bytes(spki);
  const EvpPkeyPtr open(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(ErrorReason(P256PrivateKey::FromEvp(open.get()).status()), "KEY_INVALID");
}

TEST(Spki, RoundTripsAndEveryAlteredByteIsRefused) {
  const P256PrivateKey key = Key(2);
  const std::string spki = key.SpkiDer();
  ASSERT_EQ(spki.size(), kP256SpkiBytes);
  EXPECT_EQ(P256PointFromSpki(spki).value(), key.public_point());
  for (size_t at = 0; at < spki.size(); ++at) {
    std::string altered = spki;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_EQ(ErrorReason(P256PointFromSpki(altered).status()), "SPKI_INVALID") << at;
  }
  EXPECT_FALSE(P256PointFromSpki(spki + '\0').ok());
  EXPECT_FALSE(P256PointFromSpki(spki.substr(0, 90)).ok());
  EXPECT_FALSE(P256PointFromSpki("").ok());
}

TEST(Point, OnlyTheUncompressedFormOnTheCurve) {
  const std::string g = Unhex(kG);
  EXPECT_TRUE(CheckP256Point(g).ok());
  std::string hybrid = g, off_curve = g;
  hybrid[0] = '\x07';
  off_curve[64] = static_cast<char>(off_curve[64] ^ 1);
  const std::string field_prime =
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
  // (0, y) is on the curve; x written as p is the same residue and must not pass.
  const std::string y0 = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
  EXPECT_TRUE(CheckP256Point(Unhex("04" + std::string(64, '0') + y0)).ok());
  for (const std::string& bad :
       {hybrid, off_curve, Unhex("04" + field_prime + y0), std::string(1, '\0'), std::string(),
        std::string(65, '\0'), "\x03" + g.substr(1, 32), g + '\0'}) {
    EXPECT_EQ(ErrorReason(CheckP256Point(bad)), "POINT_INVALID") << HexEncode(bad);
  }
}

TEST(Ecdh, Agrees) {
  const P256PrivateKey a = Key(3), b = Key(4);
  EXPECT_EQ(a.Ecdh(b.public_point()).value(), b.Ecdh(a.public_point()).value());
  EXPECT_EQ(P256X(a.DhPoint(b.public_point()).value()), a.Ecdh(b.public_point()).value());
}

// A table changes how fast the point is found, not which.
TEST(Ecdh, ATableGivesTheSamePoints) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const auto plain = P256PublicKey::FromPoint(Key(seed).public_point());
    ASSERT_TRUE(plain.ok());
    const P256PublicKey tabled = plain->WithTable();
    EXPECT_EQ(tabled.point(), plain->point());
    std::vector<P256PrivateKey> secrets;
    for (uint64_t other = 100; other < 150; ++other) secrets.push_back(Key(other));
    // The ends of the range, the key itself, and scalars whose windows are all zeros or all ones.
    secrets.push_back(Key(seed));
    for (const std::string& scalar :
         {std::string(31, '\0') + '\x01', std::string(31, '\0') + '\x02', Unhex(kOrderMinus1),
          '\x01' + std::string(31, '\0'), '\x7f' + std::string(31, '\xff'),
          std::string(16, '\0') + std::string(16, '\xff'), '\x55' + std::string(31, '\xaa')}) {
      secrets.push_back(*P256PrivateKey::FromScalar(scalar));
    }
    for (const P256PrivateKey& secret : secrets) {
      EXPECT_EQ(secret.DhPoint(tabled), *secret.DhPoint(plain->point()));
      EXPECT_EQ(secret.Ecdh(tabled), *secret.Ecdh(plain->point()));
    }
    EXPECT_EQ(P256PublicKey(tabled).point(), plain->point()) << "copies share it";
  }
  EXPECT_EQ(ErrorReason(P256PublicKey::FromPoint(std::string(65, '\4')).status()), "POINT_INVALID");
}

// RFC 5903 section 8.1: both sides, and the x coordinate that they share.
TEST(Ecdh, Rfc5903) {
  const auto i = P256PrivateKey::FromScalar(
      Unhex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"));
  const auto r = P256PrivateKey::FromScalar(
      Unhex("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"));
  ASSERT_TRUE(i.ok() && r.ok());
  EXPECT_EQ(HexEncode(i->public_point()),
            "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
            "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3");
  EXPECT_EQ(HexEncode(r->public_point()),
            "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
            "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab");
  for (const std::string& shared :
       {i->Ecdh(r->public_point()).value(), r->Ecdh(i->public_point()).value()}) {
    EXPECT_EQ(HexEncode(shared),
              "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
  }
}

TEST(Ecdh, Wycheproof) {
  const auto text = ReadVectorFile("wycheproof/ecdh_secp256r1_ecpoint_test.json");
  if (!text) GTEST_SKIP() << "../shared/data is absent";
  int valid = 0, refused = 0;
  const auto vectors = nlohmann::json::parse(*text);
  for (const auto& group : vectors.at("testGroups")) {
    for (const auto& test : group.at("tests")) {
      std::string scalar = Unhex(test, "private");
      while (scalar.size() > 32 && scalar[0] == '\0') scalar.erase(0, 1);
      scalar.insert(0, 32 - scalar.size(), '\0');
      const std::string point = Unhex(test, "public");
      const auto shared = P256PrivateKey::FromScalar(scalar)->Ecdh(point);
      if (test.at("result") == "valid" && point.size() == kP256PointBytes) {
        ASSERT_TRUE(shared.ok()) << test.at("tcId");
        EXPECT_EQ(*shared, Unhex(test, "shared")) << test.at("tcId");
        ++valid;
      } else {
        EXPECT_EQ(ErrorReason(shared.status()), "POINT_INVALID") << test.at("tcId");
        ++refused;
      }
    }
  }
  EXPECT_GT(valid, 200);
  EXPECT_GT(refused, 1);
}

}  // namespace
}  // namespace jodal::crypto
