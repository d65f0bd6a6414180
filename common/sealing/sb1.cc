// SB1, byte for byte. ‖ joins; u8 and u32 are unsigned, u32 big endian; text in quotes is ASCII
// without a terminator; SHA-256 throughout.
//
//   payload    = "SB1P" ‖ u32 |document| ‖ document ‖ u32 |signature| ‖ signature ‖ padding
//                both non-empty; padding is 0 to 4095 zero bytes up to the next multiple of 4096
//                (none if the framing already ends on one)
//   prk        = HKDF-Extract(salt "SB1", ikm cek)
//   E(x, L)    = HKDF-Expand(prk, info x ‖ noticeHash, L)
//   kPay       = E("SB1 pay", 32)
//   keyCommit  = E("SB1 commit", 32)
//   a_j        = E("SB1 coef" ‖ u8 j, 32)                    j = 1..k-1
//   eph_i      = E("SB1 eph" ‖ u8 i, 32)                     i = 1..n
//                so that the info of a_j is "SB1 coef" ‖ u8 j ‖ noticeHash, the number first
//   share_i    = cek ⊕ Σ a_j · i^j                           byte by byte, GF(2^8) mod 0x11B
//   commit_i   = SHA-256("SB1 share" ‖ noticeHash ‖ u8 i ‖ share_i)
//   wrap_i     = enc (65) ‖ AES-128-GCM(share_i) (32) ‖ tag (16)
//                HPKE base mode, suite 0x0010/0x0001/0x0001, single shot (sequence number 0),
//                info "SB1 wrap" ‖ noticeHash ‖ u8 i, aad = SHA-256 of the dealer's certificate,
//                ephemeral key DeriveKeyPair(eph_i)
//   proof_i    = c (32) ‖ s (32) of crypto/schnorr.h for the ephemeral key of wrap_i (its point is
//                enc, its nonce follows from eph_i and so from cek), under the context
//                "SB1 proof" ‖ noticeHash ‖ u8 i ‖ SHA-256 of the dealer's certificate
//   ciphertext = chunk_0 ‖ … ‖ chunk_last                    no separators, no header
//   chunk_c    = AES-256-GCM(kPay, nonce 7 zero bytes ‖ u32 c ‖ u8 last, aad "SB1C" ‖ noticeHash)
//                of 65,536 payload bytes (the last one of 1 to 65,536) ‖ tag (16); last is 1 for
//                the final chunk and 0 before, also when the payload ends on a chunk boundary
//   badWrap    = Z (65) ‖ c (32) ‖ s (32) of crypto/dleq.h for pk_i and enc, under the context
//                "SB1 bad wrap" ‖ noticeHash ‖ u8 i ‖ dealer certificate SHA-256 ‖ commit_i ‖
//                wrap_i; nothing at all where a size is wrong, enc is no point or proof_i does
//                not hold, because Z of an enc that its dealer does not know could open others
#include "common/sealing/sb1.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/aead.h"
#include "common/crypto/dleq.h"
#include "common/crypto/hash.h"
#include "common/crypto/hpke.h"
#include "common/crypto/schnorr.h"
#include "common/sealing/errors.h"
#include "common/sealing/shamir.h"
#include "common/status/macros.h"

namespace jodal::sealing {
namespace {

using absl::string_view;

constexpr string_view kPayloadMagic = "SB1P";
constexpr size_t kPayloadFrameBytes = 4 + 4 + 4;
// Tables cost the time that some 550 seals save by them.
constexpr size_t kSealsForTable = 1000;
constexpr size_t kSealedChunkBytes = kChunkBytes + crypto::kAeadTagBytes;

absl::Status InputInvalid(string_view why) { return MakeError(kErrors["INPUT_INVALID"], why); }

absl::Status CommitteeInvalid(string_view why) {
  return MakeError(kErrors["COMMITTEE_INVALID"], why);
}

absl::Status PayloadMalformed(string_view why) {
  return MakeError(kErrors["PAYLOAD_MALFORMED"], why);
}

absl::Status AboutMember(DefinedError error, int i, string_view why) {
  return MakeError(error, why, {{"member", absl::StrCat(i)}});
}

std::string U8(int value) { return std::string(1, static_cast<char>(value)); }

absl::Status CheckBinding(const SealBinding& binding) {
  if (binding.notice_hash.size() != kDigestBytes ||
      binding.dealer_cert_sha256.size() != kDigestBytes) {
    return InputInvalid("notice hash and certificate digest have 32 bytes each");
  }
  return absl::OkStatus();
}

absl::Status CheckMemberNumber(int i) {
  if (i < 1 || i > kMembersMax) return InputInvalid("members are numbered 1 .. 16");
  return absl::OkStatus();
}

// Everything that follows from cek and the notice, derived once.
class KeySchedule {
 public:
  KeySchedule(const OpenKey& key, int k)
      : cek_(key.cek), notice_hash_(key.notice_hash), prk_(crypto::HkdfExtract("SB1", key.cek)) {
    for (int j = 1; j < k; ++j) coefficients_.push_back(Expand(absl::StrCat("SB1 coef", U8(j))));
  }

