// Signatures against the world: published vectors, forgeries, Wycheproof and the openssl command.
#include <gtest/gtest.h>
#include <openssl/rsa.h>
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

std::string Unhex(const std::string& hex) { return *HexDecode(hex); }

crypto::EvpPkeyPtr PublicKey(const std::string& spki) {
  const unsigned char* p = crypto::Bytes(spki);
  return crypto::EvpPkeyPtr(d2i_PUBKEY(nullptr, &p, static_cast<long>(spki.size())));
}

// By both ways to check a signature, which must agree.
bool Accepted(EVP_PKEY* key, SignatureScheme scheme, HashAlgorithm hash, absl::string_view message,
              absl::string_view signature) {
  const bool accepted = SignatureValid(key, scheme, hash, message, signature);
  EXPECT_EQ(ReadyKey(key).Verifies(scheme, hash, message, signature), accepted);
  return accepted;
}

// The content octets of a positive INTEGER.
std::string Positive(std::string number) {
  while (number.size() > 1 && number[0] == '\0') number.erase(0, 1);
  return (number[0] & 0x80) != 0 ? '\0' + number : number;
}

std::string EcdsaDer(const std::string& r, const std::string& s) {
  return DerValue(kTagSequence, {DerValue(kTagInteger, {r}), DerValue(kTagInteger, {s})});
}

// RFC 6979 A.2.5 and A.2.6: the message "sample", then what a verifier must not take for it.
TEST(SignatureValid, EcdsaOfRfc6979AndForgeries) {
  const struct {
    HashAlgorithm hash;
    std::string spki, r, s, order;
  } kCases[] = {
      {HashAlgorithm::kSha256,
       "3059301306072a8648ce3d020106082a8648ce3d030107034200"
       "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
       "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
       "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
       "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
       "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
      {HashAlgorithm::kSha384,
       "3076301006072a8648ce3d020106052b81040022036200"
       "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
       "def8f0ea9055866064a254515480bc13"
       "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
       "288b231c3ae0d4fe7344fd2533264720",
       "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
       "81a648152e44acf96e36dd1e80fabe46",
       "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
       "a329c145786e679e7b82c71a38628ac8",
       "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
       "581a0db248b0a77aecec196accc52973"},
  };
  for (const auto& c : kCases) {
    const crypto::EvpPkeyPtr key = PublicKey(Unhex(c.spki));
    ASSERT_NE(key, nullptr);
    const auto accepted = [&](absl::string_view message, absl::string_view signature) {
      return Accepted(key.get(), SignatureScheme::kEcdsa, c.hash, message, signature);
    };
    const std::string r = Positive(Unhex(c.r)), s = Positive(Unhex(c.s));
    const std::string order = Positive(Unhex(c.order)), zero(1, '\0'), one(1, '\1');
    const std::string good = EcdsaDer(r, s);
    EXPECT_TRUE(accepted("sample", good));
    EXPECT_FALSE(accepted("Sample", good));
    EXPECT_FALSE(
        Accepted(key.get(), SignatureScheme::kEcdsa, HashAlgorithm::kSha512, "sample", good));
    EXPECT_FALSE(Accepted(key.get(), SignatureScheme::kRsaPkcs1, c.hash, "sample", good));
    for (size_t at = 0; at < good.size(); ++at) {
      std::string altered = good;
      altered[at] = static_cast<char>(altered[at] ^ 1);
      EXPECT_FALSE(accepted("sample", altered)) << at;
    }
    const std::pair<const char*, std::string> kForgeries[] = {
        {"empty", ""},
        {"zeros", EcdsaDer(zero, zero)},
        {"r zero", EcdsaDer(zero, s)},
        {"s zero", EcdsaDer(r, zero)},
        {"ones", EcdsaDer(one, one)},
        {"order", EcdsaDer(order, order)},
        {"r order, s zero", EcdsaDer(order, zero)},
        {"swapped", EcdsaDer(s, r)},
        {"negative", EcdsaDer(r.substr(1), s.substr(1))},
        {"padded integer", EcdsaDer(zero + r, s)},
        {"one integer", DerValue(kTagSequence, {DerValue(kTagInteger, {r})})},
        {"three integers", DerValue(kTagSequence, {good.substr(2), DerValue(kTagInteger, {one})})},
        {"bytes after it", good + '\0'},
        {"cut off", good.substr(0, good.size() - 1)},
        {"long length", "\x30\x81" + good.substr(1)},
        {"indefinite length", "\x30\x80" + good.substr(2) + std::string(2, '\0')},
        {"set", "\x31" + good.substr(1)},
        {"raw", Unhex(c.r) + Unhex(c.s)},
    };
    for (const auto& [name, forgery] : kForgeries)
      EXPECT_FALSE(accepted("sample", forgery)) << name;
  }
}

// The key's power of a block as a forger would like it: the padding is the verifier's to check.
TEST(SignatureValid, RsaPaddingIsCheckedWhole) {
  const PrivateKey key = *PrivateKey::Generate(KeyType::kRsa2048);
  constexpr size_t kBlock = 256;
  const auto raw = [&](const std::string& block) {
    const crypto::EvpPkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    std::string out(kBlock, '\0');
    size_t size = out.size();
    EXPECT_TRUE(EVP_PKEY_sign_init(ctx.get()) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx.get(), RSA_NO_PADDING) == 1 &&
                EVP_PKEY_sign(ctx.get(), crypto::MutableBytes(out.data()), &size,
                              crypto::Bytes(block), block.size()) == 1);
    return out;
  };
  const auto accepted = [&](const std::string& block) {
    return Accepted(key.get(), SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256, "message",
                    raw(block));
  };
  const std::string sha256 = Unhex("3031300d060960864801650304020105000420");
  const std::string sha384 = Unhex("3041300d060960864801650304020205000430");
  const std::string digest = crypto::Sha256("message");
  const auto block = [&](const std::string& head, const std::string& tail) {
    return head + std::string(kBlock - head.size() - 1 - tail.size(), '\xff') + '\0' + tail;
  };
  const std::string head("\0\1", 2), info = sha256 + digest;
  const std::string good = block(head, info);
  EXPECT_TRUE(accepted(good));
  EXPECT_FALSE(Accepted(key.get(), SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256, "massage",
                        raw(good)));
  EXPECT_FALSE(Accepted(key.get(), SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha384, "message",
                        raw(good)));
  EXPECT_FALSE(
      Accepted(key.get(), SignatureScheme::kRsaPss, HashAlgorithm::kSha256, "message", raw(good)));
  EXPECT_FALSE(
      Accepted(key.get(), SignatureScheme::kEcdsa, HashAlgorithm::kSha256, "message", raw(good)));
  EXPECT_FALSE(Accepted(key.get(), SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256, "message",
                        raw(good).substr(1)));
  EXPECT_FALSE(Accepted(key.get(), SignatureScheme::kRsaPkcs1, HashAlgorithm::kSha256, "message",
                        raw(good) + '\0'));
  std::string holed = good;
  holed[100] = '\0';
  std::string short_padding = head + std::string(8, '\xff') + '\0' + info;
  short_padding.resize(kBlock, '\x55');  // Bleichenbacher 2006: what follows the digest is garbage
  const std::pair<const char*, std::string> kForgeries[] = {
      {"garbage after the digest", short_padding},
      {"type 0", block(std::string(2, '\0'), info)},
      {"type 2", block(std::string("\0\2", 2), info)},
      {"a zero in the padding", holed},
      {"no digest info", block(head, digest)},
      {"another hash's info", block(head, sha384 + digest)},
      {"digest cut off", block(head, info.substr(0, info.size() - 1))},
      {"a byte after the digest", block(head, info + '\0')},
      {"another digest", block(head, sha256 + crypto::Sha256("massage"))},
      {"info in a long length", block(head, "\x30\x81" + info.substr(1))},
      {"one", std::string(kBlock - 1, '\0') + '\1'},
  };
  for (const auto& [name, forgery] : kForgeries) EXPECT_FALSE(accepted(forgery)) << name;
}

