// Limits of the signature service.
#ifndef JODAL_SERVICES_SIGNATURE_LIMITS_H_
#define JODAL_SERVICES_SIGNATURE_LIMITS_H_

#include <cstddef>

namespace jodal::signature {

// A CRL must fit one stored value; a larger authority partitions its CRLs (RFC 5280 5.2.5).
inline constexpr size_t kCrlBytesMax = 90 * 1000;
inline constexpr int kDocumentsPerRequestMax = 64;  // 4 ms of work
inline constexpr int kEvidencePerRequestMax = 100;  // keeps an answer under the message limit
inline constexpr size_t kCrlsKeptMax = 1000;        // read at start

}  // namespace jodal::signature

#endif  // JODAL_SERVICES_SIGNATURE_LIMITS_H_
