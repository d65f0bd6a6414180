// Signed notes (c2sp.org/signed-note): a text, a blank line, one signature line per signer.
//
//   <text, ends in a newline>
//   <blank line>
//   — <key name> base64(key id ‖ signature)
//
// Key id: first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ Ed25519 public key). Lines by other keys
// may stand beside. Parsing is strict: UTF-8, no control characters but the newline, canonical
// base64, at most kNoteBytesMax and kNoteSignaturesMax. Thread-safe: pure functions.
#ifndef JODAL_COMMON_LOG_NOTE_H_
#define JODAL_COMMON_LOG_NOTE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ed25519.h"

namespace jodal::log {

inline constexpr size_t kNoteBytesMax = 64 * 1024;
inline constexpr size_t kNoteSignaturesMax = 64;

// The signer of a note: what a verifier must know in advance.
struct NoteVerifierKey {
  std::string name;        // not empty, no white space, no '+'
  std::string public_key;  // Ed25519, 32 bytes
};

struct NoteSignature {
  std::string name;
  std::string key_id;     // 4 bytes
  std::string signature;  // what follows the key id
};

struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;
};

bool IsNoteKeyName(absl::string_view name);

// INVALID_ARGUMENT NOTE_MALFORMED.
absl::StatusOr<Note> ParseNote(absl::string_view note);

// `text` must end in a newline and `name` be a key name (both are the caller's own: CHECKed by
// INVALID_ARGUMENT NOTE_MALFORMED). Returns the whole note.
absl::StatusOr<std::string> SignNote(absl::string_view text, absl::string_view name,
                                     const crypto::Ed25519PrivateKey& key);

// OK iff `key` signed the note, and every line that claims to be by it verifies.
// FAILED_PRECONDITION NOTE_UNSIGNED (no line by the key) or NOTE_SIGNATURE (a line does not
// verify).
absl::Status VerifyNote(const Note& note, const NoteVerifierKey& key);

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_NOTE_H_
