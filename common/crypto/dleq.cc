#include "common/crypto/dleq.h"

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/hash.h"
#include "common/status/macros.h"

namespace jodal::crypto {
namespace {

constexpr char kLabel[] = "jodal dleq p256 v1";
constexpr size_t kNonceBytes = 48;  // 128 bits more than the order, so reduction leaves no bias

absl::Status ProofInvalid() {
  ClearOpenSslErrors();
  return MakeError(kErrors["PROOF_INVALID"], "the proof of the shared point does not hold");
}

BnPtr ToBn(absl::string_view bytes) {
  BnPtr bn(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
  OpenSslCheck(bn != nullptr, "BN_bin2bn");
  return bn;
}

std::string ToScalar(const BIGNUM* bn) {
  std::string out(kP256ScalarBytes, '\0');
  OpenSslCheck(BN_bn2binpad(bn, MutableBytes(out.data()), kP256ScalarBytes) == kP256ScalarBytes,
               "BN_bn2binpad");
  return out;
}

std::string Statement(const DleqStatement& s, absl::string_view z_point) {
  std::string out = kLabel;
  AppendU32Be(out, static_cast<uint32_t>(s.context.size()));
  absl::StrAppend(&out, s.context, s.public_point, s.enc_point, z_point);
  return out;
}

// g·G + p·point. Variable time is fine: the inputs are public.
EcPointPtr Combination(const BIGNUM* g, const EC_POINT* point, const BIGNUM* p, BN_CTX* ctx) {
  EcPointPtr out(EC_POINT_new(P256Group()));
  OpenSslCheck(out != nullptr && EC_POINT_mul(P256Group(), out.get(), g, point, p, ctx) == 1,
               "EC_POINT_mul");
  return out;
}

}  // namespace

std::string EncodeDleqProof(const DleqProof& proof) {
  return absl::StrCat(proof.z_point, proof.challenge, proof.response);
}

absl::StatusOr<DleqProof> DecodeDleqProof(absl::string_view bytes) {
  if (bytes.size() != kDleqProofBytes) {
    return MakeError(kErrors["PROOF_INVALID"],
                     absl::StrCat("a proof has ", kDleqProofBytes, " bytes"));
  }
  return DleqProof{std::string(bytes.substr(0, kP256PointBytes)),
                   std::string(bytes.substr(kP256PointBytes, kP256ScalarBytes)),
                   std::string(bytes.substr(kP256PointBytes + kP256ScalarBytes))};
}

absl::StatusOr<DleqProof> DleqProve(const P256PrivateKey& key, absl::string_view enc_point,
                                    absl::string_view context, Random& random) {
  DleqProof proof;
  ASSIGN_OR_RETURN(proof.z_point, key.DhPoint(enc_point));
  const std::string statement = Statement({key.public_point(), enc_point, context}, proof.z_point);

  // The nonce depends on the key and the statement besides the randomness, so that a broken
  // generator cannot make two proofs share one, which would give away the key.
  const std::string seed = HmacSha256(key.scalar(), absl::StrCat(random.Bytes(32), statement));
  const BIGNUM* order = EC_GROUP_get0_order(P256Group());
  const BnCtxPtr ctx(BN_CTX_secure_new());
  const BnPtr t = ToBn(HkdfExpand(seed, "jodal dleq nonce", kNonceBytes));
  OpenSslCheck(ctx != nullptr && BN_nnmod(t.get(), t.get(), order, ctx.get()) == 1, "BN_nnmod");
  ASSIGN_OR_RETURN(const P256PrivateKey nonce, P256PrivateKey::FromScalar(ToScalar(t.get())));
  ASSIGN_OR_RETURN(const std::string b, nonce.DhPoint(enc_point));
  proof.challenge = Sha256(absl::StrCat(statement, nonce.public_point(), b));

  const BnPtr sk = ToBn(key.scalar());
  const BnPtr s = ToBn(proof.challenge);
  OpenSslCheck(BN_mod_mul(s.get(), s.get(), sk.get(), order, ctx.get()) == 1 &&
                   BN_mod_add(s.get(), s.get(), t.get(), order, ctx.get()) == 1,
               "BN_mod_mul");
  proof.response = ToScalar(s.get());
  return proof;
}

absl::Status DleqVerify(const DleqStatement& statement, const DleqProof& proof) {
  ASSIGN_OR_RETURN(const EcPointPtr pk, ParseP256Point(statement.public_point));
  ASSIGN_OR_RETURN(const EcPointPtr enc, ParseP256Point(statement.enc_point));
  const auto z = ParseP256Point(proof.z_point);
  if (!z.ok() || proof.challenge.size() != kP256ScalarBytes ||
      proof.response.size() != kP256ScalarBytes) {
    return ProofInvalid();
  }
  const EC_GROUP* group = P256Group();
  const BIGNUM* order = EC_GROUP_get0_order(group);
  const BnPtr s = ToBn(proof.response);
  if (BN_cmp(s.get(), order) >= 0) return ProofInvalid();
  const BnCtxPtr ctx(BN_CTX_new());
  const BnPtr minus_c = ToBn(proof.challenge);
  OpenSslCheck(ctx != nullptr && BN_nnmod(minus_c.get(), minus_c.get(), order, ctx.get()) == 1 &&
                   BN_sub(minus_c.get(), order, minus_c.get()) == 1,
               "BN_nnmod");

  const EcPointPtr a = Combination(s.get(), pk.get(), minus_c.get(), ctx.get());
  const EcPointPtr b = Combination(nullptr, enc.get(), s.get(), ctx.get());
  const EcPointPtr cz = Combination(nullptr, z->get(), minus_c.get(), ctx.get());
  OpenSslCheck(EC_POINT_add(group, b.get(), b.get(), cz.get(), ctx.get()) == 1, "EC_POINT_add");
  // A prover who knows sk can aim at infinity, which has no 65-byte form.
  if (EC_POINT_is_at_infinity(group, a.get()) || EC_POINT_is_at_infinity(group, b.get())) {
    return ProofInvalid();
  }
  const std::string expected = Sha256(
      absl::StrCat(Statement(statement, proof.z_point), PrintP256Point(*a), PrintP256Point(*b)));
  if (!ConstantTimeEqual(expected, proof.challenge)) return ProofInvalid();
  return absl::OkStatus();
}

}  // namespace jodal::crypto
