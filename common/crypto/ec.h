// P-256 keys, points and Diffie-Hellman (SEC 1, RFC 5480, RFC 9180 section 7.1.3).
//
// A public key is its 65-byte uncompressed point (0x04 ‖ x ‖ y). Nothing else is accepted: no
// compressed or hybrid form, no point at infinity, no explicit curve parameters, no point off the
// curve. Errors are INVALID_ARGUMENT with reason POINT_INVALID, SPKI_INVALID or KEY_INVALID.
// Thread-safe.
#ifndef JODAL_COMMON_CRYPTO_EC_H_
#define JODAL_COMMON_CRYPTO_EC_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/openssl_ptr.h"
#include "common/crypto/random.h"

namespace jodal::crypto {

inline constexpr size_t kP256ScalarBytes = 32;
inline constexpr size_t kP256PointBytes = 65;
inline constexpr size_t kP256SpkiBytes = 91;

// The process-wide P-256 group. Never freed.
const EC_GROUP* P256Group();

// POINT_INVALID unless `point` is an uncompressed point of the curve.
absl::Status CheckP256Point(absl::string_view point);

// SubjectPublicKeyInfo of a named-curve P-256 key in its only DER form (91 bytes). SPKI_INVALID.
absl::StatusOr<std::string> P256PointFromSpki(absl::string_view spki_der);

// The curve's point on both ends: parse and print. For the proofs of dleq.h.
absl::StatusOr<EcPointPtr> ParseP256Point(absl::string_view point);
std::string PrintP256Point(const EC_POINT& point);  // aborts on the point at infinity

// A public key, decoded once. Copies share what it holds. Thread-safe.
class P256PublicKey {
 public:
  static absl::StatusOr<P256PublicKey> FromPoint(absl::string_view point);  // POINT_INVALID

  // The same key with a table of its multiples (150 KB, some 20 ms to make), by which an agreement
  // with it takes a quarter of the time: for a key that many secrets are sealed to.
  P256PublicKey WithTable() const;

  const std::string& point() const { return point_; }  // 65 bytes

 private:
  friend class P256PrivateKey;
  P256PublicKey(std::string point, EcPointPtr decoded);

  std::string point_;
  std::shared_ptr<const EC_POINT> decoded_;
  // P-256 with this key in the generator's place and the table of it; null without one.
  std::shared_ptr<const EC_GROUP> table_;
};

// A private key. The scalar is wiped on destruction.
class P256PrivateKey {
 public:
  P256PrivateKey(const P256PrivateKey&) = default;
  P256PrivateKey(P256PrivateKey&&) noexcept = default;
  P256PrivateKey& operator=(const P256PrivateKey&) = delete;
  P256PrivateKey& operator=(P256PrivateKey&&) noexcept;
  ~P256PrivateKey();

  static P256PrivateKey Generate(Random& random);
  // 32 bytes big endian, 1 .. order-1. KEY_INVALID.
  static absl::StatusOr<P256PrivateKey> FromScalar(absl::string_view scalar);
  // RFC 9180 DeriveKeyPair for DHKEM(P-256, HKDF-SHA256). Deterministic. Same seed, same key.
  static P256PrivateKey Derive(absl::string_view seed);
  // A private key in PEM (PKCS#8, or SEC 1 as openssl writes it); `passphrase` for an encrypted
  // one, no prompt ever. KEY_INVALID for any other curve or algorithm or a wrong passphrase.
  static absl::StatusOr<P256PrivateKey> FromPem(absl::string_view pem,
                                                absl::string_view passphrase = "");
  static absl::StatusOr<P256PrivateKey> FromEvp(EVP_PKEY* key);  // borrows `key`

  const std::string& scalar() const { return scalar_; }        // 32 bytes, secret
  const std::string& public_point() const { return public_; }  // 65 bytes
  std::string SpkiDer() const;                                 // 91 bytes
  EvpPkeyPtr ToEvp() const;
  std::string ToPkcs8Pem() const;  // not encrypted

  // scalar · peer as a 65-byte point. POINT_INVALID.
  absl::StatusOr<std::string> DhPoint(absl::string_view peer_point) const;
  std::string DhPoint(const P256PublicKey& peer) const;
  // Its x coordinate, 32 bytes: the ECDH secret of SEC 1 and the `dh` of RFC 9180. POINT_INVALID.
  absl::StatusOr<std::string> Ecdh(absl::string_view peer_point) const;
  std::string Ecdh(const P256PublicKey& peer) const;

 private:
  P256PrivateKey(std::string scalar, std::string public_point);

  std::string scalar_;
  std::string public_;
};

// The x coordinate (32 bytes) of a 65-byte point. Requires the size.
inline std::string P256X(absl::string_view point) {
  return std::string(point.substr(1, kP256ScalarBytes));
}

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_EC_H_
