#include "services/signature/engine/signature_engine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/pki/ca.h"
#include "common/pki/cms_sign.h"
#include "services/kit/testing.h"

namespace jodal::signature {
namespace {

using kit::EngineEnv;
using kit::HasReason;

class SignatureEngineTest : public ::testing::Test {
 protected:
  SignatureEngineTest()
      : env_("signature"),
        dir_(std::filesystem::temp_directory_path() /
             absl::StrCat("jodal-signature-test-", HexEncode(crypto::SystemRandom().Bytes(8)))),
        key_(*pki::PrivateKey::Generate(pki::KeyType::kEcP256)),
        ca_(*pki::CertificateAuthority::Create(
            {.not_before = Now() - absl::Hours(24), .not_after = Now() + absl::Hours(24 * 3650)})) {
    EXPECT_TRUE(ca_.WriteTrustDirectory(dir_.string(), Now(), Now() + absl::Hours(24 * 365)).ok());
    pki::LeafRequest leaf;
    leaf.cn = "Test Person";
    leaf.spki_der = *key_.SpkiDer();
    leaf.not_before = Now() - absl::Hours(1);
    leaf.not_after = Now() + absl::Hours(24 * 300);
    certificate_ = ca_.Issue(leaf)->der();
    Open();
  }
  ~SignatureEngineTest() override { std::filesystem::remove_all(dir_); }

  void Open() {
    auto engine = SignatureEngine::Create(env_.context, dir_.string());
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }
  absl::Time Now() const { return env_.clock.Now(); }

  v1::Verdict Verify(const std::string& content, const std::string& signature) {
    v1::VerifyRequest request;
    auto* document = request.add_documents();
    document->set_content(content);
    document->set_signature(signature);
    document->set_at_time_ns(absl::ToUnixNanos(Now()));
    v1::VerifyResponse response;
    EXPECT_TRUE(engine_->Verify(env_.AsService("tender"), request, &response).ok());
    return response.verdicts(0);
  }
  std::string Sign(const std::string& content) {
    return *pki::SignCades(content, key_, certificate_);
  }

  EngineEnv env_;
  std::filesystem::path dir_;
  pki::PrivateKey key_;
  pki::CertificateAuthority ca_;
  std::string certificate_;
  std::unique_ptr<SignatureEngine> engine_;
};

TEST_F(SignatureEngineTest, PassesAGoodSignatureAndKeepsItsEvidence) {
  const v1::Verdict verdict = Verify("hello", Sign("hello"));
  EXPECT_EQ(verdict.indication(), v1::Verdict::TOTAL_PASSED) << verdict.check();
  EXPECT_EQ(verdict.cert_sha256(), HexEncode(crypto::Sha256(certificate_)));
  ASSERT_GE(verdict.evidence_sha256_size(), 4);  // signer, issuing CA, root, two CRLs

  Open();  // a restart: only what is durable remains
  v1::GetEvidenceRequest ask;
  for (const auto& digest : verdict.evidence_sha256()) ask.add_sha256(digest);
  v1::GetEvidenceResponse got;
  ASSERT_TRUE(engine_->GetEvidence(env_.AsAnyone(), ask, &got).ok());
  int crls = 0;
  for (const auto& evidence : got.evidence()) {
    EXPECT_EQ(HexEncode(crypto::Sha256(evidence.der())), evidence.sha256());
    crls += evidence.kind() == v1::Evidence::CRL ? 1 : 0;
  }
  EXPECT_EQ(crls, 2);
  EXPECT_EQ(env_.LoggedTypes(), std::vector<std::string>{"evidence.recorded"});
}

TEST_F(SignatureEngineTest, RefusesAlteredContentWithoutKeepingAnything) {
  const v1::Verdict verdict = Verify("hell0", Sign("hello"));
  EXPECT_EQ(verdict.indication(), v1::Verdict::TOTAL_FAILED);
  EXPECT_EQ(verdict.sub_indication(), "HASH_FAILURE");
  EXPECT_TRUE(env_.LoggedTypes().empty());
}

TEST_F(SignatureEngineTest, ARevocationCountsFromTheMomentItIsReceivedAndAfterARestart) {
  const std::string signature = Sign("hello");
  ASSERT_EQ(Verify("hello", signature).indication(), v1::Verdict::TOTAL_PASSED);
  ca_.Revoke(pki::Certificate::FromDer(certificate_)->serial(), Now() - absl::Minutes(1));
  v1::UpdateCrlRequest update;
  update.set_crl(*ca_.IssuingCrl(Now(), Now() + absl::Hours(24 * 30)));
  update.set_request_id("crl-update-1");
  v1::UpdateCrlResponse updated;
  ASSERT_TRUE(engine_->UpdateCrl(env_.AsAnyone(), update, &updated).ok());
  EXPECT_EQ(updated.epoch(), 2);
  EXPECT_EQ(Verify("hello", signature).sub_indication(), "REVOKED");
  Open();
  EXPECT_EQ(Verify("hello", signature).sub_indication(), "REVOKED");
  // The same request again changes nothing; the same list under another id is not newer.
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(engine_->UpdateCrl(env_.AsAnyone(), update, &updated).ok());
  update.set_request_id("crl-update-2");
  EXPECT_THAT(engine_->UpdateCrl(env_.AsAnyone(), update, &updated), HasReason("CRL_NOT_NEWER"));
  EXPECT_EQ(env_.ledger->Size(), size);
}

TEST_F(SignatureEngineTest, RefusesForeignAndMalformedLists) {
  auto stranger = pki::CertificateAuthority::Create(
      {.not_before = Now() - absl::Hours(24), .not_after = Now() + absl::Hours(24 * 3650)});
  v1::UpdateCrlRequest update;
  v1::UpdateCrlResponse updated;
  update.set_request_id("crl-update-1");
  // The same names, another key.
  update.set_crl(*stranger->IssuingCrl(Now(), Now() + absl::Hours(24)));
  EXPECT_THAT(engine_->UpdateCrl(env_.AsAnyone(), update, &updated), HasReason("CRL_NOT_TRUSTED"));
  update.set_crl("not a list");
  EXPECT_THAT(engine_->UpdateCrl(env_.AsAnyone(), update, &updated), HasReason("CRL_INVALID"));
  EXPECT_EQ(env_.ledger->Size(), 0u);
}

TEST_F(SignatureEngineTest, NamesWhatItDoesNotHave) {
  v1::GetEvidenceRequest ask;
  ask.add_sha256(std::string(64, '0'));
  v1::GetEvidenceResponse got;
  EXPECT_THAT(engine_->GetEvidence(env_.AsAnyone(), ask, &got), HasReason("EVIDENCE_NOT_FOUND"));
  for (int i = 0; i < 100; ++i) ask.add_sha256(std::string(64, '0'));
  EXPECT_THAT(engine_->GetEvidence(env_.AsAnyone(), ask, &got), HasReason("TOO_MANY_DIGESTS"));
  v1::VerifyCertificateResponse verdict;
  EXPECT_THAT(engine_->VerifyCertificate(env_.AsService("registration"), {}, &verdict),
              HasReason("PURPOSE_MISSING"));
}

}  // namespace
}  // namespace jodal::signature
