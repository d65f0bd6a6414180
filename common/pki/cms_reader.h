// The strict reader of the signature profile: detached CAdES-BES in DER, read byte by byte without
// OpenSSL's ASN.1. It is the gate of both verification paths; what it does not fully understand it
// refuses.
//
// Refusals (INVALID_ARGUMENT, in the order of checking):
//   CMS_TOO_LARGE               over kCmsBytesMax
//   CMS_NOT_DER                 indefinite or non-minimal length, constructed string, trailing
//   bytes,
//                               non-minimal integer, nesting too deep, truncated
//   CMS_NOT_SIGNED_DATA         another content type, or SignedData of another shape
//   CMS_VERSION                 SignedData or SignerInfo version does not fit the signer identifier
//   CMS_DIGEST_ALGORITHMS       not exactly one, or not that of the SignerInfo
//   CMS_CONTENT_ATTACHED        eContent is present
//   CMS_CONTENT_TYPE            the encapsulated type is not id-data
//   CMS_CERTIFICATES            no certificates, too many, out of order, or not X.509
//   CMS_CRLS_PRESENT            revocation comes from the trust store only
//   CMS_SIGNER_COUNT            not exactly one SignerInfo
//   CMS_DIGEST_UNSUPPORTED      not SHA-256, SHA-384 or SHA-512
//   CMS_SIGNATURE_ALGORITHM     not ECDSA, RSA PKCS#1 v1.5 or RSA-PSS with the same hash
//   CMS_PSS_PARAMETERS          hash, MGF1 hash or salt length not all those of the digest
//   SIGNED_ATTRS_MISSING        the signature would be over the content directly
//   SIGNED_ATTRS_ORDER          not in DER SET OF order
//   SIGNED_ATTR_DUPLICATED, SIGNED_ATTR_VALUE_COUNT, SIGNED_ATTR_UNKNOWN
//   CONTENT_TYPE_MISSING, CONTENT_TYPE_MISMATCH, MESSAGE_DIGEST_MISSING, MESSAGE_DIGEST_MALFORMED
//   SIGNING_CERTIFICATE_V2_MISSING, SIGNING_CERTIFICATE_V2_MALFORMED,
//   SIGNING_CERTIFICATE_V2_HASH_ALGORITHM (anything but the SHA-256 default),
//   SIGNING_CERTIFICATE_V2_ISSUER_SERIAL
//   SIGNING_TIME_MALFORMED, ALGORITHM_PROTECTION_MISMATCH (RFC 6211)
//   UNSIGNED_ATTRS_PRESENT      unauthenticated bytes are not stored with a signed document; a
//                               receipt of the log does what a time stamp would
//   SIGNING_CERTIFICATE_MISMATCH  no embedded certificate has the hash of signingCertificateV2
//   SIGNER_ID_MISMATCH          the SignerInfo names another certificate than signingCertificateV2
#ifndef JODAL_COMMON_PKI_CMS_READER_H_
#define JODAL_COMMON_PKI_CMS_READER_H_

#include <openssl/evp.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::pki {

enum class HashAlgorithm { kSha256, kSha384, kSha512 };
enum class SignatureScheme { kEcdsa, kRsaPkcs1, kRsaPss };

size_t HashSizeBytes(HashAlgorithm hash);
const EVP_MD* HashMd(HashAlgorithm hash);  // fetched once per process
std::string Digest(HashAlgorithm hash, absl::string_view bytes);

// The parts of one signature. Views point into the bytes given to ReadCms, which must outlive it.
struct CmsSignature {
  HashAlgorithm hash = HashAlgorithm::kSha256;
  SignatureScheme scheme = SignatureScheme::kEcdsa;  // PSS: MGF1 and salt length follow `hash`
  std::string signer_cert_sha256;  // from signingCertificateV2; equals SHA-256(signer_cert_der)
  absl::string_view signer_cert_der;
  absl::string_view issuer_der;      // of the sid issuerAndSerialNumber; empty if it is a key id
  absl::string_view serial;          // big-endian content octets of the INTEGER; empty likewise
  absl::string_view subject_key_id;  // of the sid subjectKeyIdentifier; empty otherwise
  std::string signed_attrs_der;      // as a SET OF: the bytes that were signed
  absl::string_view message_digest;  // HashSizeBytes(hash) bytes
  absl::string_view signature;
  std::optional<absl::Time> signing_time;  // the signer's claim
};

// Thread-safe. Does not check the signature, the digest of the content or any trust.
absl::StatusOr<CmsSignature> ReadCms(absl::string_view p7s);

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_CMS_READER_H_
