// A submission as bytes: its shape, its digest, and the root of a box of them. Pure and
// thread-safe. Format: docs/formats.md.
#ifndef JODAL_PROCUREMENT_BID_SUBMISSION_H_
#define JODAL_PROCUREMENT_BID_SUBMISSION_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sealing/sb1.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/document/v1/signed.pb.h"

namespace jodal::procurement {

// SHA-256 of the three parts of a submission, 32 bytes each: taken once, used by every check.
struct Submitted {
  Submitted(const document::v1::SignedDocument& seal, absl::string_view ciphertext);

  std::string seal_sha256;
  std::string signature_sha256;
  std::string ciphertext_sha256;
  size_t ciphertext_size;
};

// What a seal shows by itself: format SB1, a submission id of 32 hex digits, nothing reserved used,
// 1 <= quorum <= members <= 16 and one share for each member in order, sizes, every wrap beginning
// with a point of P-256, no attachments; and that `ciphertext` is the one that it was signed for.
// INVALID_ARGUMENT SEAL_INVALID with metadata "field", CIPHERTEXT_MISMATCH.
absl::Status CheckSealShape(const document::v1::Seal& seal, const Submitted& submitted);
// SEAL_INVALID, for the checks of a seal that need more than the seal.
absl::Status SealInvalidError(absl::string_view field, absl::string_view why);

// INVALID_ARGUMENT CIPHERTEXT_SIZE unless of a size that one SB1 chunk has: a multiple of the
// bucket and a tag.
absl::Status CheckCiphertextSize(absl::string_view ciphertext);

// SHA-256("jodal submission v1" ‖ SHA-256(seal.json) ‖ SHA-256(seal.p7s) ‖ SHA-256(ciphertext)),
// hex.
std::string SubmissionDigest(const Submitted& submitted);
// The same where the ciphertext is not at hand: `ciphertext_sha256` has 32 bytes.
std::string SubmissionDigest(const document::v1::SignedDocument& seal,
                             absl::string_view ciphertext_sha256);

// RFC 6962 tree over the 32 bytes of each digest, in the order given, hex. INVALID_ARGUMENT if one
// is not hex.
absl::StatusOr<std::string> BoxRoot(const std::vector<std::string>& submission_digests);

// A seal in the terms of common/sealing, without the ciphertext. INVALID_ARGUMENT SEAL_MALFORMED if
// a digest in it is not hex.
absl::StatusOr<sealing::Sealed> ToSealed(const document::v1::Seal& seal);
sealing::Wrapped ToWrapped(const document::v1::SealedShare& share);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_BID_SUBMISSION_H_
