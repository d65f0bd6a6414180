#include "common/pki/key.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/rsa.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "common/pki/der.h"
#include "common/pki/key_policy.h"
#include "common/pki/oids.h"
#include "common/pki/test_pki.h"
#include "common/status/error.h"

namespace jodal::pki {
namespace {

TEST(PrivateKey, FileIsPrivateAndRoundTrips) {
  const auto key = PrivateKey::Generate(KeyType::kEcP256);
  ASSERT_TRUE(key.ok());
  for (const std::string pin : {"", "1234"}) {
    const std::string path = testing::TempDir() + "key_test_" + std::to_string(getpid()) + pin;
    unlink(path.c_str());
    ASSERT_TRUE(key->SaveFile(path, pin).ok());
    struct stat info;
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_EQ(ErrorReason(key->SaveFile(path, pin)), "KEY_FILE_EXISTS");
    const auto loaded = PrivateKey::LoadFile(path, pin);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(EVP_PKEY_eq(loaded->get(), key->get()), 1);
    if (!pin.empty()) {
      EXPECT_EQ(ErrorReason(PrivateKey::LoadFile(path).status()), "KEY_PIN_REQUIRED");
      EXPECT_EQ(ErrorReason(PrivateKey::LoadFile(path, "4321").status()), "KEY_PIN_WRONG");
    }
    for (const mode_t mode : {0640, 0604, 0700}) {
      ASSERT_EQ(chmod(path.c_str(), mode), 0);
      const absl::Status open_to_others = PrivateKey::LoadFile(path, pin).status();
      EXPECT_EQ(ErrorReason(open_to_others), "KEY_FILE_PERMISSIONS");
      EXPECT_TRUE(absl::StrContains(open_to_others.message(), path));
    }
    unlink(path.c_str());
    EXPECT_EQ(ErrorReason(PrivateKey::LoadFile(path, pin).status()), "KEY_FILE_MISSING");
  }
  EXPECT_EQ(ErrorReason(PrivateKey::FromPem("nonsense").status()), "KEY_INVALID");
}

std::string RsaSpki(const BIGNUM* n, absl::string_view exponent) {
  std::string modulus(static_cast<size_t>(BN_num_bytes(n)) + 1, '\0');
  BN_bn2bin(n, crypto::MutableBytes(modulus.data() + 1));
  if (static_cast<uint8_t>(modulus[1]) < 0x80) modulus.erase(0, 1);
  const std::string key =
      DerValue(kTagSequence, {DerValue(kTagInteger, {modulus}), DerValue(kTagInteger, {exponent})});
  return DerValue(kTagSequence, {DerValue(kTagSequence, {TestOid(kOidRsa), DerValue(kTagNull, {})}),
                                 DerValue(kTagBitString, {absl::string_view("\0", 1), key})});
}

// A modulus of `bits` bits that is a power of 65537 modulo every small prime, as those of the
// broken generator are: 65537^a mod M, plus a multiple of M.
crypto::BnPtr RocaModulus(int bits) {
  crypto::BnCtxPtr ctx(BN_CTX_new());
  crypto::BnPtr m(BN_new()), n(BN_new()), g(BN_new()), a(BN_new());
  BN_one(m.get());
  for (int p = 2; p <= 167; ++p) {
    bool prime = true;
    for (int d = 2; d * d <= p; ++d) prime = prime && p % d != 0;
    if (prime) BN_mul_word(m.get(), static_cast<BN_ULONG>(p));
  }
  BN_set_word(g.get(), 65537);
  BN_set_word(a.get(), 123456789);
  BN_mod_exp(n.get(), g.get(), a.get(), m.get(), ctx.get());
  crypto::BnPtr k(BN_new());
  BN_one(k.get());
  BN_lshift(k.get(), k.get(), bits - 1);
  BN_div(k.get(), nullptr, k.get(), m.get(), ctx.get());
  BN_add_word(k.get(), 3);
  BN_mul(k.get(), k.get(), m.get(), ctx.get());
  BN_add(n.get(), n.get(), k.get());
  return n;
}

TEST(KeyPolicy, Table) {
  const absl::string_view e = OidBytes("\x01\x00\x01");
  const auto modulus = [](int bits) {
    crypto::BnPtr n(BN_new());
    BN_one(n.get());
    BN_lshift(n.get(), n.get(), bits - 1);
    BN_add_word(n.get(), 9);
    return n;
  };
  const std::string ec = *PrivateKey::Generate(KeyType::kEcP256)->SpkiDer();
  const struct {
    const char* name;
    std::string spki;
    const char* reason;
  } kCases[] = {
      {"P-256", ec, ""},
      {"P-384", *PrivateKey::Generate(KeyType::kEcP384)->SpkiDer(), ""},
      {"RSA-2048", *PrivateKey::Generate(KeyType::kRsa2048)->SpkiDer(), ""},
      {"P-224", *PrivateKey::Generate(KeyType::kEcP224)->SpkiDer(), "KEY_EC_CURVE"},
      {"secp256k1", *PrivateKey::Generate(KeyType::kEcSecp256k1)->SpkiDer(), "KEY_EC_CURVE"},
      {"explicit", *PrivateKey::Generate(KeyType::kEcP256Explicit)->SpkiDer(),
       "KEY_EC_EXPLICIT_PARAMETERS"},
      {"RSA-2047", RsaSpki(modulus(2047).get(), e), "KEY_RSA_TOO_SHORT"},
      {"RSA-4096", RsaSpki(modulus(4096).get(), e), ""},
      {"RSA-4097", RsaSpki(modulus(4097).get(), e), "KEY_RSA_TOO_LONG"},
      {"e=3", RsaSpki(modulus(2048).get(), "\x03"), "KEY_RSA_EXPONENT"},
      {"e=65535", RsaSpki(modulus(2048).get(), OidBytes("\x00\xFF\xFF")), "KEY_RSA_EXPONENT"},
      {"e even", RsaSpki(modulus(2048).get(), OidBytes("\x01\x00\x02")), "KEY_RSA_EXPONENT"},
      {"e of 65 bits",
       RsaSpki(modulus(2048).get(), OidBytes("\x01\x00\x00\x00\x00\x00\x00\x00\x01")),
       "KEY_RSA_EXPONENT"},
      {"ROCA", RsaSpki(RocaModulus(2048).get(), e), "KEY_RSA_ROCA"},
      {"trailing", ec + '\0', "KEY_MALFORMED"},
      {"empty", "", "KEY_MALFORMED"},
      {"other type",
       DerValue(kTagSequence, {DerValue(kTagSequence, {TestOid(kOidData)}),
                               DerValue(kTagBitString, {absl::string_view("\0", 1)})}),
       "KEY_TYPE"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorReason(CheckKeyPolicy(c.spki)), c.reason) << c.name;
  }
}

}  // namespace
}  // namespace jodal::pki
