// CertificateChecks by asking the signature service.
#ifndef JODAL_SERVICES_REGISTRATION_API_CERTIFICATE_CHECKS_H_
#define JODAL_SERVICES_REGISTRATION_API_CERTIFICATE_CHECKS_H_

#include <memory>

#include "common/rpc/peers.h"
#include "services/registration/engine/ports.h"

namespace jodal::registration {

// `peers` outlives it; the channel is taken at the first call.
class RemoteCertificateChecks : public CertificateChecks {
 public:
  explicit RemoteCertificateChecks(rpc::Peers* peers);
  ~RemoteCertificateChecks() override;
  absl::Status CheckKeyAgreement(absl::string_view der, absl::Time at) override;

 private:
  struct Stub;
  rpc::Peers* const peers_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_API_CERTIFICATE_CHECKS_H_
