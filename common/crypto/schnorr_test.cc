#include "common/crypto/schnorr.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

BnPtr ToBn(absl::string_view bytes) {
  return BnPtr(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

class SchnorrTest : public ::testing::Test {
 protected:
  std::string Reason(const SchnorrStatement& statement, const std::string& proof) {
    return ErrorReason(SchnorrVerify(statement, proof));
  }
  std::string Reason(const std::string& proof) {
    return Reason({key_.public_point(), "context"}, proof);
  }

  const P256PrivateKey key_ = P256PrivateKey::Derive("prover");
  const P256PrivateKey other_ = P256PrivateKey::Derive("other");
  const std::string proof_ = SchnorrProve(key_, "context");
};

TEST_F(SchnorrTest, ProvesAndIsAFunctionOfKeyAndContext) {
  ASSERT_EQ(proof_.size(), kSchnorrProofBytes);
  EXPECT_EQ(Reason(proof_), "");
  EXPECT_EQ(SchnorrProve(key_, "context"), proof_);
  for (int i = 0; i < 50; ++i) {
    const auto key = P256PrivateKey::Derive(absl::StrCat("key ", i));
    EXPECT_EQ(Reason({key.public_point(), ""}, SchnorrProve(key, "")), "") << i;
  }
}

// From an independent implementation of the grammar at the head of schnorr.h.
TEST_F(SchnorrTest, GoldenBytes) {
  EXPECT_EQ(HexEncode(proof_),
            "760cf8543e89a98c229dc40c17511fee10c93007bd13c179b504bbfc774eb2895dc26731f555f17d010973"
            "45734a4eaf9c8bc27dcf4a5ef5480a796782004006");
}

TEST_F(SchnorrTest, IsBoundToPointAndContext) {
  EXPECT_EQ(Reason({other_.public_point(), "context"}, proof_), "PROOF_INVALID");
  EXPECT_EQ(Reason({key_.public_point(), "contexT"}, proof_), "PROOF_INVALID");
  EXPECT_EQ(Reason({key_.public_point(), ""}, proof_), "PROOF_INVALID");
  EXPECT_EQ(Reason(SchnorrProve(other_, "context")), "PROOF_INVALID");
  EXPECT_EQ(Reason({"", "context"}, proof_), "POINT_INVALID");
  EXPECT_EQ(Reason({std::string(65, '\x04'), "context"}, proof_), "POINT_INVALID");
}

TEST_F(SchnorrTest, EveryAlteredByteAndSizeIsRefused) {
  for (size_t at = 0; at < proof_.size(); ++at) {
    std::string altered = proof_;
    altered[at] = static_cast<char>(altered[at] ^ 0x80);
    EXPECT_EQ(Reason(altered), "PROOF_INVALID") << at;
  }
  for (const std::string& proof : {std::string(), proof_.substr(1), proof_ + '\0',
                                   std::string(64, '\0'), std::string(64, '\xff')}) {
    EXPECT_EQ(Reason(proof), "PROOF_INVALID");
  }
}

TEST_F(SchnorrTest, CommitmentAtInfinityIsRefusedNotPrinted) {
  // s = c·sk makes the commitment infinity whatever c is.
  std::string challenge = Sha256("any");
  challenge[0] = 0;  // below the order
  const BnCtxPtr ctx(BN_CTX_new());
  const BnPtr s = ToBn(challenge);
  ASSERT_EQ(BN_mod_mul(s.get(), s.get(), ToBn(key_.scalar()).get(),
                       EC_GROUP_get0_order(P256Group()), ctx.get()),
            1);
  std::string proof = challenge + std::string(32, '\0');
  ASSERT_EQ(BN_bn2binpad(s.get(), MutableBytes(proof.data()) + 32, 32), 32);
  EXPECT_EQ(Reason(proof), "PROOF_INVALID");
}

TEST_F(SchnorrTest, TwoContextsDoNotShareANonce) {
  // One nonce in two proofs would show as s1 − s2 = (c1 − c2)·sk.
  const std::string a = SchnorrProve(key_, "one"), b = SchnorrProve(key_, "two");
  const BIGNUM* order = EC_GROUP_get0_order(P256Group());
  const BnCtxPtr ctx(BN_CTX_new());
  const BnPtr ds(BN_new()), dc(BN_new());
  ASSERT_EQ(
      BN_mod_sub(ds.get(), ToBn(a.substr(32)).get(), ToBn(b.substr(32)).get(), order, ctx.get()),
      1);
  ASSERT_EQ(BN_mod_sub(dc.get(), ToBn(a.substr(0, 32)).get(), ToBn(b.substr(0, 32)).get(), order,
                       ctx.get()),
            1);
  ASSERT_EQ(BN_mod_mul(dc.get(), dc.get(), ToBn(key_.scalar()).get(), order, ctx.get()), 1);
  EXPECT_NE(BN_cmp(ds.get(), dc.get()), 0);
}

}  // namespace
}  // namespace jodal::crypto