  std::string PayloadKey() const { return Expand("SB1 pay"); }
  std::string KeyCommit() const { return Expand("SB1 commit"); }
  std::string EphemeralSeed(int i) const { return Expand(absl::StrCat("SB1 eph", U8(i))); }
  std::string Share(int i) const {
    return EvaluateShare(cek_, coefficients_, static_cast<uint8_t>(i));
  }

 private:
  std::string Expand(string_view label) const {
    return crypto::HkdfExpand(prk_, absl::StrCat(label, notice_hash_), 32);
  }

  const std::string cek_;
  const std::string notice_hash_;
  const std::string prk_;
  std::vector<std::string> coefficients_;
};

std::string ShareCommit(string_view notice_hash, int i, string_view share) {
  return crypto::Sha256(absl::StrCat("SB1 share", notice_hash, U8(i), share));
}

std::string WrapInfo(string_view notice_hash, int i) {
  return absl::StrCat("SB1 wrap", notice_hash, U8(i));
}

std::string ProofContext(const SealBinding& binding, int i) {
  return absl::StrCat("SB1 proof", binding.notice_hash, U8(i), binding.dealer_cert_sha256);
}

Wrapped MakeWrapped(const KeySchedule& schedule, const SealBinding& binding, int i,
                    const crypto::P256PublicKey& member) {
  const std::string share = schedule.Share(i);
  const auto ephemeral = crypto::P256PrivateKey::Derive(schedule.EphemeralSeed(i));
  const std::string info = WrapInfo(binding.notice_hash, i);
  Wrapped out;
  out.i = i;
  out.commit = ShareCommit(binding.notice_hash, i, share);
  out.wrap = crypto::HpkeSeal(crypto::HpkeSealTo{ephemeral, member},
                              {info, binding.dealer_cert_sha256}, share);
  out.proof = crypto::SchnorrProve(ephemeral, ProofContext(binding, i));
  return out;
}

string_view EncOf(const Wrapped& wrapped) {
  return string_view(wrapped.wrap).substr(0, crypto::kP256PointBytes);
}

bool Malformed(const Wrapped& wrapped) {
  return wrapped.wrap.size() != kWrapBytes || wrapped.commit.size() != kDigestBytes ||
         wrapped.proof.size() != kProofBytes || !crypto::CheckP256Point(EncOf(wrapped)).ok();
}

// Faults of a wrap that show without any key.
bool OpenlyBad(const SealBinding& binding, const Wrapped& wrapped) {
  return Malformed(wrapped) ||
         !crypto::SchnorrVerify({EncOf(wrapped), ProofContext(binding, wrapped.i)}, wrapped.proof)
              .ok();
}

// What a member and a verifier conclude alike from what came out of the HPKE.
absl::StatusOr<std::string> ShareFrom(const absl::StatusOr<std::string>& opened,
                                      string_view notice_hash, const Wrapped& wrapped) {
  if (!opened.ok()) {
    return AboutMember(kErrors["WRAP_UNREADABLE"], wrapped.i,
                       "the wrap does not open to its member");
  }
  RETURN_IF_ERROR(CheckShare(notice_hash, wrapped, *opened));
  return *opened;
}

std::string BadWrapContext(const SealBinding& binding, const Wrapped& wrapped) {
  return absl::StrCat("SB1 bad wrap", binding.notice_hash, U8(wrapped.i),
                      binding.dealer_cert_sha256, wrapped.commit, wrapped.wrap);
}

std::string ChunkNonce(size_t counter, bool last) {
  std::string nonce(7, '\0');
  AppendU32Be(nonce, static_cast<uint32_t>(counter));
  nonce.push_back(last ? 1 : 0);
  return nonce;
}

}  // namespace

absl::StatusOr<CommitteeKeys> CommitteeKeys::Create(const Committee& committee, size_t seals) {
  const int n = static_cast<int>(committee.members.size());
  if (committee.notice_hash.size() != kDigestBytes) {
    return CommitteeInvalid("the notice hash has 32 bytes");
  }
  if (n < 1 || n > kMembersMax || committee.k < 1 || committee.k > n) {
    return CommitteeInvalid("a committee has 1 <= k <= n <= 16");
  }
  CommitteeKeys out;
  out.notice_hash_ = committee.notice_hash;
  out.k_ = committee.k;
  std::set<string_view> seen;
  for (int at = 0; at < n; ++at) {
    const Member& member = committee.members[at];
    if (member.i != at + 1) return CommitteeInvalid("members are numbered 1 .. n in order");
    if (!seen.insert(member.spki_der).second) return CommitteeInvalid("two members share a key");
    const auto point = crypto::P256PointFromSpki(member.spki_der);
    if (!point.ok()) return CommitteeInvalid("a member's key is not a named-curve P-256 key");
    ASSIGN_OR_RETURN(crypto::P256PublicKey key, crypto::P256PublicKey::FromPoint(*point));
    out.keys_.push_back(seals < kSealsForTable ? std::move(key) : key.WithTable());
  }
  return out;
}

absl::StatusOr<std::string> EncodePayload(const Payload& payload) {
  if (payload.document.empty() || payload.signature.empty()) {
    return InputInvalid("a payload has a document and its signature");
  }
  constexpr size_t kRoom = kPayloadBytesMax - kPayloadFrameBytes;
  if (payload.document.size() > kRoom ||
      payload.signature.size() > kRoom - payload.document.size()) {
    return InputInvalid("the payload is too long");
  }
  std::string out(kPayloadMagic);
  AppendU32Be(out, static_cast<uint32_t>(payload.document.size()));
  out += payload.document;
  AppendU32Be(out, static_cast<uint32_t>(payload.signature.size()));
  out += payload.signature;
  out.resize((out.size() + kPayloadBucketBytes - 1) / kPayloadBucketBytes * kPayloadBucketBytes);
  return out;
}

absl::StatusOr<Payload> DecodePayload(string_view payload) {
  if (payload.empty() || payload.size() % kPayloadBucketBytes != 0 ||
      payload.size() > kPayloadBytesMax) {
    return PayloadMalformed("the payload does not fill its buckets");
  }
  string_view rest = payload;
  if (rest.substr(0, kPayloadMagic.size()) != kPayloadMagic) {
    return PayloadMalformed("the payload does not begin with SB1P");
  }
  rest.remove_prefix(kPayloadMagic.size());
  Payload out;
  for (std::string* part : {&out.document, &out.signature}) {
    if (rest.size() < 4) return PayloadMalformed("a length is cut off");
    const uint32_t size = ReadU32Be(rest);
    rest.remove_prefix(4);
    if (size == 0 || size > rest.size()) return PayloadMalformed("a length is out of range");
    part->assign(rest.data(), size);
    rest.remove_prefix(size);
  }
  if (rest.size() >= kPayloadBucketBytes ||
      !std::all_of(rest.begin(), rest.end(), [](char c) { return c == '\0'; })) {
    return PayloadMalformed("the padding is not zero bytes up to the next bucket");
  }
  return out;
}

absl::StatusOr<Sealed> Seal(const Committee& committee, string_view dealer_cert_sha256,
                            string_view payload, string_view cek) {
  ASSIGN_OR_RETURN(const CommitteeKeys keys, CommitteeKeys::Create(committee));
  return Seal(keys, dealer_cert_sha256, payload, cek);
}

absl::StatusOr<Sealed> Seal(const CommitteeKeys& committee, string_view dealer_cert_sha256,
                            string_view payload, string_view cek) {
  const SealBinding binding{committee.notice_hash(), dealer_cert_sha256};
  RETURN_IF_ERROR(CheckBinding(binding));
  if (cek.size() != kCekBytes) return InputInvalid("a content key has 32 bytes");
  if (payload.empty() || payload.size() % kPayloadBucketBytes != 0 ||
      payload.size() > kPayloadBytesMax) {
    return InputInvalid("the payload is not one of EncodePayload");
  }

  const KeySchedule schedule({committee.notice_hash(), cek}, committee.k());
  Sealed out;
  out.key_commit = schedule.KeyCommit();
  for (const crypto::P256PublicKey& key : committee.keys()) {
    const int i = static_cast<int>(out.shares.size()) + 1;
    out.shares.push_back(MakeWrapped(schedule, binding, i, key));
  }

  const std::string pay = schedule.PayloadKey();
  const std::string aad = absl::StrCat("SB1C", committee.notice_hash());
  for (size_t counter = 0; counter * kChunkBytes < payload.size(); ++counter) {
    const string_view chunk = payload.substr(counter * kChunkBytes, kChunkBytes);
    const bool last = (counter + 1) * kChunkBytes >= payload.size();
    ASSIGN_OR_RETURN(const std::string sealed,
                     crypto::AesGcmSeal({pay, ChunkNonce(counter, last), aad}, chunk));
    out.ciphertext += sealed;
  }
  out.ciphertext_sha256 = crypto::Sha256(out.ciphertext);
  return out;
}

absl::StatusOr<std::string> UnwrapShare(const SealBinding& binding,
                                        const crypto::P256PrivateKey& key, const Wrapped& wrapped) {
  RETURN_IF_ERROR(CheckBinding(binding));
  RETURN_IF_ERROR(CheckMemberNumber(wrapped.i));
  const std::string info = WrapInfo(binding.notice_hash, wrapped.i);
  // First of all: a share of a wrap without a valid proof is never released, so that its members
  // report it bad whether or not it would open.
  if (OpenlyBad(binding, wrapped)) {
    return AboutMember(kErrors["WRAP_UNREADABLE"], wrapped.i,
                       "a size, the point or the proof of the ephemeral key is wrong");
  }
  return ShareFrom(crypto::HpkeOpen(key, {info, binding.dealer_cert_sha256}, wrapped.wrap),
                   binding.notice_hash, wrapped);
}

absl::StatusOr<std::string> ProveBadWrap(const SealBinding& binding,
                                         const crypto::P256PrivateKey& key, const Wrapped& wrapped,
                                         crypto::Random& random) {
  const auto share = UnwrapShare(binding, key, wrapped);
  if (share.ok()) {
    return AboutMember(kErrors["WRAP_OPENS"], wrapped.i,
                       "the wrap is good: there is nothing to prove");
  }
  if (absl::IsInvalidArgument(share.status())) return share.status();
  if (OpenlyBad(binding, wrapped)) return std::string();
  ASSIGN_OR_RETURN(
      const crypto::DleqProof proof,
      crypto::DleqProve(key, EncOf(wrapped), BadWrapContext(binding, wrapped), random));
  return crypto::EncodeDleqProof(proof);
}

absl::Status VerifyBadWrap(const SealBinding& binding, const Member& member, const Wrapped& wrapped,
                           string_view proof) {
  RETURN_IF_ERROR(CheckBinding(binding));
  RETURN_IF_ERROR(CheckMemberNumber(wrapped.i));
  if (member.i != wrapped.i) return InputInvalid("the wrap is another member's");
  const auto point = crypto::P256PointFromSpki(member.spki_der);
  if (!point.ok()) return CommitteeInvalid("a member's key is not a named-curve P-256 key");
  if (OpenlyBad(binding, wrapped)) {
    if (proof.empty()) return absl::OkStatus();
    return AboutMember(kErrors["PROOF_INVALID"], wrapped.i,
                       "the fault shows without the shared point, which must not be published");
  }

  const string_view enc = EncOf(wrapped);
  const std::string context = BadWrapContext(binding, wrapped);
  const auto decoded = crypto::DecodeDleqProof(proof);
  if (!decoded.ok() || !crypto::DleqVerify({*point, enc, context}, *decoded).ok()) {
    return AboutMember(kErrors["PROOF_INVALID"], wrapped.i,
                       "the accusation carries no valid proof of the shared point");
  }
  const std::string dh = crypto::P256X(decoded->z_point);
  const std::string info = WrapInfo(binding.notice_hash, wrapped.i);
  const auto opened =
      crypto::HpkeOpenWithDh({*point, dh}, {info, binding.dealer_cert_sha256}, wrapped.wrap);
  if (ShareFrom(opened, binding.notice_hash, wrapped).ok()) {
    return AboutMember(kErrors["WRAP_OPENS"], wrapped.i,
                       "the wrap opens to a share that matches its commitment");
  }
  return absl::OkStatus();
}

absl::Status CheckShare(string_view notice_hash, const Wrapped& wrapped, string_view share) {
  if (notice_hash.size() != kDigestBytes) return InputInvalid("the notice hash has 32 bytes");
  RETURN_IF_ERROR(CheckMemberNumber(wrapped.i));
  if (share.size() != kShareBytes ||
      !crypto::ConstantTimeEqual(ShareCommit(notice_hash, wrapped.i, share), wrapped.commit)) {
    return AboutMember(kErrors["SHARE_COMMIT_MISMATCH"], wrapped.i,
                       "the share does not match its commitment");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Combine(int k, const std::vector<MemberShare>& shares) {
  const auto invalid = [](string_view why) { return MakeError(kErrors["SHARES_INVALID"], why); };
  if (k < 1 || static_cast<size_t>(k) > shares.size()) return invalid("there are too few shares");
  std::vector<SharePoint> points;
  for (int at = 0; at < k; ++at) {
    const MemberShare& share = shares[at];
    if (!CheckMemberNumber(share.i).ok() || share.share.size() != kShareBytes) {
      return invalid("a share has a wrong number or size");
    }
    points.push_back({static_cast<uint8_t>(share.i), share.share});
  }
  return InterpolateAtZero(points);
}

absl::Status CheckSeal(const Committee& committee, string_view dealer_cert_sha256, string_view cek,
                       const Sealed& sealed) {
  ASSIGN_OR_RETURN(const CommitteeKeys keys, CommitteeKeys::Create(committee));
  return CheckSeal(keys, dealer_cert_sha256, cek, sealed);
}

absl::Status CheckSeal(const CommitteeKeys& committee, string_view dealer_cert_sha256,
                       string_view cek, const Sealed& sealed) {
  const SealBinding binding{committee.notice_hash(), dealer_cert_sha256};
  RETURN_IF_ERROR(CheckBinding(binding));
  if (cek.size() != kCekBytes) return InputInvalid("a content key has 32 bytes");

  const KeySchedule schedule({committee.notice_hash(), cek}, committee.k());
  if (!crypto::ConstantTimeEqual(schedule.KeyCommit(), sealed.key_commit)) {
    return MakeError(kErrors["KEY_COMMIT_MISMATCH"], "the key is not the one the seal commits to");
  }
  for (size_t at = 0; at < std::max(committee.keys().size(), sealed.shares.size()); ++at) {
    const int i = static_cast<int>(at) + 1;
    if (at >= committee.keys().size() || at >= sealed.shares.size() || sealed.shares[at].i != i) {
      return AboutMember(kErrors["SHARES_INCONSISTENT"], i,
                         "the shares are not numbered as the members");
    }
    const Wrapped expected = MakeWrapped(schedule, binding, i, committee.keys()[at]);
    if (!crypto::ConstantTimeEqual(expected.commit, sealed.shares[at].commit)) {
      return AboutMember(kErrors["SHARES_INCONSISTENT"], i,
                         "the commitment is not to this member's share of the key");
    }
    if (!crypto::ConstantTimeEqual(expected.wrap, sealed.shares[at].wrap)) {
      return AboutMember(kErrors["WRAP_MISMATCH"], i,
                         "the wrap is not the one that follows from the key");
    }
    if (!crypto::ConstantTimeEqual(expected.proof, sealed.shares[at].proof)) {
      return AboutMember(kErrors["PROOF_MISMATCH"], i,
                         "the proof is not the one that follows from the key");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Decrypt(const OpenKey& key, string_view ciphertext) {
  if (key.notice_hash.size() != kDigestBytes || key.cek.size() != kCekBytes) {
    return InputInvalid("notice hash and content key have 32 bytes each");
  }
  const size_t chunks = (ciphertext.size() + kSealedChunkBytes - 1) / kSealedChunkBytes;
  const size_t tags = chunks * crypto::kAeadTagBytes;
  // The last chunk holds something: one tag more on a full chunk is not another form of the text.
  if (ciphertext.empty() ||
      ciphertext.size() <= (chunks - 1) * kSealedChunkBytes + crypto::kAeadTagBytes ||
      (ciphertext.size() - tags) % kPayloadBucketBytes != 0 ||
      ciphertext.size() - tags > kPayloadBytesMax) {
    return MakeError(kErrors["CIPHERTEXT_MALFORMED"],
                     "the ciphertext has a size that no payload gives");
  }
  const std::string pay = KeySchedule(key, 1).PayloadKey();
  const std::string aad = absl::StrCat("SB1C", key.notice_hash);
  std::string out;
  out.reserve(ciphertext.size() - tags);
  for (size_t counter = 0; counter < chunks; ++counter) {
    const auto chunk =
        crypto::AesGcmOpen({pay, ChunkNonce(counter, counter + 1 == chunks), aad},
                           ciphertext.substr(counter * kSealedChunkBytes, kSealedChunkBytes));
    if (!chunk.ok()) {
      return MakeError(kErrors["CIPHERTEXT_AUTH"],
                       "the ciphertext does not authenticate under this key and notice");
    }
    out += *chunk;
  }
  return out;
}

}  // namespace jodal::sealing
