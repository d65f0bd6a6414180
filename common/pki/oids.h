// Content octets of the object identifiers that the signature profile knows.
#ifndef JODAL_COMMON_PKI_OIDS_H_
#define JODAL_COMMON_PKI_OIDS_H_

#include "absl/strings/string_view.h"

namespace jodal::pki {

template <size_t N>
constexpr absl::string_view OidBytes(const char (&bytes)[N]) {
  return absl::string_view(bytes, N - 1);
}

#define JODAL_PKCS "\x2A\x86\x48\x86\xF7\x0D\x01"
#define JODAL_SHA2 "\x60\x86\x48\x01\x65\x03\x04\x02"
#define JODAL_X962 "\x2A\x86\x48\xCE\x3D"

inline constexpr absl::string_view kOidData = OidBytes(JODAL_PKCS "\x07\x01");
inline constexpr absl::string_view kOidSignedData = OidBytes(JODAL_PKCS "\x07\x02");
inline constexpr absl::string_view kOidContentType = OidBytes(JODAL_PKCS "\x09\x03");
inline constexpr absl::string_view kOidMessageDigest = OidBytes(JODAL_PKCS "\x09\x04");
inline constexpr absl::string_view kOidSigningTime = OidBytes(JODAL_PKCS "\x09\x05");
inline constexpr absl::string_view kOidAlgorithmProtection = OidBytes(JODAL_PKCS "\x09\x34");
inline constexpr absl::string_view kOidSigningCertificateV2 =
    OidBytes(JODAL_PKCS "\x09\x10\x02\x2F");
inline constexpr absl::string_view kOidRsa = OidBytes(JODAL_PKCS "\x01\x01");
inline constexpr absl::string_view kOidMgf1 = OidBytes(JODAL_PKCS "\x01\x08");
inline constexpr absl::string_view kOidRsaPss = OidBytes(JODAL_PKCS "\x01\x0A");
inline constexpr absl::string_view kOidRsaSha256 = OidBytes(JODAL_PKCS "\x01\x0B");
inline constexpr absl::string_view kOidRsaSha384 = OidBytes(JODAL_PKCS "\x01\x0C");
inline constexpr absl::string_view kOidRsaSha512 = OidBytes(JODAL_PKCS "\x01\x0D");
inline constexpr absl::string_view kOidSha256 = OidBytes(JODAL_SHA2 "\x01");
inline constexpr absl::string_view kOidSha384 = OidBytes(JODAL_SHA2 "\x02");
inline constexpr absl::string_view kOidSha512 = OidBytes(JODAL_SHA2 "\x03");
inline constexpr absl::string_view kOidEcPublicKey = OidBytes(JODAL_X962 "\x02\x01");
inline constexpr absl::string_view kOidP256 = OidBytes(JODAL_X962 "\x03\x01\x07");
inline constexpr absl::string_view kOidP384 = OidBytes("\x2B\x81\x04\x00\x22");
inline constexpr absl::string_view kOidEcdsaSha256 = OidBytes(JODAL_X962 "\x04\x03\x02");
inline constexpr absl::string_view kOidEcdsaSha384 = OidBytes(JODAL_X962 "\x04\x03\x03");
inline constexpr absl::string_view kOidEcdsaSha512 = OidBytes(JODAL_X962 "\x04\x03\x04");
inline constexpr absl::string_view kOidSubjectKeyIdentifier = OidBytes("\x55\x1D\x0E");

#undef JODAL_PKCS
#undef JODAL_SHA2
#undef JODAL_X962

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_OIDS_H_
