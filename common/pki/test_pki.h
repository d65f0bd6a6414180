// What the tests of this folder share: a CA at a fixed date and a builder of arbitrary CMS bytes.
#ifndef JODAL_COMMON_PKI_TEST_PKI_H_
#define JODAL_COMMON_PKI_TEST_PKI_H_

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/crypto/hash.h"
#include "common/pki/ca.h"
#include "common/pki/certificate.h"
#include "common/pki/cms_sign.h"
#include "common/pki/der.h"
#include "common/pki/key.h"
#include "common/pki/oids.h"
#include "common/pki/trust_store.h"

namespace jodal::pki {

inline const absl::Time kT0 = absl::FromUnixSeconds(1748736000);  // 2025-06-01T00:00:00Z
inline constexpr absl::Duration kDay = absl::Hours(24);

// A person with a key and a certificate.
struct Signer {
  std::shared_ptr<PrivateKey> key;
  Certificate certificate;
};

inline CertificateAuthority MakeCa(const std::string& name = "Test") {
  CaRequest request;
  request.root_cn = name + " Root";
  request.issuing_cn = name + " Issuing";
  request.not_before = kT0 - 365 * kDay;
  request.not_after = kT0 + 3650 * kDay;
  auto ca = CertificateAuthority::Create(request);
  EXPECT_TRUE(ca.ok()) << ca.status();
  return *std::move(ca);
}

struct SignerOptions {
  KeyType type = KeyType::kEcP256;
  LeafUsage usage = LeafUsage::kSigning;
  absl::Time not_before = kT0 - 30 * kDay;
  absl::Time not_after = kT0 + 335 * kDay;
};

inline Certificate IssueTo(const CertificateAuthority& ca, const PrivateKey& key,
                           const SignerOptions& options = {}) {
  LeafRequest request;
  request.cn = "홍길동";
  request.o = "Test Supplier";
  request.spki_der = *key.SpkiDer();
  request.usage = options.usage;
  request.not_before = options.not_before;
  request.not_after = options.not_after;
  auto certificate = ca.Issue(request);
  EXPECT_TRUE(certificate.ok()) << certificate.status();
  return *std::move(certificate);
}

inline Signer MakeSigner(const CertificateAuthority& ca, const SignerOptions& options = {}) {
  auto key = PrivateKey::Generate(options.type);
  EXPECT_TRUE(key.ok()) << key.status();
  auto shared = std::make_shared<PrivateKey>(*std::move(key));
  Certificate certificate = IssueTo(ca, *shared, options);
  return {std::move(shared), std::move(certificate)};
}

inline TrustInput TrustInputOf(CertificateAuthority& ca, absl::Time now = kT0 - kDay,
                               absl::Time next_update = kT0 + 6 * kDay) {
  TrustInput input;
  input.anchors = {ca.root().der()};
  input.intermediates = {ca.issuing().der()};
  input.crls = {*ca.RootCrl(now, next_update), *ca.IssuingCrl(now, next_update)};
  input.epoch = 1;
  return input;
}

inline std::shared_ptr<const TrustStore> MakeTrust(const TrustInput& input) {
  auto trust = TrustStore::Create(input);
  EXPECT_TRUE(trust.ok()) << trust.status();
  return *std::move(trust);
}

inline std::string TestOid(absl::string_view content) { return DerValue(kTagOid, {content}); }
inline std::string TestAttribute(absl::string_view oid, absl::string_view values) {
  return DerValue(kTagSequence, {TestOid(oid), DerValue(kTagSet, {values})});
}

// The parts of a signature, each of which a test may replace before Build() signs and joins them.
struct CmsBuilder {
  explicit CmsBuilder(const Signer& by, absl::string_view document) : signer(by) {
    const auto names = *ReadCertificateNames(by.certificate.der());
    sid = DerValue(kTagSequence, {names.issuer_der, DerValue(kTagInteger, {names.serial})});
    const bool rsa = by.certificate.key_algorithm() == KeyAlgorithm::kRsa;
    signature_algorithm = rsa ? DerValue(kTagSequence, {TestOid(kOidRsa), DerValue(kTagNull, {})})
                              : DerValue(kTagSequence, {TestOid(kOidEcdsaSha256)});
    certificates = by.certificate.der();
    content_type = TestAttribute(kOidContentType, TestOid(kOidData));
    message_digest =
        TestAttribute(kOidMessageDigest, DerValue(kTagOctetString, {crypto::Sha256(document)}));
    signing_certificate = SigningCertificate(by.certificate.sha256());
  }

  static std::string SigningCertificate(absl::string_view hash, absl::string_view before = "",
                                        absl::string_view after = "") {
    const std::string id =
        DerValue(kTagSequence, {before, DerValue(kTagOctetString, {hash}), after});
    return TestAttribute(kOidSigningCertificateV2,
                         DerValue(kTagSequence, {DerValue(kTagSequence, {id})}));
  }

  std::string SignerInfo() {
    std::vector<std::string> attributes = {content_type, message_digest, signing_certificate};
    attributes.insert(attributes.end(), more_attributes.begin(), more_attributes.end());
    std::sort(attributes.begin(), attributes.end());
    if (unsorted) std::reverse(attributes.begin(), attributes.end());
    std::string set;
    for (const std::string& attribute : attributes) set += attribute;
    if (!signature) signature = RawSign(DerValue(kTagSet, {set}));
    return DerValue(kTagSequence,
                    {DerValue(kTagInteger, {signer_version}), sid, digest_algorithm,
                     strip ? "" : DerValue(TagConstructed(0), {set}), signature_algorithm,
                     DerValue(kTagOctetString, {*signature}), unsigned_attributes});
  }

  std::string Build() {
    const std::string infos = SignerInfo() + more_signer_infos;
    const std::string data = DerValue(
        kTagSequence,
        {DerValue(kTagInteger, {version}), DerValue(kTagSet, {digest_algorithm, more_digests}),
         DerValue(kTagSequence, {TestOid(kOidData), attached}),
         certificates.empty() ? "" : DerValue(TagConstructed(0), {certificates}), crls,
         DerValue(kTagSet, {infos})});
    return DerValue(kTagSequence, {TestOid(kOidSignedData), DerValue(TagConstructed(0), {data})});
  }

  std::string RawSign(absl::string_view message) const {
    crypto::EvpMdCtxPtr ctx(EVP_MD_CTX_new());
    size_t size = 0;
    std::string out(1024, '\0');
    EXPECT_EQ(EVP_DigestSignInit(ctx.get(), nullptr, md, nullptr, signer.key->get()), 1);
    size = out.size();
    EXPECT_EQ(EVP_DigestSign(ctx.get(), crypto::MutableBytes(out.data()), &size,
                             crypto::Bytes(message), message.size()),
              1);
    out.resize(size);
    return out;
  }

  Signer signer;
  const EVP_MD* md = EVP_sha256();
  std::string version = "\x01", signer_version = "\x01";
  std::string digest_algorithm = DerValue(kTagSequence, {TestOid(kOidSha256)});
  std::string more_digests, attached, certificates, crls, sid, signature_algorithm;
  std::string content_type, message_digest, signing_certificate, unsigned_attributes;
  std::vector<std::string> more_attributes;
  std::string more_signer_infos;
  bool unsorted = false, strip = false;
  std::optional<std::string> signature;
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_TEST_PKI_H_
