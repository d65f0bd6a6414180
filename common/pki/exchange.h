// What goes to certificate authorities outside and comes back from them: PKCS#10 requests, PKCS#12
// files.
#ifndef JODAL_COMMON_PKI_EXCHANGE_H_
#define JODAL_COMMON_PKI_EXCHANGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/pki/certificate.h"
#include "common/pki/key.h"

namespace jodal::pki {

struct RequestSubject {
  std::string cn;  // 1 to 64 characters, UTF-8
  std::string o;   // may be empty
};

// A certificate request (RFC 2986) for `key`, PEM; signed with it under SHA-256. INVALID_ARGUMENT
// CERT_REQUEST_INVALID for a subject that does not fit.
absl::StatusOr<std::string> MakeCertificateRequest(const PrivateKey& key,
                                                   const RequestSubject& subject);

struct KeyWithCertificate {
  PrivateKey key;
  Certificate certificate;
};

// The key of a PKCS#12 file (RFC 7292) and its certificate. INVALID_ARGUMENT PKCS12_INVALID (not
// such a file, or without a key or its certificate), PKCS12_PASSWORD (wrong, or an encryption that
// this OpenSSL does not know any more).
absl::StatusOr<KeyWithCertificate> ReadPkcs12(absl::string_view bytes, const std::string& password);

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_EXCHANGE_H_
