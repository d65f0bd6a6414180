#include "common/pki/ca.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "common/pki/test_pki.h"
#include "common/pki/verifier.h"
#include "common/status/error.h"

namespace jodal::pki {
namespace {

TEST(CertificateAuthority, LeafFields) {
  const CertificateAuthority ca = MakeCa();
  const Signer signer = MakeSigner(ca);
  const Certificate& c = signer.certificate;
  EXPECT_EQ(c.subject_cn(), "홍길동");
  EXPECT_EQ(c.subject_o(), "Test Supplier");
  EXPECT_EQ(c.serial().size(), 16u);
  EXPECT_EQ(c.not_before(), kT0 - 30 * kDay);
  EXPECT_EQ(c.not_after(), kT0 + 335 * kDay);
  EXPECT_EQ(c.key_usage(), kUsageDigitalSignature | kUsageNonRepudiation);
  EXPECT_EQ(c.spki_der(), *signer.key->SpkiDer());
  EXPECT_EQ(c.issuer_der(), ca.issuing().subject_der());
  EXPECT_EQ(c.key_algorithm(), KeyAlgorithm::kEc);
  EXPECT_EQ(c.key_bits(), 256);
  EXPECT_FALSE(c.is_ca());
  EXPECT_TRUE(ca.issuing().is_ca());
  EXPECT_EQ(Certificate::FromPem(c.ToPem())->sha256(), c.sha256());
  EXPECT_EQ(ErrorReason(Certificate::FromDer(c.der() + "x").status()), "CERT_NOT_DER");
  EXPECT_EQ(ErrorReason(Certificate::FromPem("x").status()), "CERT_INVALID");
  EXPECT_EQ(ErrorReason(Certificate::FromDer(std::string(16 * 1024 + 1, '0')).status()),
            "CERT_TOO_LARGE");
}

TEST(CertificateAuthority, RefusesBadRequests) {
  const CertificateAuthority ca = MakeCa();
  LeafRequest good;
  good.cn = "host";
  good.spki_der = *PrivateKey::Generate(KeyType::kEcP256)->SpkiDer();
  good.usage = LeafUsage::kTlsPeer;
  good.dns_names = {"localhost"};
  good.ip_addresses = {"127.0.0.1", "::1"};
  good.not_before = kT0;
  good.not_after = kT0 + kDay;
  EXPECT_TRUE(ca.Issue(good).ok()) << ca.Issue(good).status();
  const std::pair<const char*, void (*)(LeafRequest&)> kCases[] = {
      {"no name", [](LeafRequest& r) { r.cn.clear(); }},
      {"long name", [](LeafRequest& r) { r.cn.assign(65, 'x'); }},
      {"injected SAN", [](LeafRequest& r) { r.dns_names = {"a,DNS:b"}; }},
      {"bad IP", [](LeafRequest& r) { r.ip_addresses = {"1.2.3"}; }},
      {"SAN on a person", [](LeafRequest& r) { r.usage = LeafUsage::kSigning; }},
      {"bad key", [](LeafRequest& r) { r.spki_der += "x"; }},
      {"ends before it begins", [](LeafRequest& r) { r.not_after = r.not_before; }},
  };
  for (const auto& [name, change] : kCases) {
    LeafRequest request = good;
    change(request);
    EXPECT_EQ(ErrorReason(ca.Issue(request).status()), "CA_REQUEST_INVALID") << name;
  }
}

TEST(CertificateAuthority, SaveLoadAndTrustDirectory) {
  const std::string dir = testing::TempDir() + "ca_test_" + std::to_string(getpid());
  std::filesystem::remove_all(dir);
  CertificateAuthority ca = MakeCa();
  const Signer good = MakeSigner(ca), bad = MakeSigner(ca);
  ASSERT_TRUE(ca.Save(dir, "pin").ok());
  ca.Revoke(bad.certificate.serial(), kT0 - 2 * kDay);
  ASSERT_TRUE(ca.Save(dir, "pin").ok());
  EXPECT_EQ(ErrorReason(MakeCa().Save(dir)), "CA_DIRECTORY_IN_USE");
  EXPECT_EQ(ErrorReason(CertificateAuthority::Load(dir).status()), "KEY_PIN_REQUIRED");

  auto loaded = CertificateAuthority::Load(dir, "pin");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_TRUE(loaded->WriteTrustDirectory(dir + "/trust", kT0 - kDay, kT0 + kDay).ok());
  const auto trust = TrustStore::Load(dir + "/trust", 1);
  ASSERT_TRUE(trust.ok()) << trust.status();
  Verifier verifier(*trust);
  const auto signing = CertificatePurpose::kSigning;
  EXPECT_TRUE(verifier.VerifyCertificate(good.certificate.der(), kT0, signing).passed());
  EXPECT_EQ(verifier.VerifyCertificate(bad.certificate.der(), kT0, signing).check, "CERT_REVOKED");
  EXPECT_TRUE(verifier.VerifyCertificate(IssueTo(*loaded, *good.key).der(), kT0, signing).passed());

  const std::string crl = dir + "/trust/crls/root.crl";
  std::filesystem::resize_file(crl, 10);
  const absl::Status damaged = TrustStore::Load(dir + "/trust", 1).status();
  EXPECT_EQ(ErrorReason(damaged), "TRUST_CRL_INVALID");
  EXPECT_EQ(ErrorMetadataOf(damaged)["file"], crl);
  EXPECT_EQ(ErrorReason(TrustStore::Load(dir + "/none", 1).status()), "TRUST_FILE_IO");
  std::filesystem::remove_all(dir);
}

TEST(TrustStore, NamedErrors) {
  CertificateAuthority ca = MakeCa();
  const TrustInput good = TrustInputOf(ca);
  const std::tuple<const char*, void (*)(TrustInput&), const char*> kCases[] = {
      {"none", [](TrustInput& i) { i.anchors.clear(); }, "TRUST_NO_ANCHORS"},
      {"not self-signed", [](TrustInput& i) { i.anchors = i.intermediates; },
       "TRUST_ANCHOR_INVALID"},
      {"junk", [](TrustInput& i) { i.intermediates.push_back("junk"); },
       "TRUST_INTERMEDIATE_INVALID"},
      {"crl", [](TrustInput& i) { i.crls.push_back(i.anchors[0]); }, "TRUST_CRL_INVALID"},
  };
  for (const auto& [name, change, reason] : kCases) {
    TrustInput input = good;
    change(input);
    EXPECT_EQ(ErrorReason(TrustStore::Create(input).status()), reason) << name;
  }
  EXPECT_EQ(ErrorReason(TrustStore::FromEvidence(good.anchors, {"junk"}).status()),
            "TRUST_EVIDENCE_INVALID");
}

}  // namespace
}  // namespace jodal::pki
