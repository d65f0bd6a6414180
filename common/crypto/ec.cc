#include "common/crypto/ec.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/errors.h"
#include "common/crypto/hpke.h"
#include "common/status/macros.h"

namespace jodal::crypto {
namespace {

// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING (0 unused bits) of 65 bytes }
constexpr unsigned char kSpkiPrefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                         0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                         0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
static_assert(sizeof(kSpkiPrefix) + kP256PointBytes == kP256SpkiBytes);

absl::string_view SpkiPrefix() {
  return {reinterpret_cast<const char*>(kSpkiPrefix), sizeof(kSpkiPrefix)};
}

absl::Status PointInvalid() {
  ClearOpenSslErrors();
  return MakeError(kErrors["POINT_INVALID"], "not an uncompressed point of P-256");
}

absl::Status SpkiInvalid() {
  return MakeError(kErrors["SPKI_INVALID"],
                   "not the DER of a named-curve P-256 public key with an uncompressed point");
}

absl::Status KeyInvalid(absl::string_view why) {
  ClearOpenSslErrors();
  return MakeError(kErrors["KEY_INVALID"], why);
}

BN_CTX* ThreadBnContext() {
  thread_local const BnCtxPtr ctx = [] {
    BnCtxPtr made(BN_CTX_new());
    OpenSslCheck(made != nullptr, "BN_CTX_new");
    return made;
  }();
  return ctx.get();
}

BnPtr ScalarToBn(absl::string_view scalar) {
  BnPtr bn(BN_bin2bn(Bytes(scalar), static_cast<int>(scalar.size()), nullptr));
  OpenSslCheck(bn != nullptr, "BN_bin2bn");
  BN_set_flags(bn.get(), BN_FLG_CONSTTIME);
  return bn;
}

EcPointPtr NewPoint() {
  EcPointPtr point(EC_POINT_new(P256Group()));
  OpenSslCheck(point != nullptr, "EC_POINT_new");
  return point;
}

int PassphraseCallback(char* buffer, int size, int /*writing*/, void* user) {
  const auto& passphrase = *static_cast<const absl::string_view*>(user);
  if (passphrase.empty() || passphrase.size() > static_cast<size_t>(size)) return -1;
  std::memcpy(buffer, passphrase.data(), passphrase.size());
  return static_cast<int>(passphrase.size());
}

}  // namespace

const EC_GROUP* P256Group() {
  static const EC_GROUP* const group = [] {
    const EC_GROUP* made = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    OpenSslCheck(made != nullptr, "EC_GROUP_new_by_curve_name");
    return made;
  }();
  return group;
}

absl::StatusOr<EcPointPtr> ParseP256Point(absl::string_view point) {
  if (point.size() != kP256PointBytes || point[0] != POINT_CONVERSION_UNCOMPRESSED) {
    return PointInvalid();
  }
  EcPointPtr out = NewPoint();
  // Checks the range of both coordinates and the curve equation.
  if (EC_POINT_oct2point(P256Group(), out.get(), Bytes(point), point.size(), ThreadBnContext()) !=
      1) {
    return PointInvalid();
  }
  return out;
}

std::string PrintP256Point(const EC_POINT& point) {
  std::string out(kP256PointBytes, '\0');
  OpenSslCheck(EC_POINT_point2oct(P256Group(), &point, POINT_CONVERSION_UNCOMPRESSED,
                                  MutableBytes(out.data()), out.size(), nullptr) == kP256PointBytes,
               "EC_POINT_point2oct");
  return out;
}

absl::Status CheckP256Point(absl::string_view point) { return ParseP256Point(point).status(); }

absl::StatusOr<std::string> P256PointFromSpki(absl::string_view spki_der) {
  if (spki_der.size() != kP256SpkiBytes ||
      spki_der.substr(0, sizeof(kSpkiPrefix)) != SpkiPrefix()) {
    return SpkiInvalid();
  }
  const absl::string_view point = spki_der.substr(sizeof(kSpkiPrefix));
  if (!CheckP256Point(point).ok()) return SpkiInvalid();
  return std::string(point);
}

P256PrivateKey::P256PrivateKey(std::string scalar, std::string public_point)
    : scalar_(std::move(scalar)), public_(std::move(public_point)) {}

P256PrivateKey& P256PrivateKey::operator=(P256PrivateKey&& other) noexcept {
  if (this != &other) {
    OPENSSL_cleanse(scalar_.data(), scalar_.size());
    scalar_ = std::move(other.scalar_);
    public_ = std::move(other.public_);
  }
  return *this;
}

P256PrivateKey::~P256PrivateKey() { OPENSSL_cleanse(scalar_.data(), scalar_.size()); }

absl::StatusOr<P256PrivateKey> P256PrivateKey::FromScalar(absl::string_view scalar) {
  if (scalar.size() != kP256ScalarBytes) return KeyInvalid("a P-256 scalar has 32 bytes");
  const BnPtr bn = ScalarToBn(scalar);
  if (BN_is_zero(bn.get()) || BN_cmp(bn.get(), EC_GROUP_get0_order(P256Group())) >= 0) {
    return KeyInvalid("the scalar is not in 1 .. order-1");
  }
  const EcPointPtr point = NewPoint();
  OpenSslCheck(
      EC_POINT_mul(P256Group(), point.get(), bn.get(), nullptr, nullptr, ThreadBnContext()) == 1,
      "EC_POINT_mul");
  return P256PrivateKey(std::string(scalar), PrintP256Point(*point));
}

P256PrivateKey P256PrivateKey::Generate(Random& random) {
  while (true) {
    auto key = FromScalar(random.Bytes(kP256ScalarBytes));
    if (key.ok()) return std::move(key).value();
  }
}

P256PrivateKey P256PrivateKey::Derive(absl::string_view seed) {
  const std::string prk = HpkeLabeledExtract("", {HpkeKemSuiteId(), "dkp_prk"}, seed);
  for (int counter = 0; counter < 256; ++counter) {
    const std::string info(1, static_cast<char>(counter));
    auto key =
        FromScalar(HpkeLabeledExpand(prk, {HpkeKemSuiteId(), "candidate"}, info, kP256ScalarBytes));
    if (key.ok()) return std::move(key).value();
  }
  // Each candidate fails with probability 2^-32; 256 in a row do not happen.
  OpenSslCheck(false, "DeriveKeyPair");
  std::abort();
}

absl::StatusOr<P256PrivateKey> P256PrivateKey::FromPem(absl::string_view pem,
                                                       absl::string_view passphrase) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  OpenSslCheck(bio != nullptr, "BIO_new_mem_buf");
  const EvpPkeyPtr key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, PassphraseCallback, &passphrase));
  if (key == nullptr) return KeyInvalid("no private key in the PEM, or a wrong passphrase");
  return FromEvp(key.get());
}

