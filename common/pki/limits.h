// Bounds of the signature profile (docs/formats.md 1.4).
#ifndef JODAL_COMMON_PKI_LIMITS_H_
#define JODAL_COMMON_PKI_LIMITS_H_

#include <cstddef>

namespace jodal::pki {

// A CAdES-BES signature with one certificate is about 1.5 KiB; a chain of three RSA-4096 fits in 8.
inline constexpr size_t kCmsBytesMax = 64 * 1024;
// SignedData nests about ten levels, a certificate inside it seven more.
inline constexpr int kDerDepthMax = 32;
// The signer's certificate and a chain that some tokens attach.
inline constexpr size_t kCmsCertificatesMax = 8;
// Bounds the work spent on a certificate that nobody trusts yet.
inline constexpr size_t kCertificateBytesMax = 16 * 1024;
// NIST SP 800-131A: 112-bit strength and above.
inline constexpr int kRsaBitsMin = 2048;
// Bounds the cost of one verification (about 200 us).
inline constexpr int kRsaBitsMax = 4096;
// FIPS 186-5 asks for an odd exponent above 2^16; above 64 bits it only costs time.
inline constexpr int kRsaExponentBitsMax = 64;
// Keys kept ready for the hot path; about 3 KiB each. A certificate that is not among them needs a
// full validation again, which costs 20 times as much. Room for all suppliers that bid in a day.
inline constexpr size_t kCertificateCacheEntriesMax = 262'144;

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_LIMITS_H_
