// Which public keys the signature profile trusts, judged on the encoded key itself.
#ifndef JODAL_COMMON_PKI_KEY_POLICY_H_
#define JODAL_COMMON_PKI_KEY_POLICY_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::pki {

// `spki_der` is a SubjectPublicKeyInfo. INVALID_ARGUMENT with one of
//   KEY_MALFORMED, KEY_TYPE (neither EC nor RSA),
//   KEY_EC_EXPLICIT_PARAMETERS (CVE-2020-0601), KEY_EC_CURVE (not P-256 or P-384),
//   KEY_RSA_TOO_SHORT, KEY_RSA_TOO_LONG, KEY_RSA_EXPONENT (even, below 65537 or over 64 bits),
//   KEY_RSA_ROCA (CVE-2017-15361: the modulus has the structure of the broken generator).
// Thread-safe.
absl::Status CheckKeyPolicy(absl::string_view spki_der);

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_KEY_POLICY_H_
