#include "common/log/note.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/log/errors.h"

namespace jodal::log {
namespace {

constexpr absl::string_view kDash = "\xe2\x80\x94 ";
constexpr size_t kKeyIdBytes = 4;

absl::Status Malformed(absl::string_view why) {
  return MakeError(kErrors["NOTE_MALFORMED"], absl::StrCat("not a signed note: ", why));
}

// One well-formed UTF-8 sequence at the front of `s`: its code point and length, length 0 if none.
struct Rune {
  uint32_t code = 0;
  size_t size = 0;
};
Rune FirstRune(absl::string_view s) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
  if (s.empty()) return {};
  if (byte(0) < 0x80) return {byte(0), 1};
  size_t size = 0;
  uint32_t code = 0;
  uint32_t least = 0;
  if ((byte(0) & 0xe0) == 0xc0) {
    size = 2, code = byte(0) & 0x1f, least = 0x80;
  } else if ((byte(0) & 0xf0) == 0xe0) {
    size = 3, code = byte(0) & 0x0f, least = 0x800;
  } else if ((byte(0) & 0xf8) == 0xf0) {
    size = 4, code = byte(0) & 0x07, least = 0x10000;
  } else {
    return {};
  }
  if (s.size() < size) return {};
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3f);
  }
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, size};
}

bool IsSpace(uint32_t code) {
  return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

bool IsNoteText(absl::string_view s) {
  while (!s.empty()) {
    const Rune rune = FirstRune(s);
    if (rune.size == 0 || (rune.code < 0x20 && rune.code != '\n')) return false;
    s.remove_prefix(rune.size);
  }
  return true;
}

std::string KeyIdOf(absl::string_view name, absl::string_view public_key) {
  constexpr char kEd25519 = 0x01;
  return crypto::Sha256(absl::StrCat(name, "\n", absl::string_view(&kEd25519, 1), public_key))
      .substr(0, kKeyIdBytes);
}

}  // namespace

bool IsNoteKeyName(absl::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const Rune rune = FirstRune(name);
    if (rune.size == 0 || rune.code < 0x20 || rune.code == '+' || IsSpace(rune.code)) return false;
    name.remove_prefix(rune.size);
  }
  return true;
}

absl::StatusOr<Note> ParseNote(absl::string_view note) {
  if (note.size() > kNoteBytesMax) return Malformed("too long");
  if (!IsNoteText(note)) return Malformed("control characters or bad UTF-8");
  const size_t split = note.rfind("\n\n");
  if (split == absl::string_view::npos) return Malformed("no blank line before the signatures");
  Note out;
  out.text = std::string(note.substr(0, split + 1));
  absl::string_view lines = note.substr(split + 2);
  if (lines.empty()) return Malformed("no signature");
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    if (end == absl::string_view::npos) return Malformed("the last line is not ended");
    absl::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    if (!absl::StartsWith(line, kDash)) return Malformed("a signature line has no dash");
    line.remove_prefix(kDash.size());
    const size_t space = line.find(' ');
    if (space == absl::string_view::npos) return Malformed("a signature line has no signature");
    NoteSignature signature;
    signature.name = std::string(line.substr(0, space));
    if (!IsNoteKeyName(signature.name)) return Malformed("a key name has a forbidden character");
    const auto bytes = Base64Decode(line.substr(space + 1));
    if (!bytes.ok() || bytes->size() <= kKeyIdBytes) return Malformed("a signature is not base64");
    signature.key_id = bytes->substr(0, kKeyIdBytes);
    signature.signature = bytes->substr(kKeyIdBytes);
    out.signatures.push_back(std::move(signature));
    if (out.signatures.size() > kNoteSignaturesMax) return Malformed("too many signatures");
  }
  return out;
}

absl::StatusOr<std::string> SignNote(absl::string_view text, absl::string_view name,
                                     const crypto::Ed25519PrivateKey& key) {
  if (text.empty() || text.back() != '\n' || !IsNoteText(text)) return Malformed("bad text");
  if (!IsNoteKeyName(name)) return Malformed("bad key name");
  const std::string signature = absl::StrCat(KeyIdOf(name, key.public_key()), key.Sign(text));
  return absl::StrCat(text, "\n", kDash, name, " ", Base64Encode(signature), "\n");
}

absl::Status VerifyNote(const Note& note, const NoteVerifierKey& key) {
  const std::string id = KeyIdOf(key.name, key.public_key);
  bool found = false;
  for (const NoteSignature& line : note.signatures) {
    if (line.name != key.name || line.key_id != id) continue;
    if (!crypto::Ed25519Verify(key.public_key, {note.text, line.signature}).ok()) {
      return MakeError(kErrors["NOTE_SIGNATURE"],
                       absl::StrCat("the signature of ", key.name, " does not verify"));
    }
    found = true;
  }
  if (!found) {
    return MakeError(kErrors["NOTE_UNSIGNED"],
                     absl::StrCat("no signature by the known key of ", key.name));
  }
  return absl::OkStatus();
}

}  // namespace jodal::log
