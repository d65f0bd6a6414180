#include "services/registration/api/certificate_reader.h"

#include <gtest/gtest.h>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/pki/ca.h"
#include "common/pki/cms_sign.h"
#include "common/pki/key.h"
#include "services/kit/testing.h"

namespace jodal::registration {
namespace {

TEST(PkiCertificateReader, FindsTheSigner) {
  const absl::Time now = absl::FromUnixSeconds(1735786800);
  pki::CaRequest ca_request;
  ca_request.not_before = now - absl::Hours(1);
  ca_request.not_after = now + absl::Hours(1);
  const auto ca = pki::CertificateAuthority::Create(ca_request);
  ASSERT_TRUE(ca.ok()) << ca.status();
  const auto key = pki::PrivateKey::Generate(pki::KeyType::kEcP256);
  ASSERT_TRUE(key.ok()) << key.status();
  pki::LeafRequest leaf;
  leaf.cn = "김하나";
  leaf.spki_der = *key->SpkiDer();
  leaf.not_before = ca_request.not_before;
  leaf.not_after = ca_request.not_after;
  const auto certificate = ca->Issue(leaf);
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  const auto signature = pki::SignCades("{}", *key, certificate->der());
  ASSERT_TRUE(signature.ok()) << signature.status();

  const PkiCertificateReader reader;
  const auto facts = reader.SignerOf(*signature);
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->der, certificate->der());
  EXPECT_EQ(facts->sha256, HexEncode(crypto::Sha256(certificate->der())));
  EXPECT_EQ(facts->key_sha256, HexEncode(crypto::Sha256(leaf.spki_der)));
  EXPECT_EQ(reader.Read(certificate->der())->key_sha256, facts->key_sha256);
  EXPECT_THAT(reader.SignerOf("nonsense").status(), kit::HasReason("CMS_NOT_DER"));
  EXPECT_THAT(reader.Read("nonsense").status(), kit::HasReason("CERT_NOT_DER"));
}

}  // namespace
}  // namespace jodal::registration
