// Schnorr's proof of knowledge of a private key over P-256, made non-interactive with SHA-256:
// anyone who shows it for a point knows the scalar of that point, and so did not make the point
// from somebody else's (Schnorr 1991; the strong Fiat-Shamir form of RFC 8235, with the statement
// in the hash).
//
//   statement = "jodal schnorr v1" ‖ u32be |context| ‖ context ‖ pk (65)
//   t         = HKDF-Expand(HMAC-SHA256(sk, statement), "jodal schnorr nonce", 48) mod order
//   c         = SHA-256(statement ‖ t·G (65)) mod order
//   s         = t + c·sk mod order
//   proof     = c (32) ‖ s (32)              big endian, both < order
//
// The nonce follows from key and statement, so a proof is a function of the two: no generator can
// spoil it, and anyone who knows the key can recompute it byte for byte. Thread-safe.
#ifndef JODAL_COMMON_CRYPTO_SCHNORR_H_
#define JODAL_COMMON_CRYPTO_SCHNORR_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ec.h"

namespace jodal::crypto {

inline constexpr size_t kSchnorrProofBytes = 2 * kP256ScalarBytes;

// `context` binds the proof to its use: nobody can turn it into one under another context.
std::string SchnorrProve(const P256PrivateKey& key, absl::string_view context);

struct SchnorrStatement {
  absl::string_view public_point;  // 65 bytes
  absl::string_view context;
};

// OK iff the proof holds. INVALID_ARGUMENT POINT_INVALID for public_point; FAILED_PRECONDITION
// PROOF_INVALID otherwise, also for a wrong size or a scalar that is not reduced.
absl::Status SchnorrVerify(const SchnorrStatement& statement, absl::string_view proof);

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_SCHNORR_H_
