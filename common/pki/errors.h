// The errors of common/pki.
#ifndef JODAL_COMMON_PKI_ERRORS_H_
#define JODAL_COMMON_PKI_ERRORS_H_

#include "absl/status/status.h"
#include "common/crypto/openssl_ptr.h"
#include "common/status/error.h"

namespace jodal::pki {

inline constexpr ErrorTable kErrors({
    {"ALGORITHM_PROTECTION_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"CA_DIRECTORY_IN_USE", absl::StatusCode::kAlreadyExists},
    {"CA_FILE_IO", absl::StatusCode::kUnavailable},
    {"CA_REQUEST_INVALID", absl::StatusCode::kInvalidArgument},
    {"CA_STATE_INVALID", absl::StatusCode::kDataLoss},
    {"CERT_INVALID", absl::StatusCode::kInvalidArgument},
    {"CERT_NOT_DER", absl::StatusCode::kInvalidArgument},
    {"CERT_NOT_FOR_ENCRYPTION", absl::StatusCode::kFailedPrecondition},
    {"CERT_REQUEST_INVALID", absl::StatusCode::kInvalidArgument},
    {"CERT_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"CMS_CERTIFICATES", absl::StatusCode::kInvalidArgument},
    {"CMS_CONTENT_ATTACHED", absl::StatusCode::kInvalidArgument},
    {"CMS_CONTENT_TYPE", absl::StatusCode::kInvalidArgument},
    {"CMS_CRLS_PRESENT", absl::StatusCode::kInvalidArgument},
    {"CMS_DIGEST_ALGORITHMS", absl::StatusCode::kInvalidArgument},
    {"CMS_DIGEST_UNSUPPORTED", absl::StatusCode::kInvalidArgument},
    {"CMS_NOT_DER", absl::StatusCode::kInvalidArgument},
    {"CMS_NOT_SIGNED_DATA", absl::StatusCode::kInvalidArgument},
    {"CMS_PSS_PARAMETERS", absl::StatusCode::kInvalidArgument},
    {"CMS_SIGNATURE_ALGORITHM", absl::StatusCode::kInvalidArgument},
    {"CMS_SIGNER_COUNT", absl::StatusCode::kInvalidArgument},
    {"CMS_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"CMS_VERSION", absl::StatusCode::kInvalidArgument},
    {"CONTENT_TYPE_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"CONTENT_TYPE_MISSING", absl::StatusCode::kInvalidArgument},
    {"ENVELOPE_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"ENVELOPE_NOT_OPENED", absl::StatusCode::kFailedPrecondition},
    {"EVIDENCE_UNKNOWN", absl::StatusCode::kNotFound},
    {"KEY_EC_CURVE", absl::StatusCode::kInvalidArgument},
    {"KEY_EC_EXPLICIT_PARAMETERS", absl::StatusCode::kInvalidArgument},
    {"KEY_FILE_EXISTS", absl::StatusCode::kAlreadyExists},
    {"KEY_FILE_IO", absl::StatusCode::kUnavailable},
    {"KEY_FILE_MISSING", absl::StatusCode::kNotFound},
    {"KEY_FILE_PERMISSIONS", absl::StatusCode::kFailedPrecondition},
    {"KEY_INVALID", absl::StatusCode::kInvalidArgument},
    {"KEY_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"KEY_PIN_REQUIRED", absl::StatusCode::kInvalidArgument},
    {"KEY_PIN_WRONG", absl::StatusCode::kInvalidArgument},
    {"KEY_RSA_EXPONENT", absl::StatusCode::kInvalidArgument},
    {"KEY_RSA_ROCA", absl::StatusCode::kInvalidArgument},
    {"KEY_RSA_TOO_LONG", absl::StatusCode::kInvalidArgument},
    {"KEY_RSA_TOO_SHORT", absl::StatusCode::kInvalidArgument},
    {"KEY_TYPE", absl::StatusCode::kInvalidArgument},
    {"MESSAGE_DIGEST_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"MESSAGE_DIGEST_MISSING", absl::StatusCode::kInvalidArgument},
    {"SIGNED_ATTRS_MISSING", absl::StatusCode::kInvalidArgument},
    {"SIGNED_ATTRS_ORDER", absl::StatusCode::kInvalidArgument},
    {"SIGNED_ATTR_DUPLICATED", absl::StatusCode::kInvalidArgument},
    {"SIGNED_ATTR_UNKNOWN", absl::StatusCode::kInvalidArgument},
    {"SIGNED_ATTR_VALUE_COUNT", absl::StatusCode::kInvalidArgument},
    {"SIGNER_ID_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"SIGNING_CERTIFICATE_MISMATCH", absl::StatusCode::kInvalidArgument},
    {"SIGNING_CERTIFICATE_V2_HASH_ALGORITHM", absl::StatusCode::kInvalidArgument},
    {"SIGNING_CERTIFICATE_V2_ISSUER_SERIAL", absl::StatusCode::kInvalidArgument},
    {"SIGNING_CERTIFICATE_V2_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"SIGNING_CERTIFICATE_V2_MISSING", absl::StatusCode::kInvalidArgument},
    {"SIGNING_TIME_MALFORMED", absl::StatusCode::kInvalidArgument},
    {"TRUST_ANCHOR_INVALID", absl::StatusCode::kInvalidArgument},
    {"TRUST_CRL_INVALID", absl::StatusCode::kInvalidArgument},
    {"TRUST_EPOCH", absl::StatusCode::kInvalidArgument},
    {"TRUST_EVIDENCE_INVALID", absl::StatusCode::kInvalidArgument},
    {"TRUST_FILE_IO", absl::StatusCode::kUnavailable},
    {"TRUST_INTERMEDIATE_INVALID", absl::StatusCode::kInvalidArgument},
    {"TRUST_NO_ANCHORS", absl::StatusCode::kInvalidArgument},
    {"UNSIGNED_ATTRS_PRESENT", absl::StatusCode::kInvalidArgument},
    {"PKCS12_INVALID", absl::StatusCode::kInvalidArgument},
    {"PKCS12_PASSWORD", absl::StatusCode::kInvalidArgument},
});

// MakeError for input that OpenSSL refused: what OpenSSL left in the thread's error queue is
// dropped.
inline absl::Status RefusedByOpenSsl(DefinedError error, absl::string_view message,
                                     const ErrorMetadata& metadata = {}) {
  crypto::ClearOpenSslErrors();
  return MakeError(error, message, metadata);
}

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_ERRORS_H_
