#include "common/pki/verifier.h"

#include <gtest/gtest.h>
#include <openssl/cms.h>

#include <functional>
#include <thread>

#include "common/pki/test_pki.h"
#include "common/status/error.h"

namespace jodal::pki {
namespace {

constexpr char kDocument[] = R"({"kind":"test","version":1})";
// sha1 and emailAddress: known to every library, unknown to the profile.
constexpr absl::string_view kOidSha1 = OidBytes("\x2B\x0E\x03\x02\x1A");
constexpr absl::string_view kOidEmail = OidBytes("\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01");

// One CA and one of each signer for all tests; RSA keys are slow to make.
struct World {
  World()
      : ca(MakeCa()),
        p256(MakeSigner(ca)),
        p384(MakeSigner(ca, {KeyType::kEcP384})),
        rsa(MakeSigner(ca, {KeyType::kRsa2048})),
        other(MakeSigner(ca)),
        revoked(MakeSigner(ca)),
        revoked_later(MakeSigner(ca)) {
    ca.Revoke(revoked.certificate.serial(), kT0 - 2 * kDay);
    ca.Revoke(revoked_later.certificate.serial(), kT0 + kDay);
    input = TrustInputOf(ca);
    trust = MakeTrust(input);
  }
  CertificateAuthority ca;
  Signer p256, p384, rsa, other, revoked, revoked_later;
  TrustInput input;
  std::shared_ptr<const TrustStore> trust;
};

World& TheWorld() {
  static World* world = new World();
  return *world;
}

std::string SignWith(const Signer& signer, const SignOptions& options = {}) {
  auto p7s = SignCades(kDocument, *signer.key, signer.certificate.der(), options);
  EXPECT_TRUE(p7s.ok()) << p7s.status();
  return *p7s;
}

// OpenSSL's own check of signature and digest, without the CAdES attribute and without trust.
bool PlainOpenSslAccepts(absl::string_view content, absl::string_view p7s) {
  const unsigned char* p = crypto::Bytes(p7s);
  CMS_ContentInfo* cms = d2i_CMS_ContentInfo(nullptr, &p, static_cast<long>(p7s.size()));
  crypto::BioPtr bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const bool good = cms != nullptr && CMS_verify(cms, nullptr, nullptr, bio.get(), nullptr,
                                                 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
  CMS_ContentInfo_free(cms);
  crypto::ClearOpenSslErrors();
  return good;
}

TEST(Verifier, AcceptsEveryAlgorithmOfTheProfile) {
  World& w = TheWorld();
  const struct {
    const Signer& signer;
    SignOptions options;
  } kCases[] = {
      {w.p256, {}},
      {w.p256, {.signing_time = kT0}},
      {w.p256, {.signing_time = absl::FromUnixSeconds(2600000000), .hash = HashAlgorithm::kSha384}},
      {w.p384, {}},
      {w.p384, {.hash = HashAlgorithm::kSha512}},
      {w.rsa, {}},
      {w.rsa, {.hash = HashAlgorithm::kSha512, .rsa_pss = false}},
      {w.rsa, {.rsa_pss = true}},
      {w.rsa, {.hash = HashAlgorithm::kSha384, .rsa_pss = true}},
  };
  for (const auto& c : kCases) {
    Verifier verifier(w.trust);
    const std::string p7s = SignWith(c.signer, c.options);
    for (const uint64_t hot : {0, 1}) {
      const Verdict verdict = verifier.Verify(kDocument, p7s, kT0);
      EXPECT_TRUE(verdict.passed()) << verdict.check << ": " << verdict.explanation;
      EXPECT_EQ(verdict.signer_cert_sha256, c.signer.certificate.sha256());
      EXPECT_EQ(verdict.signer_cert_der, c.signer.certificate.der());
      EXPECT_EQ(verdict.evidence_sha256.size(), 5u);  // three certificates, two CRLs
      EXPECT_EQ(verifier.stats().hot, hot);
    }
    EXPECT_EQ(ReadCms(p7s)->signing_time, c.options.signing_time);
  }
}

struct BadCase {
  const char* name;
  std::function<std::string(World&)> p7s;
  const char* sub_indication;
  const char* check;
  std::string content = kDocument;
};

std::string Build(const Signer& signer, const std::function<void(CmsBuilder&)>& change) {
  CmsBuilder builder(signer, kDocument);
  change(builder);
  return builder.Build();
}

// A case that changes one part of an otherwise good P-256 signature that is then signed properly.
BadCase Forged(const char* name, std::function<void(CmsBuilder&)> change, const char* check,
               const char* sub_indication = "FORMAT_FAILURE") {
  return {name, [change](World& w) { return Build(w.p256, change); }, sub_indication, check};
}

BadCase SignedBy(const char* name, SignerOptions options, const char* sub_indication,
                 const char* check) {
  return {name, [options](World& w) { return SignWith(MakeSigner(w.ca, options)); }, sub_indication,
          check};
}

std::vector<BadCase> BadCases() {
  std::vector<BadCase> cases = {
      {"altered content", [](World& w) { return SignWith(w.p256); }, "HASH_FAILURE",
       "CONTENT_DIGEST", "{}"},
      {"empty", [](World&) { return std::string(); }, "FORMAT_FAILURE", "CMS_NOT_DER"},
      {"too large", [](World&) { return std::string(kCmsBytesMax + 1, '0'); }, "FORMAT_FAILURE",
       "CMS_TOO_LARGE"},
      {"trailing bytes", [](World& w) { return SignWith(w.p256) + '\0'; }, "FORMAT_FAILURE",
       "CMS_NOT_DER"},
      {"truncated",
       [](World& w) {
         std::string p7s = SignWith(w.p256);
         p7s.pop_back();
         return p7s;
       },
       "FORMAT_FAILURE", "CMS_NOT_DER"},
      {"BER indefinite",
       [](World& w) {
         const std::string p7s = SignWith(w.p256);
         const auto outer = *DerReader(p7s).Next();
         return absl::StrCat("\x30\x80", outer.content, OidBytes("\0\0"));
       },
       "FORMAT_FAILURE", "CMS_NOT_DER"},
      {"non-minimal length",
       [](World& w) {
         const std::string p7s = SignWith(w.p256);
         const auto outer = *DerReader(p7s).Next();
         std::string length;
         for (int shift = 24; shift >= 0; shift -= 8) {
           length.push_back(static_cast<char>(outer.content.size() >> shift));
         }
         return absl::StrCat("\x30\x84", length, outer.content);
       },
       "FORMAT_FAILURE", "CMS_NOT_DER"},
      {"constructed octet string",
       [](World& w) {
         CmsBuilder b(w.p256, kDocument);
         b.signature = DerValue(kTagOctetString, {"x"});
         std::string p7s = b.Build();
         p7s[p7s.size() - 5] = 0x24;
         return p7s;
       },
       "FORMAT_FAILURE", "CMS_NOT_DER"},
      {"not SignedData",
       [](World&) {
         return DerValue(kTagSequence, {TestOid(kOidData), DerValue(TagConstructed(0), {})});
       },
       "FORMAT_FAILURE", "CMS_NOT_SIGNED_DATA"},
      Forged(
          "version 2", [](CmsBuilder& b) { b.version = "\x02"; }, "CMS_VERSION"),
      Forged(
          "version 3 with issuerAndSerial",
          [](CmsBuilder& b) { b.version = b.signer_version = "\x03"; }, "CMS_VERSION"),
      Forged(
          "two digest algorithms", [](CmsBuilder& b) { b.more_digests = b.digest_algorithm; },
          "CMS_DIGEST_ALGORITHMS"),
      Forged(
          "attached content",
          [](CmsBuilder& b) {
            b.attached = DerValue(TagConstructed(0), {DerValue(kTagOctetString, {kDocument})});
          },
          "CMS_CONTENT_ATTACHED"),
      Forged(
          "no certificate", [](CmsBuilder& b) { b.certificates.clear(); }, "CMS_CERTIFICATES"),
      Forged(
          "certificate twice", [](CmsBuilder& b) { b.certificates += b.certificates; },
          "CMS_CERTIFICATES"),
      Forged(
          "something else among the certificates",
          [](CmsBuilder& b) {
            b.certificates.insert(0, DerValue(kTagSequence, {DerValue(kTagInteger, {"\x01"})}));
          },
          "CMS_CERTIFICATES"),
      Forged(
          "CRL inside",
          [](CmsBuilder& b) { b.crls = DerValue(TagConstructed(1), {TheWorld().input.crls[1]}); },
          "CMS_CRLS_PRESENT"),
      Forged(
          "two SignerInfos",
          [](CmsBuilder& b) {
            CmsBuilder second(TheWorld().other, kDocument);
            b.more_signer_infos = second.SignerInfo();
          },
          "CMS_SIGNER_COUNT"),
      Forged(
          "SHA-1",
          [](CmsBuilder& b) {
            b.md = EVP_sha1();
            b.digest_algorithm = DerValue(kTagSequence, {TestOid(kOidSha1)});
            b.signature_algorithm =
                DerValue(kTagSequence, {TestOid(OidBytes("\x2A\x86\x48\xCE\x3D\x04\x01"))});
            b.message_digest =
                TestAttribute(kOidMessageDigest, DerValue(kTagOctetString, {std::string(20, 'x')}));
          },
          "CMS_DIGEST_UNSUPPORTED", "CRYPTO_CONSTRAINTS_FAILURE"),
      Forged(
          "signature hash differs from digest",
          [](CmsBuilder& b) {
            b.signature_algorithm = DerValue(kTagSequence, {TestOid(kOidEcdsaSha384)});
          },
          "CMS_SIGNATURE_ALGORITHM", "CRYPTO_CONSTRAINTS_FAILURE"),
      Forged(
          "ECDSA with parameters",
          [](CmsBuilder& b) {
            b.signature_algorithm =
                DerValue(kTagSequence, {TestOid(kOidEcdsaSha256), DerValue(kTagNull, {})});
          },
          "CMS_SIGNATURE_ALGORITHM", "CRYPTO_CONSTRAINTS_FAILURE"),
      Forged(
          "PSS with SHA-1 defaults",
          [](CmsBuilder& b) {
            b.signature_algorithm =
                DerValue(kTagSequence, {TestOid(kOidRsaPss), DerValue(kTagSequence, {})});
          },
          "CMS_PSS_PARAMETERS", "CRYPTO_CONSTRAINTS_FAILURE"),
      Forged(
          "no signed attributes", [](CmsBuilder& b) { b.strip = true; }, "SIGNED_ATTRS_MISSING"),
      Forged(
          "unsorted attributes", [](CmsBuilder& b) { b.unsorted = true; }, "SIGNED_ATTRS_ORDER"),
      Forged(
          "two message digests",
          [](CmsBuilder& b) {
            b.more_attributes = {TestAttribute(kOidMessageDigest,
                                               DerValue(kTagOctetString, {std::string(32, 'x')}))};
          },
          "SIGNED_ATTR_DUPLICATED"),
      Forged(
          "attribute twice, the same", [](CmsBuilder& b) { b.more_attributes = {b.content_type}; },
          "SIGNED_ATTRS_ORDER"),
      Forged(
          "two values in one attribute",
          [](CmsBuilder& b) {
            b.content_type =
                TestAttribute(kOidContentType, TestOid(kOidData) + TestOid(kOidSignedData));
          },
          "SIGNED_ATTR_VALUE_COUNT"),
      Forged(
          "unknown attribute",
          [](CmsBuilder& b) { b.more_attributes = {TestAttribute(kOidEmail, TestOid(kOidData))}; },
          "SIGNED_ATTR_UNKNOWN"),
      Forged(
          "no contentType", [](CmsBuilder& b) { b.content_type.clear(); }, "CONTENT_TYPE_MISSING"),
      Forged(
          "contentType of something else",
          [](CmsBuilder& b) {
            b.content_type = TestAttribute(kOidContentType, TestOid(kOidSignedData));
          },
          "CONTENT_TYPE_MISMATCH"),
      Forged(
          "no messageDigest", [](CmsBuilder& b) { b.message_digest.clear(); },
          "MESSAGE_DIGEST_MISSING"),
      Forged(
          "short messageDigest",
          [](CmsBuilder& b) {
            b.message_digest = TestAttribute(kOidMessageDigest, DerValue(kTagOctetString, {"x"}));
          },
          "MESSAGE_DIGEST_MALFORMED"),
      Forged(
          "no signingCertificateV2", [](CmsBuilder& b) { b.signing_certificate.clear(); },
          "SIGNING_CERTIFICATE_V2_MISSING"),
      Forged(
          "wrong hash in signingCertificateV2",
          [](CmsBuilder& b) {
            b.signing_certificate = CmsBuilder::SigningCertificate(std::string(32, 'x'));
          },
          "SIGNING_CERTIFICATE_MISMATCH"),
      Forged(
          "signingCertificateV2 with SHA-512 named",
          [](CmsBuilder& b) {
            b.signing_certificate = CmsBuilder::SigningCertificate(
                std::string(64, 'x'), DerValue(kTagSequence, {TestOid(kOidSha512)}));
          },
          "SIGNING_CERTIFICATE_V2_HASH_ALGORITHM"),
      Forged(
          "issuerSerial of another certificate",
          [](CmsBuilder& b) {
            const auto names = *ReadCertificateNames(TheWorld().other.certificate.der());
            const std::string general =
                DerValue(kTagSequence, {DerValue(TagConstructed(4), {names.issuer_der})});
            b.signing_certificate = CmsBuilder::SigningCertificate(
                b.signer.certificate.sha256(), "",
                DerValue(kTagSequence, {general, DerValue(kTagInteger, {names.serial})}));
          },
          "SIGNING_CERTIFICATE_V2_ISSUER_SERIAL"),
      Forged(
          "another certificate embedded",
          [](CmsBuilder& b) { b.certificates = TheWorld().other.certificate.der(); },
          "SIGNING_CERTIFICATE_MISMATCH"),
      Forged(
          "sid of another certificate",
          [](CmsBuilder& b) { b.sid = CmsBuilder(TheWorld().other, kDocument).sid; },
          "SIGNER_ID_MISMATCH"),
      Forged(
          "month 13 in signingTime",
          [](CmsBuilder& b) {
            b.more_attributes = {
                TestAttribute(kOidSigningTime, DerValue(kTagUtcTime, {"251301000000Z"}))};
          },
          "SIGNING_TIME_MALFORMED"),
      Forged(
          "algorithm protection of another algorithm",
          [](CmsBuilder& b) {
            b.more_attributes = {TestAttribute(
                kOidAlgorithmProtection,
                DerValue(kTagSequence,
                         {b.digest_algorithm, DerValue(TagConstructed(1), {TestOid(kOidRsa)})}))};
          },
          "ALGORITHM_PROTECTION_MISMATCH"),
      Forged(
          "unsigned attribute",
          [](CmsBuilder& b) {
            b.unsigned_attributes =
                DerValue(TagConstructed(1), {TestAttribute(kOidEmail, TestOid(kOidData))});
          },
          "UNSIGNED_ATTRS_PRESENT"),
      Forged(
          "r = s = 0 (CVE-2022-21449)",
          [](CmsBuilder& b) {
            b.signature = std::string(OidBytes("\x30\x06\x02\x01\0\x02\x01\0"));
          },
          "SIGNATURE_VALUE", "SIG_CRYPTO_FAILURE"),
      Forged(
          "empty signature", [](CmsBuilder& b) { b.signature = ""; }, "SIGNATURE_VALUE",
          "SIG_CRYPTO_FAILURE"),
      {"signed by another key, certificate borrowed",
       [](World& w) {
         return SignWith({w.other.key, w.p256.certificate});
       },
       "SIG_CRYPTO_FAILURE", "SIGNATURE_VALUE"},
      {"RSA scheme, EC key",
       [](World& w) {
         CmsBuilder b(w.p256, kDocument);
         b.signature_algorithm = DerValue(kTagSequence, {TestOid(kOidRsa), DerValue(kTagNull, {})});
         return b.Build();
       },
       "SIG_CRYPTO_FAILURE", "SIGNATURE_VALUE"},
      {"revoked", [](World& w) { return SignWith(w.revoked); }, "REVOKED", "CERT_REVOKED"},
      {"revoked with a later date", [](World& w) { return SignWith(w.revoked_later); },
       "REVOKED_NO_POE", "CERT_REVOKED"},
      {"unknown CA",
       [](World&) {
         const CertificateAuthority stranger = MakeCa("Test");  // the same names
         return SignWith(MakeSigner(stranger));
       },
       "NO_CERTIFICATE_CHAIN_FOUND", "CHAIN_NOT_FOUND"},
      SignedBy("expired", {.not_after = kT0 - kDay}, "EXPIRED", "CERT_EXPIRED"),
      SignedBy("not yet valid", {.not_before = kT0 + kDay}, "NOT_YET_VALID", "CERT_NOT_YET_VALID"),
      SignedBy("RSA-1024", {.type = KeyType::kRsa1024}, "CRYPTO_CONSTRAINTS_FAILURE",
               "KEY_RSA_TOO_SHORT"),
      SignedBy("P-224", {.type = KeyType::kEcP224}, "CRYPTO_CONSTRAINTS_FAILURE", "KEY_EC_CURVE"),
      SignedBy("secp256k1", {.type = KeyType::kEcSecp256k1}, "CRYPTO_CONSTRAINTS_FAILURE",
               "KEY_EC_CURVE"),
      SignedBy("explicit parameters (CVE-2020-0601)", {.type = KeyType::kEcP256Explicit},
               "CRYPTO_CONSTRAINTS_FAILURE", "KEY_EC_EXPLICIT_PARAMETERS"),
      SignedBy("key agreement certificate", {.usage = LeafUsage::kKeyAgreement},
               "CHAIN_CONSTRAINTS_FAILURE", "KEY_USAGE"),
      SignedBy("TLS certificate", {.usage = LeafUsage::kTlsServer}, "CHAIN_CONSTRAINTS_FAILURE",
               "CHAIN_CONSTRAINTS"),
  };
  return cases;
}

TEST(Verifier, RefusesWithTheRightName) {
  World& w = TheWorld();
  Verifier cold(w.trust, 0);
  Verifier hot(w.trust);
  ASSERT_TRUE(hot.Verify(kDocument, SignWith(w.p256), kT0).passed());
  for (const BadCase& c : BadCases()) {
    const std::string p7s = c.p7s(w);
    for (Verifier* verifier : {&cold, &hot}) {
      const Verdict verdict = verifier->Verify(c.content, p7s, kT0);
      EXPECT_FALSE(verdict.passed()) << c.name;
      EXPECT_EQ(verdict.sub_indication, c.sub_indication) << c.name << ": " << verdict.explanation;
      EXPECT_EQ(verdict.check, c.check) << c.name << ": " << verdict.explanation;
      EXPECT_FALSE(verdict.explanation.empty()) << c.name;
      EXPECT_TRUE(verdict.evidence_sha256.empty()) << c.name;
      const bool failed =
          verdict.sub_indication == "FORMAT_FAILURE" || verdict.sub_indication == "HASH_FAILURE" ||
          verdict.sub_indication == "SIG_CRYPTO_FAILURE" || verdict.sub_indication == "REVOKED" ||
          verdict.sub_indication == "EXPIRED" || verdict.sub_indication == "NOT_YET_VALID";
      EXPECT_EQ(IndicationName(verdict.indication), failed ? "TOTAL-FAILED" : "INDETERMINATE")
          << c.name;
    }
  }
}

// The signed attributes of a good signature become the content of a forged one without attributes:
// the signature value fits, and OpenSSL alone says so.
TEST(Verifier, RefusesTheAttributeStrippingForgery) {
  World& w = TheWorld();
  const std::string p7s = SignWith(w.p256);
  const auto good = ReadCms(p7s);
  CmsBuilder forged(w.p256, kDocument);
  forged.signature = std::string(good->signature);
  forged.strip = true;
  const std::string forgery = forged.Build();
  ASSERT_TRUE(PlainOpenSslAccepts(good->signed_attrs_der, forgery));
  Verifier verifier(w.trust);
  EXPECT_EQ(verifier.Verify(good->signed_attrs_der, forgery, kT0).check, "SIGNED_ATTRS_MISSING");
}

TEST(Verifier, AcceptsKeyIdentifierChainAndAlgorithmProtection) {
  World& w = TheWorld();
  CmsBuilder b(w.p256, kDocument);
  const auto names = *ReadCertificateNames(w.p256.certificate.der());
  b.version = b.signer_version = "\x03";
  b.sid = DerValue(TagPrimitive(0), {names.subject_key_id});
  std::vector<std::string> certificates = {w.p256.certificate.der(), w.ca.issuing().der()};
  std::sort(certificates.begin(), certificates.end());
  b.certificates = certificates[0] + certificates[1];
  std::string protection = b.signature_algorithm;
  protection[0] = static_cast<char>(TagConstructed(1));
  const std::string general =
      DerValue(kTagSequence, {DerValue(TagConstructed(4), {names.issuer_der})});
  b.signing_certificate = CmsBuilder::SigningCertificate(
      w.p256.certificate.sha256(), "",
      DerValue(kTagSequence, {general, DerValue(kTagInteger, {names.serial})}));
  b.more_attributes = {TestAttribute(kOidAlgorithmProtection,
                                     DerValue(kTagSequence, {b.digest_algorithm, protection}))};
  Verifier verifier(w.trust);
  const Verdict verdict = verifier.Verify(kDocument, b.Build(), kT0);
  EXPECT_TRUE(verdict.passed()) << verdict.check << verdict.explanation;
}

TEST(Verifier, RevocationListsMustBeThereAndFresh) {
  World& w = TheWorld();
  const std::string p7s = SignWith(w.p256);
  const struct {
    const char* name;
    std::function<void(TrustInput&)> change;
    const char* check;
  } kCases[] = {
      {"no CRL", [](TrustInput& i) { i.crls.clear(); }, "CRL_MISSING"},
      {"no root CRL", [](TrustInput& i) { i.crls.erase(i.crls.begin()); }, "CRL_MISSING"},
      {"stale",
       [&w](TrustInput& i) { i.crls[1] = *w.ca.IssuingCrl(kT0 - 9 * kDay, kT0 - 2 * kDay); },
       "CRL_STALE"},
      {"from the future",
       [&w](TrustInput& i) { i.crls[1] = *w.ca.IssuingCrl(kT0 + kDay, kT0 + 2 * kDay); },
       "CRL_STALE"},
  };
  for (const auto& c : kCases) {
    TrustInput input = w.input;
    c.change(input);
    const Verdict verdict = Verifier(MakeTrust(input)).Verify(kDocument, p7s, kT0);
    EXPECT_EQ(verdict.check, c.check) << c.name << verdict.explanation;
    EXPECT_EQ(verdict.sub_indication, "TRY_LATER") << c.name;
    EXPECT_EQ(verdict.indication, Indication::kIndeterminate) << c.name;
  }
}

TEST(Verifier, RevokedIssuer) {
  CertificateAuthority ca = MakeCa();
  const Signer signer = MakeSigner(ca);
  ca.Revoke(ca.issuing().serial(), kT0 - 2 * kDay);
  const Verdict verdict =
      Verifier(MakeTrust(TrustInputOf(ca))).Verify(kDocument, SignWith(signer), kT0);
  EXPECT_EQ(verdict.check, "CA_REVOKED");
  EXPECT_EQ(verdict.sub_indication, "REVOKED_CA_NO_POE");
}

// A warm certificate must not outlive a list that replaces the one it was validated with.
TEST(Verifier, HotPathHonoursTimeAndLaterLists) {
  CertificateAuthority ca = MakeCa();
  const Signer signer = MakeSigner(ca, {.not_after = kT0 + 30 * kDay});
  TrustInput input = TrustInputOf(ca, kT0 - kDay, kT0 + 100 * kDay);
  Verifier before_revocation(MakeTrust(input));
  ca.Revoke(signer.certificate.serial(), kT0 + 4 * kDay);
  input.crls.push_back(*ca.IssuingCrl(kT0 + 5 * kDay, kT0 + 100 * kDay));
  Verifier verifier(MakeTrust(input));
  const std::string p7s = SignWith(signer);
  const struct {
    absl::Time at;
    const char* check;
    bool hot;
  } kSteps[] = {
      {kT0 + kDay, "", false},
      {kT0 + 2 * kDay, "", true},
      {kT0 + 5 * kDay - absl::Seconds(1), "", true},
      {kT0 + 5 * kDay, "CERT_REVOKED", false},
      {kT0 + kDay, "", true},
      {kT0 - 2 * kDay, "CRL_STALE", false},
  };
  uint64_t hot = 0;
  for (const auto& step : kSteps) {
    EXPECT_EQ(verifier.Verify(kDocument, p7s, step.at).check, step.check) << step.at;
    EXPECT_EQ(verifier.stats().hot, hot += step.hot) << step.at;
  }
  EXPECT_EQ(before_revocation.Verify(kDocument, p7s, kT0 + 30 * kDay - absl::Seconds(1)).check, "");
  EXPECT_EQ(before_revocation.Verify(kDocument, p7s, kT0 + 31 * kDay).check, "CERT_EXPIRED");
}

TEST(Verifier, NewTrustForgetsAndEpochGrows) {
  CertificateAuthority ca = MakeCa();
  const Signer signer = MakeSigner(ca);
  const std::string p7s = SignWith(signer);
  TrustInput input = TrustInputOf(ca);
  Verifier verifier(MakeTrust(input));
  const Verdict passed = verifier.Verify(kDocument, p7s, kT0);
  ASSERT_TRUE(passed.passed());
  EXPECT_EQ(ErrorReason(verifier.UpdateTrust(MakeTrust(input))), "TRUST_EPOCH");
  ca.Revoke(signer.certificate.serial(), kT0 - kDay);
  TrustInput next = TrustInputOf(ca);
  next.epoch = 2;
  ASSERT_TRUE(verifier.UpdateTrust(MakeTrust(next)).ok());
  EXPECT_EQ(verifier.stats().cached, 0u);
  EXPECT_EQ(verifier.Verify(kDocument, p7s, kT0).check, "CERT_REVOKED");
  // The lists that decided a moment ago can still be stored with the document.
  for (const std::string& digest : passed.evidence_sha256) {
    if (digest == passed.signer_cert_sha256) continue;
    EXPECT_TRUE(verifier.Evidence(digest).ok());
  }
}

TEST(Verifier, OfflineFromAnchorsAndEvidence) {
  World& w = TheWorld();
  const std::string p7s = SignWith(w.p256);
  Verifier online(w.trust);
  const Verdict verdict = online.Verify(kDocument, p7s, kT0);
  std::vector<std::string> evidence;
  for (const std::string& digest : verdict.evidence_sha256) {
    // The signer's own certificate is in the verdict.
    const auto bytes = digest == verdict.signer_cert_sha256
                           ? absl::StatusOr<std::string>(verdict.signer_cert_der)
                           : online.Evidence(digest);
    ASSERT_TRUE(bytes.ok());
    EXPECT_EQ(crypto::Sha256(*bytes), digest);
    evidence.push_back(*bytes);
  }
  EXPECT_EQ(ErrorReason(online.Evidence("nothing").status()), "EVIDENCE_UNKNOWN");
  const auto offline = TrustStore::FromEvidence({w.ca.root().ToPem()}, evidence);
  ASSERT_TRUE(offline.ok()) << offline.status();
  const Verdict again = Verifier(*offline).Verify(kDocument, p7s, kT0);
  EXPECT_TRUE(again.passed()) << again.check;
  EXPECT_EQ(again.evidence_sha256, verdict.evidence_sha256);
  // Evidence names certificates, it does not make them trusted.
  const auto foreign = TrustStore::FromEvidence({MakeCa("Other").root().der()}, evidence);
  EXPECT_EQ(Verifier(*foreign).Verify(kDocument, p7s, kT0).check, "CHAIN_NOT_FOUND");
}

TEST(Verifier, CertificatesForRegistration) {
  World& w = TheWorld();
  Verifier verifier(w.trust);
  const auto signing = CertificatePurpose::kSigning, agreement = CertificatePurpose::kKeyAgreement;
  const Signer member = MakeSigner(w.ca, {.usage = LeafUsage::kKeyAgreement});
  const struct {
    const char* name;
    std::string der;
    CertificatePurpose purpose;
    const char* check;
  } kCases[] = {
      {"signer", w.p256.certificate.der(), signing, ""},
      {"member", member.certificate.der(), agreement, ""},
      {"member signs", member.certificate.der(), signing, "KEY_USAGE"},
      {"signer agrees", w.p256.certificate.der(), agreement, "KEY_USAGE"},
      {"CA signs", w.ca.issuing().der(), signing, "CERT_IS_CA"},
      {"revoked", w.revoked.certificate.der(), signing, "CERT_REVOKED"},
      {"junk", "junk", signing, "CERT_NOT_DER"},
  };
  for (const auto& c : kCases) {
    const Verdict verdict = verifier.VerifyCertificate(c.der, kT0, c.purpose);
    EXPECT_EQ(verdict.check, c.check) << c.name << verdict.explanation;
    EXPECT_EQ(verdict.passed(), *c.check == '\0') << c.name;
  }
  EXPECT_TRUE(verifier.Verify(kDocument, SignWith(w.p256), kT0).passed());
  EXPECT_EQ(verifier.stats().hot, 1u) << "a registered certificate is warm";
}

TEST(Verifier, CacheIsBounded) {
  World& w = TheWorld();
  Verifier verifier(w.trust, 2);
  for (const Signer* signer : {&w.p256, &w.p384, &w.rsa, &w.p384}) {
    EXPECT_TRUE(verifier.Verify(kDocument, SignWith(*signer), kT0).passed());
    EXPECT_LE(verifier.stats().cached, 2u);
  }
  EXPECT_EQ(verifier.stats().hot, 1u);
}

TEST(Verifier, ManyThreadsWhileTrustChanges) {
  World& w = TheWorld();
  const std::string good = SignWith(w.p256), bad = SignWith(w.revoked);
  Verifier verifier(w.trust, 1);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 40; ++i) {
        wrong += !verifier.Verify(kDocument, good, kT0).passed();
        wrong += verifier.Verify(kDocument, bad, kT0).check != "CERT_REVOKED";
      }
    });
  }
  for (uint64_t epoch = 2; epoch < 12; ++epoch) {
    TrustInput input = w.input;
    input.epoch = epoch;
    ASSERT_TRUE(verifier.UpdateTrust(MakeTrust(input)).ok());
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace jodal::pki
