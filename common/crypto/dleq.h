// Chaum-Pedersen proof of equal discrete logarithms over P-256, made non-interactive with SHA-256:
// the prover knows sk with pk = sk·G and Z = sk·enc. It shows that a published Z is the true DH
// point of (pk, enc) without giving away sk.
//
// What it does give away is Z. Anyone who holds a text sealed to pk under enc — or under a point
// enc + r·G or −enc of an adversary's making, for it can shift Z back — can open it from then on.
// Prove only what may be opened by everybody, or for an enc whose maker has shown to know its
// scalar (schnorr.h): that maker can compute Z by itself.
//
//   t  = random nonce, A = t·G, B = t·enc
//   c  = SHA-256("jodal dleq p256 v1" ‖ u32be |context| ‖ context ‖ pk ‖ enc ‖ Z ‖ A ‖ B)
//   s  = t + c·sk mod order
// Points are 65 bytes. c is kept as the 32 bytes of the hash, reduced mod the order where used; s
// is 32 bytes big endian and < order. The verifier recomputes A = s·G − c·pk, B = s·enc − c·Z.
// Thread-safe.
#ifndef JODAL_COMMON_CRYPTO_DLEQ_H_
#define JODAL_COMMON_CRYPTO_DLEQ_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ec.h"
#include "common/crypto/random.h"

namespace jodal::crypto {

struct DleqProof {
  std::string z_point;    // 65 bytes
  std::string challenge;  // 32 bytes
  std::string response;   // 32 bytes
};

inline constexpr size_t kDleqProofBytes = kP256PointBytes + 2 * kP256ScalarBytes;  // 129

// z_point ‖ challenge ‖ response. INVALID_ARGUMENT PROOF_INVALID for another size.
std::string EncodeDleqProof(const DleqProof& proof);
absl::StatusOr<DleqProof> DecodeDleqProof(absl::string_view bytes);

// `context` binds the proof to its use. INVALID_ARGUMENT POINT_INVALID.
absl::StatusOr<DleqProof> DleqProve(const P256PrivateKey& key, absl::string_view enc_point,
                                    absl::string_view context, Random& random);

struct DleqStatement {
  absl::string_view public_point;  // 65 bytes
  absl::string_view enc_point;     // 65 bytes
  absl::string_view context;
};

// OK iff the proof holds. INVALID_ARGUMENT POINT_INVALID for public_point or enc_point;
// FAILED_PRECONDITION PROOF_INVALID.
absl::Status DleqVerify(const DleqStatement& statement, const DleqProof& proof);

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_DLEQ_H_
