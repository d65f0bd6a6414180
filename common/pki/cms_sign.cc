#include "common/pki/cms_sign.h"

#include <openssl/rsa.h>

#include <algorithm>
#include <vector>

#include "common/crypto/hash.h"
#include "common/crypto/openssl_ptr.h"
#include "common/pki/der.h"
#include "common/pki/errors.h"
#include "common/pki/oids.h"
#include "common/status/macros.h"

namespace jodal::pki {
namespace {

std::string Oid(absl::string_view content) { return DerValue(kTagOid, {content}); }

std::string Attribute(absl::string_view oid, absl::string_view value) {
  return DerValue(kTagSequence, {Oid(oid), DerValue(kTagSet, {value})});
}

std::string TimeValue(absl::Time time) {
  const auto civil = absl::ToCivilSecond(time, absl::UTCTimeZone());
  const bool utc = civil.year() >= 1950 && civil.year() < 2050;  // RFC 5652 section 11.3
  return DerValue(
      utc ? kTagUtcTime : kTagGeneralizedTime,
      {absl::FormatTime(utc ? "%y%m%d%H%M%SZ" : "%E4Y%m%d%H%M%SZ", time, absl::UTCTimeZone())});
}

// RSASSA-PSS-params with one hash throughout (RFC 4055 section 3.1).
std::string PssParameters(absl::string_view hash_algorithm, HashAlgorithm hash) {
  const char salt = static_cast<char>(HashSizeBytes(hash));
  return DerValue(
      kTagSequence,
      {DerValue(TagConstructed(0), {hash_algorithm}),
       DerValue(TagConstructed(1), {DerValue(kTagSequence, {Oid(kOidMgf1), hash_algorithm})}),
       DerValue(TagConstructed(2), {DerValue(kTagInteger, {absl::string_view(&salt, 1)})})});
}

absl::StatusOr<std::string> Sign(EVP_PKEY* key, const SignOptions& options, bool is_rsa,
                                 absl::string_view message) {
  const auto failed = [] {
    crypto::ClearOpenSslErrors();
    return absl::InternalError("OpenSSL could not sign");
  };
  crypto::EvpMdCtxPtr ctx(EVP_MD_CTX_new());
  EVP_PKEY_CTX* pkey_ctx = nullptr;  // owned by ctx
  const EVP_MD* md = HashMd(options.hash);
  if (!ctx || EVP_DigestSignInit(ctx.get(), &pkey_ctx, md, nullptr, key) != 1) return failed();
  if (is_rsa && options.rsa_pss &&
      (EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_mgf1_md(pkey_ctx, md) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return failed();
  }
  size_t size = 0;
  if (EVP_DigestSign(ctx.get(), nullptr, &size, crypto::Bytes(message), message.size()) != 1) {
    return failed();
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(ctx.get(), crypto::MutableBytes(signature.data()), &size,
                     crypto::Bytes(message), message.size()) != 1) {
    return failed();
  }
  signature.resize(size);
  return signature;
}

}  // namespace

absl::StatusOr<std::string> SignCades(absl::string_view content, const PrivateKey& key,
                                      absl::string_view cert_der, const SignOptions& options) {
  const auto names = IsDer(cert_der) ? ReadCertificateNames(cert_der) : std::nullopt;
  if (!names) {
    return MakeError(kErrors["CERT_INVALID"], "not a certificate");
  }
  const int type = EVP_PKEY_get_base_id(key.get());
  if (type != EVP_PKEY_EC && type != EVP_PKEY_RSA) {
    return MakeError(kErrors["KEY_TYPE"], "the key must be EC or RSA");
  }
  static constexpr absl::string_view kHashOids[] = {kOidSha256, kOidSha384, kOidSha512};
  static constexpr absl::string_view kEcdsaOids[] = {kOidEcdsaSha256, kOidEcdsaSha384,
                                                     kOidEcdsaSha512};
  const size_t hash_index = static_cast<size_t>(options.hash);
  const std::string hash_algorithm = DerValue(kTagSequence, {Oid(kHashOids[hash_index])});

  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  crypto::OpenSslCheck(EVP_Digest(content.data(), content.size(), digest, &digest_size,
                                  HashMd(options.hash), nullptr) == 1,
                       "EVP_Digest");
  const std::string certificate_hash = DerValue(kTagOctetString, {crypto::Sha256(cert_der)});
  std::vector<std::string> attributes = {
      Attribute(kOidContentType, Oid(kOidData)),
      Attribute(kOidMessageDigest,
                DerValue(kTagOctetString,
                         {absl::string_view(reinterpret_cast<char*>(digest), digest_size)})),
      Attribute(kOidSigningCertificateV2,
                DerValue(kTagSequence,
                         {DerValue(kTagSequence, {DerValue(kTagSequence, {certificate_hash})})}))};
  if (options.signing_time) {
    attributes.push_back(Attribute(kOidSigningTime, TimeValue(*options.signing_time)));
  }
  std::sort(attributes.begin(), attributes.end());
  std::string attribute_set;
  for (const std::string& attribute : attributes) attribute_set += attribute;

  const bool is_rsa = type == EVP_PKEY_RSA;
  ASSIGN_OR_RETURN(const std::string signature,
                   Sign(key.get(), options, is_rsa, DerValue(kTagSet, {attribute_set})));
  std::string signature_algorithm;
  if (!is_rsa) {
    signature_algorithm = DerValue(kTagSequence, {Oid(kEcdsaOids[hash_index])});
  } else if (options.rsa_pss) {
    signature_algorithm =
        DerValue(kTagSequence, {Oid(kOidRsaPss), PssParameters(hash_algorithm, options.hash)});
  } else {
    signature_algorithm = DerValue(kTagSequence, {Oid(kOidRsa), DerValue(kTagNull, {})});
  }

  const std::string version = DerValue(kTagInteger, {"\x01"});
  const std::string signer_info = DerValue(
      kTagSequence,
      {version, DerValue(kTagSequence, {names->issuer_der, DerValue(kTagInteger, {names->serial})}),
       hash_algorithm, DerValue(TagConstructed(0), {attribute_set}), signature_algorithm,
       DerValue(kTagOctetString, {signature})});
  const std::string signed_data = DerValue(
      kTagSequence,
      {version, DerValue(kTagSet, {hash_algorithm}), DerValue(kTagSequence, {Oid(kOidData)}),
       DerValue(TagConstructed(0), {cert_der}), DerValue(kTagSet, {signer_info})});
  return DerValue(kTagSequence, {Oid(kOidSignedData), DerValue(TagConstructed(0), {signed_data})});
}

}  // namespace jodal::pki