// The profile has one form of PSS: MGF1 with the same hash and a salt of its length.
TEST(SignatureValid, PssHasOneForm) {
  const PrivateKey key = *PrivateKey::Generate(KeyType::kRsa2048);
  const auto sign = [&](int salt_bytes, const EVP_MD* mgf1) {
    const crypto::EvpPkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    std::string out(256, '\0');
    size_t size = out.size();
    const std::string digest = crypto::Sha256("message");
    EXPECT_TRUE(EVP_PKEY_sign_init(ctx.get()) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(ctx.get(), EVP_sha256()) == 1 &&
                EVP_PKEY_CTX_set_rsa_mgf1_md(ctx.get(), mgf1) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx.get(), salt_bytes) == 1 &&
                EVP_PKEY_sign(ctx.get(), crypto::MutableBytes(out.data()), &size,
                              crypto::Bytes(digest), digest.size()) == 1);
    return out;
  };
  const auto accepted = [&](absl::string_view message, absl::string_view signature) {
    return Accepted(key.get(), SignatureScheme::kRsaPss, HashAlgorithm::kSha256, message,
                    signature);
  };
  const std::string good = sign(32, EVP_sha256());
  EXPECT_TRUE(accepted("message", good));
  EXPECT_FALSE(accepted("massage", good));
  for (const int salt_bytes : {0, 20, 31, 33, 48}) {
    EXPECT_FALSE(accepted("message", sign(salt_bytes, EVP_sha256()))) << salt_bytes;
  }
  EXPECT_FALSE(accepted("message", sign(32, EVP_sha1())));
  EXPECT_FALSE(accepted("message", sign(32, EVP_sha384())));
  for (const size_t at : {size_t{0}, size_t{128}, size_t{255}}) {
    std::string altered = good;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_FALSE(accepted("message", altered)) << at;
  }
}

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
      const crypto::EvpPkeyPtr key = PublicKey(Unhex(group["publicKeyDer"].get<std::string>()));
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
