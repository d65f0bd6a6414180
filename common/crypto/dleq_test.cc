#include "common/crypto/dleq.h"

#include <gtest/gtest.h>

#include "common/crypto/hash.h"
#include "common/crypto/test_vectors.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

class DleqTest : public ::testing::Test {
 protected:
  DleqTest()
      : key_(P256PrivateKey::Generate(random_)),
        other_(P256PrivateKey::Generate(random_)),
        enc_(P256PrivateKey::Generate(random_).public_point()),
        proof_(DleqProve(key_, enc_, "context", random_).value()) {}

  std::string Reason(const DleqStatement& statement, const DleqProof& proof) {
    return ErrorReason(DleqVerify(statement, proof));
  }
  std::string Reason(const DleqProof& proof) {
    return Reason({key_.public_point(), enc_, "context"}, proof);
  }

  FakeRandom random_{1};
  const P256PrivateKey key_;
  const P256PrivateKey other_;
  const std::string enc_;
  const DleqProof proof_;
};

TEST_F(DleqTest, ProvesTheDhPoint) {
  EXPECT_TRUE(DleqVerify({key_.public_point(), enc_, "context"}, proof_).ok());
  EXPECT_EQ(proof_.z_point, key_.DhPoint(enc_).value());
  const DleqProof again = DleqProve(key_, enc_, "context", random_).value();
  EXPECT_NE(again.challenge, proof_.challenge);
  EXPECT_EQ(Reason(again), "");
  const std::string encoded = EncodeDleqProof(proof_);
  ASSERT_EQ(encoded.size(), kDleqProofBytes);
  EXPECT_EQ(Reason(DecodeDleqProof(encoded).value()), "");
  EXPECT_EQ(ErrorReason(DecodeDleqProof(encoded.substr(1)).status()), "PROOF_INVALID");
}

TEST_F(DleqTest, IsBoundToEveryPartOfTheStatement) {
  EXPECT_EQ(Reason({other_.public_point(), enc_, "context"}, proof_), "PROOF_INVALID");
  EXPECT_EQ(Reason({key_.public_point(), other_.public_point(), "context"}, proof_),
            "PROOF_INVALID");
  EXPECT_EQ(Reason({key_.public_point(), enc_, "contexT"}, proof_), "PROOF_INVALID");
  EXPECT_EQ(Reason({"", enc_, "context"}, proof_), "POINT_INVALID");
  EXPECT_EQ(Reason({key_.public_point(), "", "context"}, proof_), "POINT_INVALID");
}

TEST_F(DleqTest, AnotherSharedPointHasNoProof) {
  DleqProof lie = proof_;
  lie.z_point = other_.DhPoint(enc_).value();
  EXPECT_EQ(Reason(lie), "PROOF_INVALID");
  // The honest proof of another key's point, presented for this key.
  EXPECT_EQ(Reason(DleqProve(other_, enc_, "context", random_).value()), "PROOF_INVALID");
  // The mirror image −Z has the same x coordinate, and is still refused.
  std::string mirror = proof_.z_point;
  const BnPtr p(BN_new()), y(BN_bin2bn(Bytes(mirror) + 33, 32, nullptr));
  ASSERT_EQ(EC_GROUP_get_curve(P256Group(), p.get(), nullptr, nullptr, nullptr), 1);
  ASSERT_EQ(BN_sub(y.get(), p.get(), y.get()), 1);
  ASSERT_EQ(BN_bn2binpad(y.get(), MutableBytes(mirror.data()) + 33, 32), 32);
  ASSERT_TRUE(CheckP256Point(mirror).ok());
  lie.z_point = mirror;
  EXPECT_EQ(Reason(lie), "PROOF_INVALID");
}

TEST_F(DleqTest, EveryAlteredByteIsRefused) {
  const std::string encoded = EncodeDleqProof(proof_);
  for (size_t at = 0; at < encoded.size(); ++at) {
    std::string altered = encoded;
    altered[at] = static_cast<char>(altered[at] ^ 0x80);
    EXPECT_EQ(Reason(DecodeDleqProof(altered).value()), "PROOF_INVALID") << at;
  }
}

TEST_F(DleqTest, ResponseHasOneForm) {
  const BnPtr s(BN_bin2bn(Bytes(proof_.response), 32, nullptr));
  ASSERT_EQ(BN_add(s.get(), s.get(), EC_GROUP_get0_order(P256Group())), 1);
  DleqProof other = proof_;
  other.response.assign(32, '\xff');
  if (BN_num_bits(s.get()) <= 256) {
    ASSERT_EQ(BN_bn2binpad(s.get(), MutableBytes(other.response.data()), 32), 32);
  }
  EXPECT_EQ(Reason(other), "PROOF_INVALID");
}

TEST_F(DleqTest, CommitmentsAtInfinityAreRefusedNotPrinted) {
  // s = c·sk makes A = B = infinity whatever c is.
  DleqProof lie = proof_;
  lie.challenge = Sha256("any");
  const BnCtxPtr ctx(BN_CTX_new());
  const BnPtr s(BN_bin2bn(Bytes(lie.challenge), 32, nullptr));
  const BnPtr sk(BN_bin2bn(Bytes(key_.scalar()), 32, nullptr));
  ASSERT_EQ(BN_mod_mul(s.get(), s.get(), sk.get(), EC_GROUP_get0_order(P256Group()), ctx.get()), 1);
  ASSERT_EQ(BN_bn2binpad(s.get(), MutableBytes(lie.response.data()), 32), 32);
  EXPECT_EQ(Reason(lie), "PROOF_INVALID");
}

TEST_F(DleqTest, AStuckGeneratorDoesNotRepeatTheNonce) {
  class Stuck : public Random {
    void Fill(char* out, size_t size) override { std::fill(out, out + size, '\0'); }
  } stuck;
  // One nonce in two proofs would show as s1 − s2 = (c1 − c2)·sk.
  const DleqProof a = DleqProve(key_, enc_, "one", stuck).value();
  const DleqProof b = DleqProve(key_, enc_, "two", stuck).value();
  const BIGNUM* order = EC_GROUP_get0_order(P256Group());
  const BnCtxPtr ctx(BN_CTX_new());
  const auto bn = [](const std::string& s) { return BnPtr(BN_bin2bn(Bytes(s), 32, nullptr)); };
  const BnPtr ds(BN_new()), dc(BN_new()), sk = bn(key_.scalar());
  ASSERT_EQ(BN_mod_sub(ds.get(), bn(a.response).get(), bn(b.response).get(), order, ctx.get()), 1);
  ASSERT_EQ(BN_mod_sub(dc.get(), bn(a.challenge).get(), bn(b.challenge).get(), order, ctx.get()),
            1);
  ASSERT_EQ(BN_mod_mul(dc.get(), dc.get(), sk.get(), order, ctx.get()), 1);
  EXPECT_NE(BN_cmp(ds.get(), dc.get()), 0);
}

}  // namespace
}  // namespace jodal::crypto
