// A log's signed head (c2sp.org/tlog-checkpoint): origin, size and root, as a signed note whose key
// name is the origin. Exactly three lines; extension lines are refused. Thread-safe: pure
// functions.
#ifndef JODAL_COMMON_LOG_CHECKPOINT_H_
#define JODAL_COMMON_LOG_CHECKPOINT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/merkle.h"

namespace jodal::log {

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  std::string root;  // 32 bytes
};

// The text that is signed: "<origin>\n<decimal size>\n<base64 root>\n".
std::string FormatCheckpoint(const Checkpoint& checkpoint);
// INVALID_ARGUMENT CHECKPOINT_MALFORMED.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text);

// The note. INVALID_ARGUMENT NOTE_MALFORMED if the origin is no key name.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           const crypto::Ed25519PrivateKey& key);

// A log that a verifier knows: its name and key.
struct LogIdentity {
  std::string origin;
  std::string public_key;  // Ed25519, 32 bytes
};
// Parses and verifies. INVALID_ARGUMENT CHECKPOINT_MALFORMED; FAILED_PRECONDITION ORIGIN_MISMATCH
// (another log), CHECKPOINT_SIGNATURE (not signed by the log's key).
absl::StatusOr<Checkpoint> OpenCheckpoint(absl::string_view note, const LogIdentity& log);

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_CHECKPOINT_H_
