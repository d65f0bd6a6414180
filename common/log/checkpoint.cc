#include "common/log/checkpoint.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/bytes.h"
#include "common/log/errors.h"
#include "common/log/note.h"
#include "common/status/macros.h"

namespace jodal::log {
namespace {

absl::Status Malformed(absl::string_view why) {
  return MakeError(kErrors["CHECKPOINT_MALFORMED"], absl::StrCat("not a checkpoint: ", why));
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", Base64Encode(checkpoint.root),
                      "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() != 4 || !lines[3].empty()) return Malformed("not three lines");
  Checkpoint out;
  out.origin = std::string(lines[0]);
  if (out.origin.empty()) return Malformed("no origin");
  const auto root = Base64Decode(lines[2]);
  if (!root.ok() || root->size() != crypto::kHashBytes)
    return Malformed("the root is not 32 bytes");
  out.root = *root;
  // The text form must be the only one, or two texts would stand for one head.
  if (!absl::SimpleAtoi(lines[1], &out.size) || absl::StrCat(out.size) != lines[1]) {
    return Malformed("the size is not a decimal number");
  }
  return out;
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           const crypto::Ed25519PrivateKey& key) {
  return SignNote(FormatCheckpoint(checkpoint), checkpoint.origin, key);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const LogIdentity& log) {
  const auto parsed = ParseNote(note);
  if (!parsed.ok()) return Malformed(parsed.status().message());
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(parsed->text));
  if (checkpoint.origin != log.origin) {
    return MakeError(kErrors["ORIGIN_MISMATCH"], "the checkpoint is of another log",
                     {{"expected", log.origin}, {"found", checkpoint.origin}});
  }
  const absl::Status verified = VerifyNote(*parsed, {log.origin, log.public_key});
  if (!verified.ok()) {
    return MakeError(kErrors["CHECKPOINT_SIGNATURE"], verified.message(), {{"origin", log.origin}});
  }
  return checkpoint;
}

}  // namespace jodal::log
