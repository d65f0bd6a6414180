// A few secret bytes encrypted to a certificate: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM
// in DER; the content key goes to RSA keys by RSAES-OAEP with SHA-256, to EC keys by
// ephemeral-static ECDH with the X9.63 KDF over SHA-256 and AES-256 key wrap (RFC 5753). `openssl
// cms -decrypt -inform DER -recip cert -inkey key` opens it.
#ifndef JODAL_COMMON_PKI_CMS_ENVELOPE_H_
#define JODAL_COMMON_PKI_CMS_ENVELOPE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/pki/certificate.h"
#include "common/pki/key.h"

namespace jodal::pki {

// Whether the certificate's key usage lets others encrypt to it: keyAgreement for EC,
// keyEncipherment for RSA.
bool MayEncryptTo(const Certificate& certificate);

// FAILED_PRECONDITION CERT_NOT_FOR_ENCRYPTION unless MayEncryptTo; INTERNAL. Thread-safe.
absl::StatusOr<std::string> EncryptCms(absl::string_view plain, const Certificate& to);

// `key` belongs to `to`. INVALID_ARGUMENT ENVELOPE_MALFORMED; FAILED_PRECONDITION
// ENVELOPE_NOT_OPENED if it was made for another certificate or was altered. Thread-safe.
absl::StatusOr<std::string> DecryptCms(absl::string_view envelope, const PrivateKey& key,
                                       const Certificate& to);

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_CMS_ENVELOPE_H_
