// HPKE base mode, single shot (RFC 9180 sections 4, 5.1.1 and 6.1), in the one suite DHKEM(P-256,
// HKDF-SHA256) / HKDF-SHA256 / AES-128-GCM (0x0010, 0x0001, 0x0001). A sealed text is
// enc (65 bytes) ‖ ciphertext ‖ tag (16 bytes). Thread-safe.
#ifndef JODAL_COMMON_CRYPTO_HPKE_H_
#define JODAL_COMMON_CRYPTO_HPKE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/aead.h"
#include "common/crypto/ec.h"

namespace jodal::crypto {

inline constexpr size_t kHpkeOverheadBytes = kP256PointBytes + kAeadTagBytes;

struct HpkeContext {
  absl::string_view info;
  absl::string_view aad;
};

// Seals to `recipient_point` with the ephemeral key DeriveKeyPair(ephemeral_seed), so that anyone
// who knows the seed can recompute the text. A seed must have at least 32 bytes of entropy and
// serve one text only. INVALID_ARGUMENT POINT_INVALID.
struct HpkeSealKeys {
  absl::string_view recipient_point;  // 65 bytes
  absl::string_view ephemeral_seed;   // ikmE
};
absl::StatusOr<std::string> HpkeSeal(const HpkeSealKeys& keys, const HpkeContext& context,
                                     absl::string_view plaintext);

// The same with both keys at hand. `ephemeral` must serve one text only.
struct HpkeSealTo {
  const P256PrivateKey& ephemeral;
  const P256PublicKey& recipient;
};
std::string HpkeSeal(const HpkeSealTo& keys, const HpkeContext& context,
                     absl::string_view plaintext);

// INVALID_ARGUMENT HPKE_MALFORMED (too short, or enc is not a point of the curve);
// FAILED_PRECONDITION AEAD_AUTH.
absl::StatusOr<std::string> HpkeOpen(const P256PrivateKey& recipient, const HpkeContext& context,
                                     absl::string_view sealed);

// The same, from the DH secret of (recipient, enc) instead of the private key. The caller must know
// by other means (dleq.h) that `dh` is the right one.
struct HpkeDhKeys {
  absl::string_view recipient_point;  // 65 bytes
  absl::string_view dh;               // 32 bytes: P256X of the shared point
};
absl::StatusOr<std::string> HpkeOpenWithDh(const HpkeDhKeys& keys, const HpkeContext& context,
                                           absl::string_view sealed);

// LabeledExtract and LabeledExpand of RFC 9180 section 4.
struct HpkeLabel {
  absl::string_view suite_id;
  absl::string_view label;
};
std::string HpkeLabeledExtract(absl::string_view salt, const HpkeLabel& label,
                               absl::string_view ikm);
std::string HpkeLabeledExpand(absl::string_view prk, const HpkeLabel& label, absl::string_view info,
                              size_t size_bytes);

// suite_id of the KEM: "KEM" ‖ 0x0010.
absl::string_view HpkeKemSuiteId();

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_HPKE_H_
