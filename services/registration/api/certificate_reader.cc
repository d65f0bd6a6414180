#include "services/registration/api/certificate_reader.h"

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/pki/certificate.h"
#include "common/pki/cms_reader.h"
#include "common/status/macros.h"

namespace jodal::registration {

absl::StatusOr<CertificateFacts> PkiCertificateReader::SignerOf(absl::string_view signature) const {
  ASSIGN_OR_RETURN(const pki::CmsSignature cms, pki::ReadCms(signature));
  return Read(cms.signer_cert_der);
}

absl::StatusOr<CertificateFacts> PkiCertificateReader::Read(absl::string_view der) const {
  ASSIGN_OR_RETURN(const pki::Certificate certificate, pki::Certificate::FromDer(der));
  return CertificateFacts{.der = certificate.der(),
                          .sha256 = HexEncode(certificate.sha256()),
                          .key_sha256 = HexEncode(crypto::Sha256(certificate.spki_der()))};
}

}  // namespace jodal::registration
