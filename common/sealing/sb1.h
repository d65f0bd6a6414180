// SB1: a payload sealed by its dealer to a committee, k of whose n members open it together.
//
// The dealer deals a fresh 32-byte content key `cek` in shares, wraps each share to one member, and
// commits to the key and to every share. Everything follows deterministically from (committee,
// dealer, payload, cek), so that anyone who learns cek later can recompute and check all of it.
//
// Anyone can decide which party is at fault:
//   a wrap that gives no share matching its commitment   the dealer; shown by VerifyBadWrap
//   a wrap without a valid proof of its ephemeral key    the dealer; shown by VerifyBadWrap
//   a share that does not match its commitment           the member that sent it; CheckShare
//   shares that give a key whose seal differs            the dealer; CheckSeal
//
// Every wrap carries a proof that its dealer knows the ephemeral key. Without it a dealer could
// send a wrap whose enc is shifted from somebody else's, and the evidence that its wrap is bad
// would open the other one (docs/adr/0002-proof-of-the-ephemeral-key.md).
//
// Grammar and byte order are at the head of sb1.cc. Errors: INVALID_ARGUMENT INPUT_INVALID or
// COMMITTEE_INVALID is the caller's mistake; the reasons named below are verdicts on what a party
// sent, FAILED_PRECONDITION unless said otherwise, with metadata "member" where a member is meant.
// Thread-safe: pure functions.
#ifndef JODAL_COMMON_SEALING_SB1_H_
#define JODAL_COMMON_SEALING_SB1_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ec.h"
#include "common/crypto/random.h"
#include "common/crypto/schnorr.h"

namespace jodal::sealing {

inline constexpr size_t kDigestBytes = 32;
inline constexpr size_t kCekBytes = 32;
inline constexpr size_t kShareBytes = 32;
inline constexpr size_t kWrapBytes = 65 + kShareBytes + 16;        // enc ‖ share ‖ tag
inline constexpr size_t kProofBytes = crypto::kSchnorrProofBytes;  // 64
inline constexpr int kMembersMax = 16;
inline constexpr size_t kPayloadBucketBytes = 4096;
inline constexpr size_t kChunkBytes = 64 * 1024;
inline constexpr size_t kPayloadBytesMax = 64 * 1024 * 1024;  // bounds the memory of one call

struct Member {
  int i = 0;             // 1..n, the x coordinate of its share
  std::string spki_der;  // named-curve P-256, 91 bytes
};

// members must be numbered 1..n in order with different keys, 1 <= k <= n <= 16. (The notice is
// stricter: 2 <= k < n except for training.)
struct Committee {
  std::string notice_hash;  // 32 bytes
  int k = 0;
  std::vector<Member> members;
};

// A committee whose keys have been checked and decoded once, for making or checking many seals.
// Copies share the keys. Thread-safe.
class CommitteeKeys {
 public:
  // `seals` is how many are expected: for many, tables are made that speed each up by half.
  // COMMITTEE_INVALID.
  static absl::StatusOr<CommitteeKeys> Create(const Committee& committee, size_t seals = 1);

  const std::string& notice_hash() const { return notice_hash_; }
  int k() const { return k_; }
  // Of members 1..n in order.
  const std::vector<crypto::P256PublicKey>& keys() const { return keys_; }

