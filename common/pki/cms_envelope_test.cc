#include "common/pki/cms_envelope.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/pki/test_pki.h"
#include "common/status/error.h"

namespace jodal::pki {
namespace {

const char kSecret[] = "thirty-two bytes of a content key";

struct Case {
  const char* name;
  KeyType type;
  LeafUsage usage;
};

const Case kMay[] = {
    {"P-256", KeyType::kEcP256, LeafUsage::kKeyAgreement},
    {"P-384", KeyType::kEcP384, LeafUsage::kKeyAgreement},
    {"RSA-2048", KeyType::kRsa2048, LeafUsage::kKeyEncipherment},
};

TEST(CmsEnvelope, OpensWithTheKeyOfTheCertificateOnly) {
  const auto ca = MakeCa();
  for (const Case& c : kMay) {
    SCOPED_TRACE(c.name);
    const Signer owner = MakeSigner(ca, {.type = c.type, .usage = c.usage});
    const Signer other = MakeSigner(ca, {.type = c.type, .usage = c.usage});
    const auto envelope = EncryptCms(kSecret, owner.certificate);
    ASSERT_TRUE(envelope.ok()) << envelope.status();
    EXPECT_EQ(envelope->find(kSecret), std::string::npos);
    const auto opened = DecryptCms(*envelope, *owner.key, owner.certificate);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, kSecret);
    for (const auto& status : {DecryptCms(*envelope, *other.key, other.certificate).status(),
                               DecryptCms(*envelope, *other.key, owner.certificate).status()}) {
      EXPECT_EQ(ErrorReason(status), "ENVELOPE_NOT_OPENED") << status;
    }
  }
}

// A certificate for signatures is no address: its key usage says what its key is for.
TEST(CmsEnvelope, KeyUsageIsObeyed) {
  const auto ca = MakeCa();
  for (const Case& c : std::initializer_list<Case>{
           {"EC, signing", KeyType::kEcP256, LeafUsage::kSigning},
           {"RSA, signing", KeyType::kRsa2048, LeafUsage::kSigning},
           {"EC, key encipherment", KeyType::kEcP256, LeafUsage::kKeyEncipherment},
           {"RSA, key agreement", KeyType::kRsa2048, LeafUsage::kKeyAgreement},
           {"TLS", KeyType::kEcP256, LeafUsage::kTlsServer}}) {
    SCOPED_TRACE(c.name);
    const Signer owner = MakeSigner(ca, {.type = c.type, .usage = c.usage});
    EXPECT_FALSE(MayEncryptTo(owner.certificate));
    EXPECT_EQ(ErrorReason(EncryptCms(kSecret, owner.certificate).status()),
              "CERT_NOT_FOR_ENCRYPTION");
  }
}

// No bit may be changed without notice: it opens to the same or not at all.
TEST(CmsEnvelope, AlteredBytesDoNotOpenToSomethingElse) {
  const auto ca = MakeCa();
  const Signer owner = MakeSigner(ca, {.usage = LeafUsage::kKeyAgreement});
  const std::string envelope = EncryptCms(kSecret, owner.certificate).value();
  int refused = 0;
  for (size_t i = 0; i < envelope.size(); ++i) {
    std::string altered = envelope;
    altered[i] = static_cast<char>(altered[i] ^ 0x01);
    const auto opened = DecryptCms(altered, *owner.key, owner.certificate);
    if (opened.ok()) {
      EXPECT_EQ(*opened, kSecret) << "byte " << i;
    } else {
      ++refused;
      EXPECT_TRUE(ErrorReason(opened.status()) == "ENVELOPE_NOT_OPENED" ||
                  ErrorReason(opened.status()) == "ENVELOPE_MALFORMED")
          << opened.status();
    }
  }
  EXPECT_GT(refused, static_cast<int>(envelope.size() / 2));
  for (const std::string& other :
       {std::string(), std::string("no DER"), envelope + "x", envelope.substr(0, 100)}) {
    EXPECT_EQ(ErrorReason(DecryptCms(other, *owner.key, owner.certificate).status()),
              "ENVELOPE_MALFORMED");
  }
  // Another kind of CMS, signed by the same person.
  const Signer signer = MakeSigner(ca);
  EXPECT_EQ(ErrorReason(DecryptCms(SignCades("x", *signer.key, signer.certificate.der()).value(),
                                   *owner.key, owner.certificate)
                            .status()),
            "ENVELOPE_MALFORMED");
}

TEST(CmsEnvelope, TheOpensslProgramOpensIt) {
  const auto ca = MakeCa();
  std::string dir = testing::TempDir() + "/envelope_XXXXXX";
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  for (const Case& c : kMay) {
    SCOPED_TRACE(c.name);
    const Signer owner = MakeSigner(ca, {.type = c.type, .usage = c.usage});
    unlink((dir + "/key").c_str());
    ASSERT_TRUE(owner.key->SaveFile(dir + "/key").ok());
    std::ofstream(dir + "/crt") << owner.certificate.ToPem();
    std::ofstream(dir + "/p7m") << EncryptCms(kSecret, owner.certificate).value();
    ASSERT_EQ(std::system(absl::StrCat("openssl cms -decrypt -binary -inform DER -in ", dir,
                                       "/p7m -recip ", dir, "/crt -inkey ", dir, "/key -out ", dir,
                                       "/out")
                              .c_str()),
              0);
    std::ifstream in(dir + "/out");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), kSecret);
  }
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace jodal::pki
