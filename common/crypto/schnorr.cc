#include "common/crypto/schnorr.h"

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/hash.h"
#include "common/status/macros.h"

namespace jodal::crypto {
namespace {

constexpr char kLabel[] = "jodal schnorr v1";
constexpr size_t kNonceBytes = 48;  // 128 bits more than the order, so reduction leaves no bias

absl::Status ProofInvalid() {
  ClearOpenSslErrors();
  return MakeError(kErrors["PROOF_INVALID"],
                   "the proof of knowledge of the private key does not hold");
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

BnPtr ToReducedBn(absl::string_view bytes, BN_CTX* ctx) {
  BnPtr bn = ToBn(bytes);
  OpenSslCheck(BN_nnmod(bn.get(), bn.get(), EC_GROUP_get0_order(P256Group()), ctx) == 1,
               "BN_nnmod");
  return bn;
}

std::string Statement(const SchnorrStatement& s) {
  std::string out = kLabel;
  AppendU32Be(out, static_cast<uint32_t>(s.context.size()));
  absl::StrAppend(&out, s.context, s.public_point);
  return out;
}

}  // namespace

std::string SchnorrProve(const P256PrivateKey& key, absl::string_view context) {
  const BIGNUM* order = EC_GROUP_get0_order(P256Group());
  const BnCtxPtr ctx(BN_CTX_secure_new());
  OpenSslCheck(ctx != nullptr, "BN_CTX_secure_new");
  const std::string statement = Statement({key.public_point(), context});
  const std::string seed = HmacSha256(key.scalar(), statement);
  const BnPtr t = ToReducedBn(HkdfExpand(seed, "jodal schnorr nonce", kNonceBytes), ctx.get());
  const auto nonce = P256PrivateKey::FromScalar(ToScalar(t.get()));
  OpenSslCheck(nonce.ok(), "Schnorr nonce");  // zero: once in 2^256

  const BnPtr c = ToReducedBn(Sha256(absl::StrCat(statement, nonce->public_point())), ctx.get());
  const BnPtr sk = ToBn(key.scalar());
  const BnPtr s(BN_new());
  OpenSslCheck(s != nullptr && BN_mod_mul(s.get(), c.get(), sk.get(), order, ctx.get()) == 1 &&
                   BN_mod_add(s.get(), s.get(), t.get(), order, ctx.get()) == 1,
               "BN_mod_mul");
  return absl::StrCat(ToScalar(c.get()), ToScalar(s.get()));
}

absl::Status SchnorrVerify(const SchnorrStatement& statement, absl::string_view proof) {
  ASSIGN_OR_RETURN(const EcPointPtr pk, ParseP256Point(statement.public_point));
  if (proof.size() != kSchnorrProofBytes) return ProofInvalid();
  const EC_GROUP* group = P256Group();
  const BIGNUM* order = EC_GROUP_get0_order(group);
  const BnCtxPtr ctx(BN_CTX_new());
  OpenSslCheck(ctx != nullptr, "BN_CTX_new");
  const absl::string_view challenge = proof.substr(0, kP256ScalarBytes);
  const BnPtr c = ToBn(challenge);
  const BnPtr s = ToBn(proof.substr(kP256ScalarBytes));
  if (BN_cmp(c.get(), order) >= 0 || BN_cmp(s.get(), order) >= 0) return ProofInvalid();

  // s·G − c·pk. Variable time is fine: the inputs are public.
  const BnPtr minus_c(BN_new());
  const EcPointPtr a(EC_POINT_new(group));
  OpenSslCheck(minus_c != nullptr && a != nullptr && BN_sub(minus_c.get(), order, c.get()) == 1 &&
                   EC_POINT_mul(group, a.get(), s.get(), pk.get(), minus_c.get(), ctx.get()) == 1,
               "EC_POINT_mul");
  // A prover who knows the key can aim at infinity, which has no 65-byte form.
  if (EC_POINT_is_at_infinity(group, a.get())) return ProofInvalid();
  const BnPtr expected =
      ToReducedBn(Sha256(absl::StrCat(Statement(statement), PrintP256Point(*a))), ctx.get());
  if (!ConstantTimeEqual(ToScalar(expected.get()), challenge)) return ProofInvalid();
  return absl::OkStatus();
}

}  // namespace jodal::crypto
