#include "common/pki/exchange.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <memory>

#include "common/pki/ca.h"
#include "common/status/error.h"

namespace jodal::pki {
namespace {

using RequestPtr = std::unique_ptr<X509_REQ, crypto::OpenSslDeleter<X509_REQ_free>>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, crypto::OpenSslDeleter<PKCS12_free>>;

TEST(ExchangeTest, ARequestNamesTheSubjectAndIsSignedByTheKey) {
  const auto key = PrivateKey::Generate(KeyType::kEcP256);
  ASSERT_TRUE(key.ok());
  const auto pem = MakeCertificateRequest(*key, {.cn = "김 주무관", .o = "의자청"});
  ASSERT_TRUE(pem.ok()) << pem.status();
  crypto::BioPtr bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  const RequestPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(X509_REQ_verify(request.get(), key->get()), 1);
  char cn[64] = {};
  X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(request.get()), NID_commonName, cn,
                            sizeof(cn));
  EXPECT_STREQ(cn, "김 주무관");

  EXPECT_EQ(ErrorReason(MakeCertificateRequest(*key, {}).status()), "CERT_REQUEST_INVALID");
  EXPECT_EQ(ErrorReason(MakeCertificateRequest(*key, {.cn = std::string(65, 'x')}).status()),
            "CERT_REQUEST_INVALID");
  EXPECT_TRUE(MakeCertificateRequest(*key, {.cn = std::string(64, 'x')}).ok());
}

TEST(ExchangeTest, Pkcs12GivesTheKeyWithItsCertificate) {
  const auto key = PrivateKey::Generate(KeyType::kEcP256);
  CaRequest request;
  request.not_before = absl::FromUnixSeconds(1770000000);
  request.not_after = request.not_before + absl::Hours(24);
  const auto ca = CertificateAuthority::Create(request);
  ASSERT_TRUE(key.ok() && ca.ok());
  LeafRequest leaf;
  leaf.cn = "Kim";
  leaf.spki_der = *key->SpkiDer();
  leaf.not_before = request.not_before;
  leaf.not_after = request.not_after;
  const auto certificate = ca->Issue(leaf);
  ASSERT_TRUE(certificate.ok());
  const Pkcs12Ptr file(
      PKCS12_create("secret", "Kim", key->get(), certificate->get(), nullptr, 0, 0, 0, 0, 0));
  ASSERT_NE(file, nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS12(file.get(), &der);
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);

  const auto read = ReadPkcs12(bytes, "secret");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read->key.SpkiDer(), *key->SpkiDer());
  EXPECT_EQ(read->certificate.sha256(), certificate->sha256());
  EXPECT_EQ(ErrorReason(ReadPkcs12(bytes, "wrong").status()), "PKCS12_PASSWORD");
  EXPECT_EQ(ErrorReason(ReadPkcs12("not one", "secret").status()), "PKCS12_INVALID");
  EXPECT_EQ(ErrorReason(ReadPkcs12(bytes.substr(0, 100), "secret").status()), "PKCS12_INVALID");
}

}  // namespace
}  // namespace jodal::pki
