#include "procurement/bid/submission.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/aead.h"
#include "common/crypto/ec.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/status/macros.h"
#include "procurement/bid/errors.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

constexpr size_t kSubmissionIdDigits = 32;  // 16 random bytes

std::string DigestOf(absl::string_view seal_sha256, absl::string_view signature_sha256,
                     absl::string_view ciphertext_sha256) {
  return HexEncode(crypto::Sha256(
      absl::StrCat("jodal submission v1", seal_sha256, signature_sha256, ciphertext_sha256)));
}

}  // namespace

absl::Status SealInvalidError(absl::string_view field, absl::string_view why) {
  return MakeError(kBidErrors["SEAL_INVALID"], absl::StrCat("the seal's ", field, ": ", why),
                   {{"field", std::string(field)}});
}

absl::Status CheckCiphertextSize(absl::string_view ciphertext) {
  if (ciphertext.size() > kCiphertextBytesMax || ciphertext.size() <= crypto::kAeadTagBytes ||
      (ciphertext.size() - crypto::kAeadTagBytes) % sealing::kPayloadBucketBytes != 0) {
    return MakeError(
        kBidErrors["CIPHERTEXT_SIZE"],
        absl::StrCat("a sealed bid is one SB1 chunk of at most ", kCiphertextBytesMax, " bytes"),
        {{"bytes", absl::StrCat(ciphertext.size())}, {"limit", absl::StrCat(kCiphertextBytesMax)}});
  }
  return absl::OkStatus();
}

Submitted::Submitted(const document::v1::SignedDocument& seal, absl::string_view ciphertext)
    : seal_sha256(crypto::Sha256(seal.content())),
      signature_sha256(crypto::Sha256(seal.signature())),
      ciphertext_sha256(crypto::Sha256(ciphertext)),
      ciphertext_size(ciphertext.size()) {}

absl::Status CheckSealShape(const document::v1::Seal& seal, const Submitted& submitted) {
  if (seal.format() != "SB1") return SealInvalidError("format", "only SB1 is taken");
  if (!IsLowerHex(seal.submission_id(), kSubmissionIdDigits)) {
    return SealInvalidError("submissionId", "must be 16 random bytes in lower-case hex");
  }
  if (!seal.replaces().empty()) return SealInvalidError("replaces", "is reserved");
  if (seal.key_commit().size() != sealing::kDigestBytes) {
    return SealInvalidError("keyCommit", "must have 32 bytes");
  }
  if (seal.stage() < 1 || seal.stage() > kStagesMax || seal.round() < 1) {
    return SealInvalidError("stage", "stages and rounds are numbered from 1");
  }
  if (!seal.attachments().empty()) {
    return SealInvalidError("attachments", "none are taken yet");
  }
  if (seal.members() < 1 || seal.members() > sealing::kMembersMax || seal.quorum() < 1 ||
      seal.quorum() > seal.members()) {
    return SealInvalidError("quorum", "1 <= quorum <= members <= 16");
  }
  if (seal.shares_size() != seal.members()) {
    return SealInvalidError("shares", "there must be one for each of the members");
  }
  for (int at = 0; at < seal.members(); ++at) {
    const auto& share = seal.shares(at);
    if (share.member() != at + 1) {
      return SealInvalidError("shares", "must be numbered 1, 2, ... in order");
    }
    if (share.commit().size() != sealing::kDigestBytes ||
        share.wrap().size() != sealing::kWrapBytes ||
        share.proof().size() != sealing::kProofBytes ||
        !crypto::CheckP256Point(absl::string_view(share.wrap()).substr(0, crypto::kP256PointBytes))
             .ok()) {
      return SealInvalidError("shares",
                              "a wrap, commitment or proof has a wrong size, or no P-256 point");
    }
  }
  if (seal.ciphertext_size() != static_cast<int64_t>(submitted.ciphertext_size) ||
      seal.ciphertext_sha256() != HexEncode(submitted.ciphertext_sha256)) {
    return MakeError(kBidErrors["CIPHERTEXT_MISMATCH"],
                     "the sealed bytes are not those that the seal was signed for");
  }
  return absl::OkStatus();
}

std::string SubmissionDigest(const Submitted& submitted) {
  return DigestOf(submitted.seal_sha256, submitted.signature_sha256, submitted.ciphertext_sha256);
}

std::string SubmissionDigest(const document::v1::SignedDocument& seal,
                             absl::string_view ciphertext_sha256) {
  return DigestOf(crypto::Sha256(seal.content()), crypto::Sha256(seal.signature()),
                  ciphertext_sha256);
}

absl::StatusOr<std::string> BoxRoot(const std::vector<std::string>& submission_digests) {
  crypto::Frontier tree;
  for (const std::string& digest : submission_digests) {
    ASSIGN_OR_RETURN(const std::string bytes, HexDecode(digest));
    tree.Append(crypto::LeafHash(bytes));
  }
  return HexEncode(tree.Root());
}

sealing::Wrapped ToWrapped(const document::v1::SealedShare& share) {
  return {share.member(), share.wrap(), share.commit(), share.proof()};
}

absl::StatusOr<sealing::Sealed> ToSealed(const document::v1::Seal& seal) {
  sealing::Sealed out;
  auto digest = HexDecode(seal.ciphertext_sha256());
  if (!digest.ok()) {
    return MakeError(kBidErrors["SEAL_MALFORMED"], "ciphertextSha256 is not hex");
  }
  out.ciphertext_sha256 = *std::move(digest);
  out.key_commit = seal.key_commit();
  for (const auto& share : seal.shares()) out.shares.push_back(ToWrapped(share));
  return out;
}

}  // namespace jodal::procurement
