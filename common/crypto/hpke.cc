#include "common/crypto/hpke.h"

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/hash.h"
#include "common/status/macros.h"

namespace jodal::crypto {
namespace {

using absl::string_view;

constexpr char kVersion[] = "HPKE-v1";
constexpr size_t kKeyBytes = 16;
constexpr size_t kSharedSecretBytes = 32;

constexpr string_view kKemSuiteId("KEM\x00\x10", 5);
constexpr string_view kSuiteId("HPKE\x00\x10\x00\x01\x00\x01", 10);

struct Keys {
  std::string key;
  std::string nonce;
};

struct Exchange {
  string_view dh;
  string_view enc;
  string_view recipient_point;
};

// Encap / Decap after the DH, then KeySchedule in base mode. With one text per context the sequence
// number is 0 and the nonce is base_nonce itself.
Keys Schedule(const Exchange& exchange, string_view info) {
  const std::string eae_prk = HpkeLabeledExtract("", {kKemSuiteId, "eae_prk"}, exchange.dh);
  const std::string shared_secret =
      HpkeLabeledExpand(eae_prk, {kKemSuiteId, "shared_secret"},
                        absl::StrCat(exchange.enc, exchange.recipient_point), kSharedSecretBytes);
  static const std::string* const psk_id_hash =
      new std::string(HpkeLabeledExtract("", {kSuiteId, "psk_id_hash"}, ""));
  const std::string context = absl::StrCat(string_view("\0", 1), *psk_id_hash,
                                           HpkeLabeledExtract("", {kSuiteId, "info_hash"}, info));
  const std::string secret = HpkeLabeledExtract(shared_secret, {kSuiteId, "secret"}, "");
  return {HpkeLabeledExpand(secret, {kSuiteId, "key"}, context, kKeyBytes),
          HpkeLabeledExpand(secret, {kSuiteId, "base_nonce"}, context, kAeadNonceBytes)};
}

absl::Status Malformed() {
  return MakeError(kErrors["HPKE_MALFORMED"],
                   "the sealed text is too short or does not begin with a point of P-256");
}

}  // namespace

string_view HpkeKemSuiteId() { return kKemSuiteId; }

std::string HpkeLabeledExtract(string_view salt, const HpkeLabel& label, string_view ikm) {
  return HkdfExtract(salt, absl::StrCat(kVersion, label.suite_id, label.label, ikm));
}

std::string HpkeLabeledExpand(string_view prk, const HpkeLabel& label, string_view info,
                              size_t size_bytes) {
  std::string labeled;
  AppendU16Be(labeled, static_cast<uint16_t>(size_bytes));
  absl::StrAppend(&labeled, kVersion, label.suite_id, label.label, info);
  return HkdfExpand(prk, labeled, size_bytes);
}

absl::StatusOr<std::string> HpkeSeal(const HpkeSealKeys& keys, const HpkeContext& context,
                                     string_view plaintext) {
  ASSIGN_OR_RETURN(const P256PublicKey recipient, P256PublicKey::FromPoint(keys.recipient_point));
  return HpkeSeal(HpkeSealTo{P256PrivateKey::Derive(keys.ephemeral_seed), recipient}, context,
                  plaintext);
}

std::string HpkeSeal(const HpkeSealTo& keys, const HpkeContext& context, string_view plaintext) {
  const std::string& enc = keys.ephemeral.public_point();
  const std::string dh = keys.ephemeral.Ecdh(keys.recipient);
  const Keys schedule = Schedule({dh, enc, keys.recipient.point()}, context.info);
  const auto sealed = AesGcmSeal({schedule.key, schedule.nonce, context.aad}, plaintext);
  OpenSslCheck(sealed.ok(), "AesGcmSeal");  // its keys have the right sizes
  return absl::StrCat(enc, *sealed);
}

absl::StatusOr<std::string> HpkeOpenWithDh(const HpkeDhKeys& keys, const HpkeContext& context,
                                           string_view sealed) {
  if (sealed.size() < kHpkeOverheadBytes) return Malformed();
  const string_view enc = sealed.substr(0, kP256PointBytes);
  const Keys schedule = Schedule({keys.dh, enc, keys.recipient_point}, context.info);
  return AesGcmOpen({schedule.key, schedule.nonce, context.aad}, sealed.substr(kP256PointBytes));
}

absl::StatusOr<std::string> HpkeOpen(const P256PrivateKey& recipient, const HpkeContext& context,
                                     string_view sealed) {
  if (sealed.size() < kHpkeOverheadBytes) return Malformed();
  const auto dh = recipient.Ecdh(sealed.substr(0, kP256PointBytes));
  if (!dh.ok()) return Malformed();
  return HpkeOpenWithDh({recipient.public_point(), *dh}, context, sealed);
}

}  // namespace jodal::crypto
