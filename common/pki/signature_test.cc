// Signatures against the world: Wycheproof vectors and the openssl command.
#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/pki/ready_key.h"
#include "common/pki/test_pki.h"
#include "common/pki/verifier.h"

namespace jodal::pki {
namespace {

TEST(SignatureValid, Wycheproof) {
  const struct {
    const char* file;
    SignatureScheme scheme;
    HashAlgorithm hash;
  } kFiles[] = {
      {"ecdsa_secp256r1_sha256", SignatureScheme::kEcdsa, HashAlgorithm::kSha256},
      {"ecdsa_secp384r1_sha384", SignatureScheme::kEcdsa, HashAlgorithm::kSha384},
      {"rsa_signature_2048_sha256", SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256},
      {"rsa_signature_3072_sha256", SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256},
      {"rsa_pss_2048_sha256_mgf1_32", SignatureScheme::kRsaPss, HashAlgorithm::kSha256},
  };
  const std::string dir = JODAL_SOURCE_DIR "/../shared/data/wycheproof/";
  if (!std::filesystem::exists(dir)) GTEST_SKIP() << "no Wycheproof vectors in " << dir;
  for (const auto& f : kFiles) {
    std::ifstream in(absl::StrCat(dir, f.file, "_test.json"));
    const auto vectors = nlohmann::json::parse(in);
    int valid = 0, invalid = 0;
    for (const auto& group : vectors["testGroups"]) {
      const std::string spki = *HexDecode(group["publicKeyDer"].get<std::string>());
      const unsigned char* p = crypto::Bytes(spki);
      const crypto::EvpPkeyPtr key(d2i_PUBKEY(nullptr, &p, static_cast<long>(spki.size())));
      ASSERT_NE(key, nullptr) << f.file;
      const ReadyKey ready(key.get());
      for (const auto& test : group["tests"]) {
        const std::string expected = test["result"];
        const std::string message = *HexDecode(test["msg"].get<std::string>());
        const std::string signature = *HexDecode(test["sig"].get<std::string>());
        const bool accepted = SignatureValid(key.get(), f.scheme, f.hash, message, signature);
        EXPECT_EQ(ready.Verifies(f.scheme, f.hash, message, signature), accepted)
            << f.file << " " << test["tcId"];
        if (expected == "acceptable") continue;
        EXPECT_EQ(accepted, expected == "valid")
            << f.file << " " << test["tcId"] << " " << test["comment"];
        ++(expected == "valid" ? valid : invalid);
      }
    }
    EXPECT_GT(valid, 0) << f.file;
    EXPECT_GT(invalid, 0) << f.file;
  }
}

TEST(ReadyKey, ServesManyThreadsAndSchemes) {
  const CertificateAuthority ca = MakeCa();
  const std::pair<KeyType, SignOptions> kCases[] = {
      {KeyType::kEcP256, {}},
      {KeyType::kEcP256, {.hash = HashAlgorithm::kSha512}},
      {KeyType::kEcP384, {.hash = HashAlgorithm::kSha384}},
      {KeyType::kRsa2048, {}},
      {KeyType::kRsa2048, {.rsa_pss = true}},
  };
  for (const auto& [type, options] : kCases) {
    const Signer signer = MakeSigner(ca, {type});
    const std::string p7s = *SignCades("text", *signer.key, signer.certificate.der(), options);
    const CmsSignature cms = *ReadCms(p7s);
    std::string altered = cms.signed_attrs_der;
    altered.back() = static_cast<char>(altered.back() ^ 1);
    const ReadyKey key(signer.certificate.public_key());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          EXPECT_TRUE(key.Verifies(cms.scheme, cms.hash, cms.signed_attrs_der, cms.signature));
          EXPECT_FALSE(key.Verifies(cms.scheme, cms.hash, altered, cms.signature));
          EXPECT_FALSE(key.Verifies(
              type == KeyType::kRsa2048 ? SignatureScheme::kEcdsa : SignatureScheme::kRsaPkcs1,
              cms.hash, cms.signed_attrs_der, cms.signature));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

class OpenSslCommand : public testing::Test {
 protected:
  void SetUp() override {
    if (system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl command";
    dir_ = testing::TempDir() + "openssl_command_" + std::to_string(getpid());
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directory(dir_);
    Write("doc", document_);
    Write("issuing.pem", ca_.issuing().ToPem());
    Write("chain.pem", ca_.root().ToPem() + ca_.issuing().ToPem());
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  void Write(const std::string& name, absl::string_view bytes) {
    std::ofstream(dir_ + "/" + name, std::ios::binary) << bytes;
  }
  std::string Read(const std::string& name) {
    std::ifstream in(dir_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  int Run(const std::string& arguments) {
    return system(absl::StrCat("cd ", dir_, " && openssl ", arguments, " >out 2>&1").c_str());
  }

  const std::string document_ = "line one\nline two\r\n";
  CertificateAuthority ca_ = MakeCa();
  std::string dir_;
};

TEST_F(OpenSslCommand, AcceptsOurSignatures) {
  const std::string verify = absl::StrCat(
      "cms -verify -cades -binary -inform DER -in sig -content doc -CAfile chain.pem "
      "-x509_strict -attime ",
      absl::ToUnixSeconds(kT0), " -out copy");
  const std::pair<KeyType, SignOptions> kCases[] = {
      {KeyType::kEcP256, {}},
      {KeyType::kEcP256, {.signing_time = kT0, .hash = HashAlgorithm::kSha512}},
      {KeyType::kEcP384, {}},
      {KeyType::kRsa2048, {.signing_time = kT0}},
      {KeyType::kRsa2048, {.rsa_pss = true}},
  };
  for (const auto& [type, options] : kCases) {
    const Signer signer = MakeSigner(ca_, {type});
    Write("doc", document_);
    Write("sig", *SignCades(document_, *signer.key, signer.certificate.der(), options));
    EXPECT_EQ(Run(verify), 0) << Read("out");
    EXPECT_EQ(Read("copy"), document_);
    Write("doc", "something else");
    EXPECT_NE(Run(verify), 0);
  }
}

TEST_F(OpenSslCommand, SignsWhatWeAccept) {
  Verifier verifier(MakeTrust(TrustInputOf(ca_)));
  const std::tuple<KeyType, const char*> kCases[] = {
      {KeyType::kEcP256, ""},
      {KeyType::kEcP256, "-keyid"},
      {KeyType::kEcP256, "-certfile issuing.pem"},
      {KeyType::kRsa2048, ""},
      {KeyType::kRsa2048, "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:digest"},
  };
  for (const auto& [type, extra] : kCases) {
    const Signer signer = MakeSigner(ca_, {type});
    Write("key.pem", *signer.key->ToPem());
    Write("cert.pem", signer.certificate.ToPem());
    const std::string sign = absl::StrCat(
        "cms -sign -cades -binary -md sha256 -outform DER -in doc -out sig -signer cert.pem "
        "-inkey key.pem ",
        extra);
    ASSERT_EQ(Run(sign + " -nosmimecap"), 0) << Read("out");
    const Verdict verdict = verifier.Verify(document_, Read("sig"), kT0);
    EXPECT_TRUE(verdict.passed()) << extra << ": " << verdict.check << " " << verdict.explanation;
    ASSERT_EQ(Run(sign), 0) << Read("out");
    EXPECT_EQ(verifier.Verify(document_, Read("sig"), kT0).check, "SIGNED_ATTR_UNKNOWN");
  }
}

}  // namespace
}  // namespace jodal::pki
