#include "common/pki/cms_envelope.h"

#include <openssl/cms.h>
#include <openssl/rsa.h>

#include <memory>

#include "common/crypto/openssl_ptr.h"
#include "common/pki/errors.h"

namespace jodal::pki {
namespace {

using crypto::BioPtr;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, crypto::OpenSslDeleter<CMS_ContentInfo_free>>;

constexpr size_t kEnvelopeBytesMax = 64 << 10;

// Sets what OpenSSL would leave at SHA-1: the KDF of ECDH, the padding of RSA.
bool ChooseAlgorithms(CMS_RecipientInfo* recipient) {
  EVP_PKEY_CTX* ctx = CMS_RecipientInfo_get0_pkey_ctx(recipient);
  if (ctx == nullptr) return false;
  if (CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_AGREE) {
    return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) == 1;
  }
  return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

absl::Status Malformed() {
  crypto::ClearOpenSslErrors();
  return MakeError(kErrors["ENVELOPE_MALFORMED"], "not a CMS AuthEnvelopedData in DER");
}

}  // namespace

bool MayEncryptTo(const Certificate& certificate) {
  switch (certificate.key_algorithm()) {
    case KeyAlgorithm::kEc:
      return (certificate.key_usage() & kUsageKeyAgreement) != 0;
    case KeyAlgorithm::kRsa:
      return (certificate.key_usage() & kUsageKeyEncipherment) != 0;
    case KeyAlgorithm::kOther:
      return false;
  }
  return false;
}

absl::StatusOr<std::string> EncryptCms(absl::string_view plain, const Certificate& to) {
  if (!MayEncryptTo(to)) {
    return MakeError(kErrors["CERT_NOT_FOR_ENCRYPTION"],
                     "the key usage of the certificate does not allow encryption to it");
  }
  const auto failed = [] {
    crypto::ClearOpenSslErrors();
    return absl::InternalError("OpenSSL could not encrypt");
  };
  constexpr unsigned kFlags = CMS_BINARY | CMS_PARTIAL;
  CmsPtr cms(CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()));
  BioPtr in(BIO_new_mem_buf(plain.data(), static_cast<int>(plain.size())));
  if (!cms || !in || CMS_set_detached(cms.get(), 0) != 1) return failed();
  CMS_RecipientInfo* recipient = CMS_add1_recipient_cert(cms.get(), to.get(), CMS_KEY_PARAM);
  if (recipient == nullptr || !ChooseAlgorithms(recipient) ||
      CMS_final(cms.get(), in.get(), nullptr, kFlags) != 1) {
    return failed();
  }
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &der);
  if (size <= 0) return failed();
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

absl::StatusOr<std::string> DecryptCms(absl::string_view envelope, const PrivateKey& key,
                                       const Certificate& to) {
  if (envelope.size() > kEnvelopeBytesMax) return Malformed();
  const unsigned char* begin = crypto::Bytes(envelope);
  const unsigned char* end = begin + envelope.size();
  CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &begin, static_cast<long>(envelope.size())));
  if (!cms || begin != end ||
      OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_id_smime_ct_authEnvelopedData) {
    return Malformed();
  }
  BioPtr out(BIO_new(BIO_s_secmem()));
  if (!out || CMS_decrypt(cms.get(), key.get(), to.get(), nullptr, out.get(), CMS_BINARY) != 1) {
    crypto::ClearOpenSslErrors();
    return MakeError(kErrors["ENVELOPE_NOT_OPENED"],
                     "it was encrypted to another certificate, or was altered");
  }
  return crypto::BioBytes(out.get());
}

}  // namespace jodal::pki
