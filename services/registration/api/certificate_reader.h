// CertificateReader over common/pki.
#ifndef JODAL_SERVICES_REGISTRATION_API_CERTIFICATE_READER_H_
#define JODAL_SERVICES_REGISTRATION_API_CERTIFICATE_READER_H_

#include "services/registration/engine/ports.h"

namespace jodal::registration {

class PkiCertificateReader : public CertificateReader {
 public:
  absl::StatusOr<CertificateFacts> SignerOf(absl::string_view signature) const override;
  absl::StatusOr<CertificateFacts> Read(absl::string_view der) const override;
};

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_API_CERTIFICATE_READER_H_
