// What the engine asks of others.
#ifndef JODAL_SERVICES_REGISTRATION_ENGINE_PORTS_H_
#define JODAL_SERVICES_REGISTRATION_ENGINE_PORTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "procurement/acts/registration.h"

namespace jodal::registration {

using procurement::CertificateFacts;

// Reads certificates; says nothing about trust. Thread-safe.
class CertificateReader {
 public:
  virtual ~CertificateReader() = default;
  // The signer's certificate as embedded in a detached CAdES signature. INVALID_ARGUMENT CMS_*.
  virtual absl::StatusOr<CertificateFacts> SignerOf(absl::string_view signature) const = 0;
  // INVALID_ARGUMENT CERT_*.
  virtual absl::StatusOr<CertificateFacts> Read(absl::string_view der) const = 0;
};

// The judgement of the signature service. Blocking; thread-safe.
class CertificateChecks {
 public:
  virtual ~CertificateChecks() = default;
  // OK if `der` is trusted at `at` as a P-256 key agreement certificate. FAILED_PRECONDITION
  // ENCRYPTION_CERTIFICATE_REFUSED, UNAVAILABLE SIGNATURE_SERVICE_AWAY.
  virtual absl::Status CheckKeyAgreement(absl::string_view der, absl::Time at) = 0;
};

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_ENGINE_PORTS_H_
