#include "common/log/receipt.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/merkle.h"
#include "common/log/errors.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::log {
namespace {

constexpr absl::string_view kMagic = "c2sp.org/tlog-proof@v1";
constexpr absl::string_view kExtra = "extra ";
constexpr absl::string_view kIndex = "index ";
constexpr size_t kPathMax = 63;  // log2 of the greatest tree

absl::Status Malformed(absl::string_view why) {
  return MakeError(kErrors["RECEIPT_MALFORMED"], absl::StrCat("not a receipt: ", why));
}

// Takes the first line off `text`; false if none is ended.
bool TakeLine(absl::string_view& text, absl::string_view& line) {
  const size_t end = text.find('\n');
  if (end == absl::string_view::npos) return false;
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

std::string FormatProof(const InclusionProof& proof) {
  std::string out = absl::StrCat(kMagic, "\n", kIndex, proof.index, "\n");
  out.reserve(out.size() + proof.path.size() * 45 + 1 + proof.checkpoint.size());
  for (const std::string& hash : proof.path) absl::StrAppend(&out, Base64Encode(hash), "\n");
  absl::StrAppend(&out, "\n", proof.checkpoint);
  return out;
}

absl::StatusOr<InclusionProof> ParseProof(absl::string_view text) {
  absl::string_view line;
  if (!TakeLine(text, line) || line != kMagic) return Malformed("unknown first line");
  if (!TakeLine(text, line)) return Malformed("no index");
  if (absl::StartsWith(line, kExtra)) {
    if (!Base64Decode(line.substr(kExtra.size())).ok()) return Malformed("extra is not base64");
    if (!TakeLine(text, line)) return Malformed("no index");
  }
  InclusionProof out;
  if (!absl::StartsWith(line, kIndex)) return Malformed("no index");
  line.remove_prefix(kIndex.size());
  if (!absl::SimpleAtoi(line, &out.index) || absl::StrCat(out.index) != line) {
    return Malformed("the index is not a decimal number");
  }
  while (true) {
    if (!TakeLine(text, line)) return Malformed("no checkpoint");
    if (line.empty()) break;
    auto hash = Base64Decode(line);
    if (!hash.ok() || hash->size() != crypto::kHashBytes)
      return Malformed("a hash is not 32 bytes");
    out.path.push_back(*std::move(hash));
    if (out.path.size() > kPathMax) return Malformed("the path is too long");
  }
  out.checkpoint = std::string(text);
  return out;
}

absl::StatusOr<VerifiedReceipt> VerifyReceipt(absl::string_view entry, absl::string_view proof_text,
                                              const LogIdentity& log) {
  ASSIGN_OR_RETURN(const InclusionProof proof, ParseProof(proof_text));
  const auto checkpoint = OpenCheckpoint(proof.checkpoint, log);
  if (!checkpoint.ok()) {
    if (ErrorReason(checkpoint.status()) == "CHECKPOINT_MALFORMED") {
      return Malformed(checkpoint.status().message());
    }
    return checkpoint.status();
  }
  const std::string leaf_hash = crypto::LeafHash(entry);
  const auto root =
      crypto::RootFromInclusion({proof.index, checkpoint->size, leaf_hash}, proof.path);
  if (!root.ok() || *root != checkpoint->root) {
    return MakeError(kErrors["INCLUSION_MISMATCH"], "the entry is not in the log at this index",
                     {{"index", absl::StrCat(proof.index)}});
  }
  return VerifiedReceipt{proof.index, checkpoint->size, checkpoint->root};
}

}  // namespace jodal::log
