// Makes the signatures of the profile: detached CAdES-BES (ETSI EN 319 122-1), CMS SignedData in
// DER (RFC 5652) with contentType, messageDigest, signingCertificateV2 (RFC 5035, SHA-256),
// optionally signingTime, and the signer's certificate. `openssl cms -verify -cades -binary -inform
// DER` accepts them.
#ifndef JODAL_COMMON_PKI_CMS_SIGN_H_
#define JODAL_COMMON_PKI_CMS_SIGN_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pki/cms_reader.h"
#include "common/pki/key.h"

namespace jodal::pki {

struct SignOptions {
  std::optional<absl::Time> signing_time;  // claimed by the signer, whole seconds; proves nothing
  HashAlgorithm hash = HashAlgorithm::kSha256;
  bool rsa_pss = false;  // RSA keys: PSS with salt as long as the hash, instead of PKCS#1 v1.5
};

// Signs exactly the bytes of `content`. `key` must belong to the certificate; this is not checked
// again here. INVALID_ARGUMENT CERT_INVALID, KEY_TYPE; INTERNAL. Thread-safe.
absl::StatusOr<std::string> SignCades(absl::string_view content, const PrivateKey& key,
                                      absl::string_view cert_der, const SignOptions& options = {});

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_CMS_SIGN_H_