absl::StatusOr<P256PrivateKey> P256PrivateKey::FromEvp(EVP_PKEY* key) {
  char group[64];
  size_t size = 0;
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group),
                                     &size) != 1 ||
      absl::string_view(group, size) != SN_X9_62_prime256v1) {
    return KeyInvalid("not a P-256 key");
  }
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &raw) != 1) {
    return KeyInvalid("the key has no private part");
  }
  const BnPtr bn(raw);
  std::string scalar(kP256ScalarBytes, '\0');
  if (BN_bn2binpad(bn.get(), MutableBytes(scalar.data()), kP256ScalarBytes) != kP256ScalarBytes) {
    return KeyInvalid("the scalar is not in 1 .. order-1");
  }
  auto out = FromScalar(scalar);
  OPENSSL_cleanse(scalar.data(), scalar.size());
  return out;
}

std::string P256PrivateKey::SpkiDer() const { return absl::StrCat(SpkiPrefix(), public_); }

EvpPkeyPtr P256PrivateKey::ToEvp() const {
  const BnPtr bn = ScalarToBn(scalar_);
  const std::unique_ptr<OSSL_PARAM_BLD, OpenSslDeleter<OSSL_PARAM_BLD_free>> builder(
      OSSL_PARAM_BLD_new());
  OpenSslCheck(builder != nullptr, "OSSL_PARAM_BLD_new");
  OpenSslCheck(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                               SN_X9_62_prime256v1, 0) == 1 &&
                   OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                    public_.data(), public_.size()) == 1 &&
                   OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, bn.get()) == 1,
               "OSSL_PARAM_BLD_push");
  const std::unique_ptr<OSSL_PARAM, OpenSslDeleter<OSSL_PARAM_free>> params(
      OSSL_PARAM_BLD_to_param(builder.get()));
  const EvpPkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  OpenSslCheck(params != nullptr && ctx != nullptr && EVP_PKEY_fromdata_init(ctx.get()) == 1 &&
                   EVP_PKEY_fromdata(ctx.get(), &key, EVP_PKEY_KEYPAIR, params.get()) == 1,
               "EVP_PKEY_fromdata");
  return EvpPkeyPtr(key);
}

