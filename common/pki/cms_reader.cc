#include "common/pki/cms_reader.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/crypto/hash.h"
#include "common/crypto/openssl_ptr.h"
#include "common/pki/der.h"
#include "common/pki/errors.h"
#include "common/pki/limits.h"
#include "common/pki/oids.h"
#include "common/status/macros.h"

namespace jodal::pki {
namespace {

struct Algorithm {
  absl::string_view oid;
  absl::string_view parameters;  // whole value; empty if absent
  absl::string_view whole;
};

std::optional<Algorithm> ParseAlgorithm(const std::optional<Tlv>& value) {
  if (!value || value->tag != kTagSequence) return std::nullopt;
  DerReader reader(value->content);
  const auto oid = reader.Next(kTagOid);
  if (!oid) return std::nullopt;
  Algorithm algorithm{oid->content, {}, value->whole};
  if (const auto parameters = reader.Next()) algorithm.parameters = parameters->whole;
  return reader.empty() ? std::optional(algorithm) : std::nullopt;
}

bool IsNull(absl::string_view parameters) { return parameters == OidBytes("\x05\x00"); }
// RFC 5754 section 2: generate absent, accept both.
bool AbsentOrNull(absl::string_view parameters) { return parameters.empty() || IsNull(parameters); }

std::optional<HashAlgorithm> HashOf(const std::optional<Algorithm>& algorithm) {
  if (!algorithm || !AbsentOrNull(algorithm->parameters)) return std::nullopt;
  if (algorithm->oid == kOidSha256) return HashAlgorithm::kSha256;
  if (algorithm->oid == kOidSha384) return HashAlgorithm::kSha384;
  if (algorithm->oid == kOidSha512) return HashAlgorithm::kSha512;
  return std::nullopt;
}

// RSASSA-PSS-params (RFC 4055 section 3.1) whose three hashes and salt length all are `hash`; the
// defaults are SHA-1, so every field but the trailer must be there.
bool PssParametersMatch(absl::string_view parameters, HashAlgorithm hash) {
  DerReader outer(parameters);
  const auto sequence = outer.Next(kTagSequence);
  if (!sequence) return false;
  DerReader fields(sequence->content);
  const auto hash_field = fields.Next(TagConstructed(0));
  const auto mgf_field = fields.Next(TagConstructed(1));
  const auto salt_field = fields.Next(TagConstructed(2));
  if (!hash_field || !mgf_field || !salt_field || !fields.empty()) return false;

  DerReader hash_reader(hash_field->content);
  if (HashOf(ParseAlgorithm(hash_reader.Next())) != hash || !hash_reader.empty()) return false;

  DerReader mgf_reader(mgf_field->content);
  const auto mgf = ParseAlgorithm(mgf_reader.Next());
  if (!mgf || mgf->oid != kOidMgf1 || !mgf_reader.empty()) return false;
  DerReader mgf_hash(mgf->parameters);
  if (HashOf(ParseAlgorithm(mgf_hash.Next())) != hash || !mgf_hash.empty()) return false;

  DerReader salt_reader(salt_field->content);
  const auto salt = salt_reader.Next(kTagInteger);
  return salt && salt_reader.empty() && salt->content.size() == 1 &&
         static_cast<uint8_t>(salt->content[0]) == HashSizeBytes(hash);
}

absl::Status ReadSignatureAlgorithm(const std::optional<Algorithm>& algorithm, CmsSignature& out) {
  struct Known {
    absl::string_view oid;
    SignatureScheme scheme;
    HashAlgorithm hash;
  };
  static constexpr std::array<Known, 6> kKnown = {{
      {kOidEcdsaSha256, SignatureScheme::kEcdsa, HashAlgorithm::kSha256},
      {kOidEcdsaSha384, SignatureScheme::kEcdsa, HashAlgorithm::kSha384},
      {kOidEcdsaSha512, SignatureScheme::kEcdsa, HashAlgorithm::kSha512},
      {kOidRsaSha256, SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256},
      {kOidRsaSha384, SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha384},
      {kOidRsaSha512, SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha512},
  }};
  if (!algorithm)
    return MakeError(kErrors["CMS_SIGNATURE_ALGORITHM"], "the signature algorithm is malformed");
  if (algorithm->oid == kOidRsaPss) {
    if (!PssParametersMatch(algorithm->parameters, out.hash)) {
      return MakeError(kErrors["CMS_PSS_PARAMETERS"],
                       "PSS must name the digest's hash for hash, MGF1 and salt length");
    }
    out.scheme = SignatureScheme::kRsaPss;
    return absl::OkStatus();
  }
  if (algorithm->oid == kOidRsa && IsNull(algorithm->parameters)) {
    out.scheme = SignatureScheme::kRsaPkcs1;
    return absl::OkStatus();
  }
  for (const Known& known : kKnown) {
    if (algorithm->oid != known.oid || known.hash != out.hash) continue;
    const bool is_ecdsa = known.scheme == SignatureScheme::kEcdsa;
    if (is_ecdsa ? !algorithm->parameters.empty() : !IsNull(algorithm->parameters)) continue;
    out.scheme = known.scheme;
    return absl::OkStatus();
  }
  return MakeError(kErrors["CMS_SIGNATURE_ALGORITHM"],
                   "the signature algorithm is unknown or does not fit the digest");
}

// UTCTime through 2049 and GeneralizedTime after, Z, whole seconds (RFC 5652 section 11.3).
std::optional<absl::Time> ParseSigningTime(const Tlv& value) {
  absl::string_view text = value.content;
  const bool utc = value.tag == kTagUtcTime;
  if (!utc && value.tag != kTagGeneralizedTime) return std::nullopt;
  const size_t year_digits = utc ? 2 : 4;
  if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  const auto number = [&text](size_t digits) {
    int n = 0;
    for (size_t i = 0; i < digits; ++i) n = n * 10 + (text[i] - '0');
    text.remove_prefix(digits);
    return n;
  };
  int year = number(year_digits);
  if (utc) year += year < 50 ? 2000 : 1900;
  const int month = number(2), day = number(2), hour = number(2), minute = number(2),
            second = number(2);
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  if ((!utc && year < 2050) || civil.month() != month || civil.day() != day ||
      civil.hour() != hour || civil.minute() != minute || civil.second() != second) {
    return std::nullopt;
  }
  return absl::FromCivil(civil, absl::UTCTimeZone());
}

struct IssuerSerial {
  absl::string_view issuer_der, serial;
};

// SigningCertificateV2 with one ESSCertIDv2 and nothing else. `issuer_serial` is set if present.
absl::Status ReadSigningCertificateV2(const Tlv& value, CmsSignature& out,
                                      std::optional<IssuerSerial>& issuer_serial) {
  const auto malformed = [] {
    return MakeError(kErrors["SIGNING_CERTIFICATE_V2_MALFORMED"],
                     "signingCertificateV2 must hold one ESSCertIDv2 only");
  };
  if (value.tag != kTagSequence) return malformed();
  DerReader fields(value.content);
  const auto certs = fields.Next(kTagSequence);
  if (!certs || !fields.empty()) return malformed();
  DerReader list(certs->content);
  const auto id = list.Next(kTagSequence);
  if (!id || !list.empty()) return malformed();
  DerReader parts(id->content);
  if (parts.NextIs(kTagSequence)) {
    return MakeError(kErrors["SIGNING_CERTIFICATE_V2_HASH_ALGORITHM"],
                     "the certificate hash must be SHA-256, left out as DER demands");
  }
  const auto hash = parts.Next(kTagOctetString);
  if (!hash || hash->content.size() != crypto::kSha256Bytes) return malformed();
  out.signer_cert_sha256 = std::string(hash->content);
  if (parts.empty()) return absl::OkStatus();
  const auto pair = parts.Next(kTagSequence);
  if (!pair || !parts.empty()) return malformed();
  DerReader pair_reader(pair->content);
  const auto names = pair_reader.Next(kTagSequence);
  const auto serial = pair_reader.Next(kTagInteger);
  if (!names || !serial || !pair_reader.empty()) return malformed();
  DerReader name_reader(names->content);
  const auto directory_name = name_reader.Next(TagConstructed(4));
  if (!directory_name || !name_reader.empty()) return malformed();
  issuer_serial = IssuerSerial{directory_name->content, serial->content};
  return absl::OkStatus();
}

absl::Status ReadSignedAttributes(absl::string_view content, const Algorithm& digest_algorithm,
                                  const Algorithm& signature_algorithm, CmsSignature& out,
                                  std::optional<IssuerSerial>& issuer_serial) {
  if (!IsSetOfOrder(content)) {
    return MakeError(kErrors["SIGNED_ATTRS_ORDER"],
                     "signed attributes are not in DER SET OF order");
  }
  enum { kContentType, kDigest, kCertificate, kTime, kProtection, kCount };
  static constexpr absl::string_view kOids[kCount] = {kOidContentType, kOidMessageDigest,
                                                      kOidSigningCertificateV2, kOidSigningTime,
                                                      kOidAlgorithmProtection};
  std::optional<Tlv> found[kCount];
  DerReader reader(content);
  while (!reader.empty()) {
    const auto attribute = reader.Next(kTagSequence);
    const auto unknown = [] {
      return MakeError(kErrors["SIGNED_ATTR_UNKNOWN"], "an unknown signed attribute");
    };
    if (!attribute) return unknown();
    DerReader parts(attribute->content);
    const auto oid = parts.Next(kTagOid);
    const auto values = parts.Next(kTagSet);
    if (!oid || !values || !parts.empty()) return unknown();
    int which = 0;
    while (which < kCount && kOids[which] != oid->content) ++which;
    if (which == kCount) return unknown();
    if (found[which])
      return MakeError(kErrors["SIGNED_ATTR_DUPLICATED"], "a signed attribute occurs twice");
    DerReader value_reader(values->content);
    found[which] = value_reader.Next();
    if (!found[which] || !value_reader.empty()) {
      return MakeError(kErrors["SIGNED_ATTR_VALUE_COUNT"],
                       "a signed attribute must have exactly one value");
    }
  }
  if (!found[kContentType])
    return MakeError(kErrors["CONTENT_TYPE_MISSING"], "no contentType attribute");
  if (found[kContentType]->tag != kTagOid || found[kContentType]->content != kOidData) {
    return MakeError(kErrors["CONTENT_TYPE_MISMATCH"], "the contentType attribute is not id-data");
  }
  if (!found[kDigest])
    return MakeError(kErrors["MESSAGE_DIGEST_MISSING"], "no messageDigest attribute");
  if (found[kDigest]->tag != kTagOctetString ||
      found[kDigest]->content.size() != HashSizeBytes(out.hash)) {
    return MakeError(kErrors["MESSAGE_DIGEST_MALFORMED"],
                     "messageDigest has not the size of its hash");
  }
  out.message_digest = found[kDigest]->content;
  if (!found[kCertificate]) {
    return MakeError(kErrors["SIGNING_CERTIFICATE_V2_MISSING"],
                     "no signingCertificateV2 attribute");
  }
  RETURN_IF_ERROR(ReadSigningCertificateV2(*found[kCertificate], out, issuer_serial));
  if (found[kTime]) {
    out.signing_time = ParseSigningTime(*found[kTime]);
    if (!out.signing_time)
      return MakeError(kErrors["SIGNING_TIME_MALFORMED"], "signingTime is malformed");
  }
  if (found[kProtection]) {
    // CMSAlgorithmProtection: the digest algorithm, then the signature algorithm as [1] IMPLICIT.
    std::string signature_as_1(signature_algorithm.whole);
    signature_as_1[0] = static_cast<char>(TagConstructed(1));
    if (found[kProtection]->whole !=
        DerValue(kTagSequence, {digest_algorithm.whole, signature_as_1})) {
      return MakeError(kErrors["ALGORITHM_PROTECTION_MISMATCH"],
                       "the protected algorithms are not those of the signature");
    }
  }
  return absl::OkStatus();
}

bool IsVersion(const std::optional<Tlv>& integer, int version) {
  return integer && integer->content.size() == 1 && integer->content[0] == version;
}

bool IsX509(absl::string_view der) {
  const unsigned char* at = crypto::Bytes(der);
  const std::unique_ptr<X509, crypto::OpenSslDeleter<X509_free>> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr) ERR_clear_error();
  return certificate != nullptr && at == crypto::Bytes(der) + der.size();
}

// Finds the embedded certificate that has the hash in signingCertificateV2 and holds it against the
// SignerInfo's identifier. The signer's is read by whoever checks it, or was read before; the
// others are read here, because nobody else does: a reader that refuses a signature for what lies
// beside the signer's certificate must not find one that this program has accepted.
absl::Status BindCertificate(absl::string_view certificates,
                             const std::optional<IssuerSerial>& issuer_serial, CmsSignature& out) {
  DerReader reader(certificates);
  while (const auto certificate = reader.Next()) {
    if (crypto::Sha256(certificate->whole) == out.signer_cert_sha256) {
      out.signer_cert_der = certificate->whole;
    } else if (!IsX509(certificate->whole)) {
      return MakeError(kErrors["CMS_CERTIFICATES"], "an embedded certificate is not X.509");
    }
  }
  if (out.signer_cert_der.empty()) {
    return MakeError(kErrors["SIGNING_CERTIFICATE_MISMATCH"],
                     "no embedded certificate has the hash in signingCertificateV2");
  }
  const auto names = ReadCertificateNames(out.signer_cert_der);
  if (!names)
    return MakeError(kErrors["CMS_CERTIFICATES"], "the signer's certificate is not X.509");
  if (issuer_serial &&
      (issuer_serial->issuer_der != names->issuer_der || issuer_serial->serial != names->serial)) {
    return MakeError(kErrors["SIGNING_CERTIFICATE_V2_ISSUER_SERIAL"],
                     "issuerSerial in signingCertificateV2 names another certificate");
  }
  const bool match =
      out.issuer_der.empty()
          ? !out.subject_key_id.empty() && out.subject_key_id == names->subject_key_id
          : out.issuer_der == names->issuer_der && out.serial == names->serial;
  if (!match) {
    return MakeError(kErrors["SIGNER_ID_MISMATCH"], "the SignerInfo names another certificate");
  }
  return absl::OkStatus();
}

}  // namespace