 private:
  std::string notice_hash_;
  int k_ = 0;
  std::vector<crypto::P256PublicKey> keys_;
};

struct Wrapped {
  int i = 0;
  std::string wrap;    // 113 bytes
  std::string commit;  // 32 bytes
  std::string proof;   // 64 bytes: that the dealer knows the ephemeral key of `wrap`
};

struct Sealed {
  std::string ciphertext;
  std::string ciphertext_sha256;  // 32 bytes
  std::string key_commit;         // 32 bytes
  std::vector<Wrapped> shares;    // for members 1..n in order
};

// What a wrap is bound to beside its member.
struct SealBinding {
  absl::string_view notice_hash;         // 32 bytes
  absl::string_view dealer_cert_sha256;  // 32 bytes
};

// --- Payload

struct Payload {
  std::string document;   // bid.json
  std::string signature;  // bid.p7s
};

// Both parts non-empty, at most kPayloadBytesMax once framed: INPUT_INVALID.
absl::StatusOr<std::string> EncodePayload(const Payload& payload);
// INVALID_ARGUMENT PAYLOAD_MALFORMED unless it is exactly what EncodePayload gives for some
// payload.
absl::StatusOr<Payload> DecodePayload(absl::string_view payload);

// --- Dealer

// `payload` as of EncodePayload (a positive multiple of the bucket); `cek` fresh for every seal:
// two payloads under one cek and notice would share key and nonces.
absl::StatusOr<Sealed> Seal(const Committee& committee, absl::string_view dealer_cert_sha256,
                            absl::string_view payload, absl::string_view cek);
absl::StatusOr<Sealed> Seal(const CommitteeKeys& committee, absl::string_view dealer_cert_sha256,
                            absl::string_view payload, absl::string_view cek);

// --- Member

// The member's share (32 bytes), which matches wrapped.commit. WRAP_UNREADABLE (also where the wrap
// would open but its proof does not hold), SHARE_COMMIT_MISMATCH: the dealer is at fault and
// ProveBadWrap will say so.
absl::StatusOr<std::string> UnwrapShare(const SealBinding& binding,
                                        const crypto::P256PrivateKey& key, const Wrapped& wrapped);

// Evidence that `wrapped` gives its member no share: the DH point of the wrap with the proof that
// it is the true one (crypto/dleq.h, 129 bytes), or "" if the fault shows without it (sizes, enc
// off the curve, wrapped.proof). WRAP_OPENS if the wrap is good: nothing is disclosed then.
//
// The evidence makes the DH point of enc public. It is given only where the dealer has proven to
// know the scalar of enc, and then the dealer could compute that point itself: it opens this wrap
// and no other, of this notice or any.
absl::StatusOr<std::string> ProveBadWrap(const SealBinding& binding,
                                         const crypto::P256PrivateKey& key, const Wrapped& wrapped,
                                         crypto::Random& random);

// --- Anybody

// OK iff `wrapped` is shown to give `member` no share that matches the commitment: the dealer is at
// fault. `proof` must be what ProveBadWrap gives, so "" exactly where the fault shows without it.
// PROOF_INVALID (absent though needed, present though not, or false) or WRAP_OPENS (true, but the
// wrap is good): the accusation fails. INPUT_INVALID if member.i != wrapped.i.
absl::Status VerifyBadWrap(const SealBinding& binding, const Member& member, const Wrapped& wrapped,
                           absl::string_view proof);

// SHARE_COMMIT_MISMATCH unless `share` is 32 bytes that match `wrapped.commit`.
absl::Status CheckShare(absl::string_view notice_hash, const Wrapped& wrapped,
                        absl::string_view share);

struct MemberShare {
  int i = 0;
  std::string share;  // 32 bytes, already through CheckShare
};

// The cek from exactly the first k shares. INVALID_ARGUMENT SHARES_INVALID if there are fewer, or a
// member occurs twice or is out of range among them. Any k shares give some key: CheckSeal decides.
absl::StatusOr<std::string> Combine(int k, const std::vector<MemberShare>& shares);

// Recomputes key_commit, then per member share, commitment, wrap and proof, and compares all with
// `sealed` (ciphertext and its digest are not looked at). The first difference is named:
// KEY_COMMIT_MISMATCH; SHARES_INCONSISTENT {member} for the commitment or the numbering;
// WRAP_MISMATCH {member}; PROOF_MISMATCH {member}.
absl::Status CheckSeal(const Committee& committee, absl::string_view dealer_cert_sha256,
                       absl::string_view cek, const Sealed& sealed);
absl::Status CheckSeal(const CommitteeKeys& committee, absl::string_view dealer_cert_sha256,
                       absl::string_view cek, const Sealed& sealed);

// CIPHERTEXT_MALFORMED (INVALID_ARGUMENT) if the size is one that no payload has; CIPHERTEXT_AUTH
// for a wrong key, notice, order, truncation or any altered byte. Call CheckSeal first: AES-GCM
// alone lets two keys open one ciphertext.
struct OpenKey {
  absl::string_view notice_hash;  // 32 bytes
  absl::string_view cek;          // 32 bytes
};
absl::StatusOr<std::string> Decrypt(const OpenKey& key, absl::string_view ciphertext);

}  // namespace jodal::sealing

#endif  // JODAL_COMMON_SEALING_SB1_H_
