// Signed notes (c2sp.org/signed-note): a text, a blank line, one signature line per signer.
//
//   <text, ends in a newline>
//   <blank line>
//   — <key name> base64(key id ‖ signature)
//
// Key id: first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ Ed25519 public key). Type 0x01 signs the
// text; type 0x04 (c2sp.org/tlog-cosignature) signs "cosignature/v1\ntime <unix s>\n" ‖ text, its
// signature being u64be time ‖ 64 bytes. Parsing is strict: UTF-8, no control characters but the
// newline, canonical base64, at most kNoteBytesMax and kNoteSignaturesMax. Thread-safe: pure
// functions.
#ifndef JODAL_COMMON_LOG_NOTE_H_
#define JODAL_COMMON_LOG_NOTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ed25519.h"

namespace jodal::log {

inline constexpr size_t kNoteBytesMax = 64 * 1024;
inline constexpr size_t kNoteSignaturesMax = 64;

enum class NoteKeyType : uint8_t { kEd25519 = 0x01, kCosignature = 0x04 };

// Who signs: everything a verifier must know in advance.
struct NoteVerifierKey {
  std::string name;        // not empty, no white space, no '+'
  std::string public_key;  // Ed25519, 32 bytes
  NoteKeyType type = NoteKeyType::kEd25519;
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
std::string NoteKeyId(const NoteVerifierKey& key);  // 4 bytes

// "<name>+<hex key id>+<base64(type ‖ public key)>", the form in which keys are handed around.
// INVALID_ARGUMENT KEY_MALFORMED.
std::string FormatVerifierKey(const NoteVerifierKey& key);
absl::StatusOr<NoteVerifierKey> ParseVerifierKey(absl::string_view text);

// INVALID_ARGUMENT NOTE_MALFORMED.
absl::StatusOr<Note> ParseNote(absl::string_view note);

// `text` must end in a newline and `name` be a key name (both are the caller's own: CHECKed by
// INVALID_ARGUMENT NOTE_MALFORMED). Returns the whole note.
absl::StatusOr<std::string> SignNote(absl::string_view text, absl::string_view name,
                                     const crypto::Ed25519PrivateKey& key);
// One more line for a note: a cosignature of its text, made at `unix_seconds`.
absl::StatusOr<std::string> CosignNote(absl::string_view note, absl::string_view name,
                                       int64_t unix_seconds, const crypto::Ed25519PrivateKey& key);

// OK iff `key` signed the note, and every line that claims to be by it verifies.
// FAILED_PRECONDITION NOTE_UNSIGNED (no line by the key) or NOTE_SIGNATURE (a line does not
// verify).
absl::Status VerifyNote(const Note& note, const NoteVerifierKey& key);
// For a cosignature that verified: when it was made, unix seconds. Errors as VerifyNote.
absl::StatusOr<int64_t> CosignatureTime(const Note& note, const NoteVerifierKey& key);

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_NOTE_H_