std::string P256PrivateKey::ToPkcs8Pem() const {
  const EvpPkeyPtr key = ToEvp();
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  OpenSslCheck(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr,
                                                               nullptr, 0, nullptr, nullptr) == 1,
               "PEM_write_bio_PKCS8PrivateKey");
  return BioBytes(bio.get());
}

P256PublicKey::P256PublicKey(std::string point, EcPointPtr decoded)
    : point_(std::move(point)), decoded_(decoded.release(), EC_POINT_free) {}

absl::StatusOr<P256PublicKey> P256PublicKey::FromPoint(absl::string_view point) {
  ASSIGN_OR_RETURN(EcPointPtr decoded, ParseP256Point(point));
  return P256PublicKey(std::string(point), std::move(decoded));
}

P256PublicKey P256PublicKey::WithTable() const {
  // OpenSSL makes tables for generators only. It declares that obsolete, as nobody changes the
  // generator of a curve in earnest; what it gives otherwise is the same point, only later.
  EcGroupPtr group(EC_GROUP_dup(P256Group()));
  OpenSslCheck(group != nullptr &&
                   EC_GROUP_set_generator(group.get(), decoded_.get(),
                                          EC_GROUP_get0_order(P256Group()), BN_value_one()) == 1,
               "EC_GROUP_set_generator");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  OpenSslCheck(EC_GROUP_precompute_mult(group.get(), ThreadBnContext()) == 1,
               "EC_GROUP_precompute_mult");
#pragma GCC diagnostic pop
  P256PublicKey out = *this;
  out.table_ = {group.release(), EC_GROUP_free};
  return out;
}

absl::StatusOr<std::string> P256PrivateKey::DhPoint(absl::string_view peer_point) const {
  ASSIGN_OR_RETURN(const P256PublicKey peer, P256PublicKey::FromPoint(peer_point));
  return DhPoint(peer);
}

std::string P256PrivateKey::DhPoint(const P256PublicKey& peer) const {
  const BnPtr bn = ScalarToBn(scalar_);
  const EcPointPtr shared = NewPoint();
  const bool tabled = peer.table_ != nullptr;
  OpenSslCheck(tabled ? EC_POINT_mul(peer.table_.get(), shared.get(), bn.get(), nullptr, nullptr,
                                     ThreadBnContext()) == 1
                      : EC_POINT_mul(P256Group(), shared.get(), nullptr, peer.decoded_.get(),
                                     bn.get(), ThreadBnContext()) == 1,
               "EC_POINT_mul");
  // The order is prime and the scalar smaller, so the result is never at infinity.
  return PrintP256Point(*shared);
}

std::string P256PrivateKey::Ecdh(const P256PublicKey& peer) const { return P256X(DhPoint(peer)); }

absl::StatusOr<std::string> P256PrivateKey::Ecdh(absl::string_view peer_point) const {
  ASSIGN_OR_RETURN(const std::string shared, DhPoint(peer_point));
  return P256X(shared);
}

}  // namespace jodal::crypto