size_t HashSizeBytes(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::kSha256:
      return 32;
    case HashAlgorithm::kSha384:
      return 48;
    case HashAlgorithm::kSha512:
      return 64;
  }
  return 0;
}

const EVP_MD* HashMd(HashAlgorithm hash) {
  static const std::array<EVP_MD*, 3> kMds = [] {
    std::array<EVP_MD*, 3> mds = {EVP_MD_fetch(nullptr, "SHA2-256", nullptr),
                                  EVP_MD_fetch(nullptr, "SHA2-384", nullptr),
                                  EVP_MD_fetch(nullptr, "SHA2-512", nullptr)};
    for (EVP_MD* md : mds) crypto::OpenSslCheck(md != nullptr, "EVP_MD_fetch");
    return mds;
  }();
  return kMds[static_cast<size_t>(hash)];
}

std::string Digest(HashAlgorithm hash, absl::string_view bytes) {
  std::string out(HashSizeBytes(hash), '\0');
  crypto::OpenSslCheck(EVP_Digest(bytes.data(), bytes.size(), crypto::MutableBytes(out.data()),
                                  nullptr, HashMd(hash), nullptr) == 1,
                       "EVP_Digest");
  return out;
}

absl::StatusOr<CmsSignature> ReadCms(absl::string_view p7s) {
  if (p7s.size() > kCmsBytesMax) {
    return MakeError(kErrors["CMS_TOO_LARGE"],
                     absl::StrCat("a signature is at most ", kCmsBytesMax, " bytes"));
  }
  if (!IsDer(p7s))
    return MakeError(kErrors["CMS_NOT_DER"], "the signature is not one strict DER value");

  const auto not_signed_data = [] {
    return MakeError(kErrors["CMS_NOT_SIGNED_DATA"], "not a CMS SignedData");
  };
  const auto content_info = DerReader(p7s).Next(kTagSequence);
  if (!content_info) return not_signed_data();
  DerReader info(content_info->content);
  const auto type = info.Next(kTagOid);
  const auto wrapper = info.Next(TagConstructed(0));
  if (!type || type->content != kOidSignedData || !wrapper || !info.empty())
    return not_signed_data();
  DerReader wrapped(wrapper->content);
  const auto signed_data = wrapped.Next(kTagSequence);
  if (!signed_data || !wrapped.empty()) return not_signed_data();

  DerReader data(signed_data->content);
  const auto version = data.Next(kTagInteger);
  const auto digest_algorithms = data.Next(kTagSet);
  const auto encapsulated = data.Next(kTagSequence);
  if (!version || !digest_algorithms || !encapsulated) return not_signed_data();

  DerReader digest_set(digest_algorithms->content);
  const auto declared_digest = ParseAlgorithm(digest_set.Next());
  if (!declared_digest || !digest_set.empty()) {
    return MakeError(kErrors["CMS_DIGEST_ALGORITHMS"],
                     "exactly one digest algorithm must be declared");
  }
  DerReader encapsulated_reader(encapsulated->content);
  const auto content_type = encapsulated_reader.Next(kTagOid);
  if (!content_type) return not_signed_data();
  if (!encapsulated_reader.empty()) {
    return MakeError(kErrors["CMS_CONTENT_ATTACHED"], "the signature must be detached");
  }
  if (content_type->content != kOidData) {
    return MakeError(kErrors["CMS_CONTENT_TYPE"], "the signed content is not id-data");
  }

  const auto certificates = data.Next(TagConstructed(0));
  size_t certificate_count = 0;
  if (certificates) {
    DerReader reader(certificates->content);
    while (reader.Next(kTagSequence)) ++certificate_count;
    if (!reader.empty()) certificate_count = 0;
  }
  if (certificate_count == 0 || certificate_count > kCmsCertificatesMax ||
      !IsSetOfOrder(certificates->content)) {
    return MakeError(kErrors["CMS_CERTIFICATES"],
                     "the signer's certificate must be embedded as X.509");
  }
  if (data.NextIs(TagConstructed(1))) {
    return MakeError(kErrors["CMS_CRLS_PRESENT"], "a signature must not carry revocation lists");
  }
  const auto signer_infos = data.Next(kTagSet);
  if (!signer_infos || !data.empty()) return not_signed_data();
  DerReader signer_set(signer_infos->content);
  const auto signer_info = signer_set.Next(kTagSequence);
  if (!signer_info || !signer_set.empty()) {
    return MakeError(kErrors["CMS_SIGNER_COUNT"], "there must be exactly one SignerInfo");
  }

  CmsSignature out;
  DerReader signer(signer_info->content);
  const auto signer_version = signer.Next(kTagInteger);
  int expected_version = 1;
  if (const auto issuer_and_serial = signer.Next(kTagSequence)) {
    DerReader reader(issuer_and_serial->content);
    const auto issuer = reader.Next(kTagSequence);
    const auto serial = reader.Next(kTagInteger);
    if (!issuer || !serial || !reader.empty()) return not_signed_data();
    out.issuer_der = issuer->whole;
    out.serial = serial->content;
  } else if (const auto key_id = signer.Next(TagPrimitive(0))) {
    out.subject_key_id = key_id->content;
    expected_version = 3;
  } else {
    return not_signed_data();
  }
  if (!IsVersion(version, expected_version) || !IsVersion(signer_version, expected_version)) {
    return MakeError(kErrors["CMS_VERSION"],
                     "the versions do not fit the kind of signer identifier");
  }
  const auto digest_algorithm = ParseAlgorithm(signer.Next(kTagSequence));
  if (!digest_algorithm) return not_signed_data();
  if (digest_algorithm->oid != declared_digest->oid) {
    return MakeError(kErrors["CMS_DIGEST_ALGORITHMS"], "the declared digest is not the signer's");
  }
  const auto hash = HashOf(digest_algorithm);
  if (!hash || !HashOf(declared_digest)) {
    return MakeError(kErrors["CMS_DIGEST_UNSUPPORTED"],
                     "the digest must be SHA-256, SHA-384 or SHA-512");
  }
  out.hash = *hash;
  const auto attributes = signer.Next(TagConstructed(0));
  const auto signature_algorithm = ParseAlgorithm(signer.Next(kTagSequence));
  RETURN_IF_ERROR(ReadSignatureAlgorithm(signature_algorithm, out));
  const auto signature = signer.Next(kTagOctetString);
  if (!signature) return not_signed_data();
  out.signature = signature->content;
  if (!attributes) {
    return MakeError(kErrors["SIGNED_ATTRS_MISSING"], "the signature has no signed attributes");
  }
  std::optional<IssuerSerial> issuer_serial;
  RETURN_IF_ERROR(ReadSignedAttributes(attributes->content, *digest_algorithm, *signature_algorithm,
                                       out, issuer_serial));
  if (signer.NextIs(TagConstructed(1))) {
    return MakeError(kErrors["UNSIGNED_ATTRS_PRESENT"], "unsigned attributes are not accepted");
  }
  if (!signer.empty()) return not_signed_data();
  RETURN_IF_ERROR(BindCertificate(certificates->content, issuer_serial, out));
  out.signed_attrs_der = std::string(attributes->whole);
  out.signed_attrs_der[0] = static_cast<char>(kTagSet);
  return out;
}

}  // namespace jodal::pki
