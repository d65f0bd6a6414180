#include "common/log/note.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/bytes.h"
#include "common/crypto/random.h"
#include "common/log/checkpoint.h"
#include "common/status/error.h"

namespace jodal::log {
namespace {

crypto::Ed25519PrivateKey Key(char seed) {
  return crypto::Ed25519PrivateKey::FromSeed(std::string(32, seed)).value();
}

// The example of golang.org/x/mod/sumdb/note.
constexpr char kPeterKey[] = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";  // type and key
constexpr char kPeterNote[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(NoteTest, VerifiesANoteMadeElsewhere) {
  const NoteVerifierKey key = {"PeterNeumann", Base64Decode(kPeterKey)->substr(1)};
  const auto note = ParseNote(kPeterNote);
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_TRUE(VerifyNote(*note, key).ok());

  const auto changed =
      ParseNote(absl::StrReplaceAll(kPeterNote, {{"your problem,", "my problem,"}}));
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(ErrorReason(VerifyNote(*changed, key)), "NOTE_SIGNATURE");
  EXPECT_EQ(ErrorReason(VerifyNote(*note, {"someone.else", key.public_key})), "NOTE_UNSIGNED");
}

TEST(NoteTest, SignsBesideOthers) {
  const auto log_key = Key('a');
  const auto other_key = Key('b');
  const std::string note = SignNote("text\n", "log.example", log_key).value();
  const std::string other = SignNote("text\n", "other.example", other_key).value();
  const auto both = ParseNote(note + other.substr(other.find("\n\n") + 2));
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->text, "text\n");
  EXPECT_EQ(both->signatures.size(), 2u);
  EXPECT_TRUE(VerifyNote(*both, {"log.example", log_key.public_key()}).ok());
  EXPECT_TRUE(VerifyNote(*both, {"other.example", other_key.public_key()}).ok());
  EXPECT_EQ(ErrorReason(VerifyNote(*both, {"log.example", other_key.public_key()})),
            "NOTE_UNSIGNED");
}

TEST(NoteTest, OneBadLineByAKnownKeySpoilsTheNote) {
  const auto key = Key('a');
  const std::string good = SignNote("text\n", "log.example", key).value();
  const std::string other = SignNote("other\n", "log.example", key).value();
  const auto mixed = ParseNote(good + other.substr(other.find("\n\n") + 2));
  ASSERT_TRUE(mixed.ok()) << mixed.status();
  EXPECT_EQ(ErrorReason(VerifyNote(*mixed, {"log.example", key.public_key()})), "NOTE_SIGNATURE");
}

TEST(NoteTest, RefusesMalformedNotes) {
  const std::string note = SignNote("text\n", "log.example", Key('a')).value();
  ASSERT_TRUE(ParseNote(note).ok());
  const std::string line = note.substr(note.find("\n\n") + 2);
  std::string many = note;
  for (size_t i = 0; i < kNoteSignaturesMax; ++i) many += line;
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"empty", ""},
      {"no signature", "text\n\n"},
      {"no blank line", "text\n" + line},
      {"last line not ended", note.substr(0, note.size() - 1)},
      {"carriage return", absl::StrReplaceAll(note, {{"text\n", "text\r\n"}})},
      {"nul", absl::StrCat(absl::string_view("a\0b", 3), note)},
      {"bad utf-8", "\xc3\x28" + note},
      {"overlong utf-8", "\xc0\xaf" + note},
      {"surrogate", "\xed\xa0\x80" + note},
      {"hyphen for dash", absl::StrReplaceAll(note, {{"\xe2\x80\x94", "-"}})},
      {"two spaces", absl::StrReplaceAll(note, {{"log.example ", "log.example  "}})},
      {"plus in the name", absl::StrReplaceAll(note, {{"log.example", "log+example"}})},
      {"wide space in the name", absl::StrReplaceAll(note, {{"log.", "log\xe3\x80\x80."}})},
      {"no base64", "text\n\n\xe2\x80\x94 log.example !!!!\n"},
      {"key id only", "text\n\n\xe2\x80\x94 log.example AAAAAA==\n"},
      {"text after the signatures", note + "more\n"},
      {"too many signatures", many},
      {"too long", std::string(kNoteBytesMax, 'a') + note},
  };
  for (const auto& [name, bytes] : cases) {
    EXPECT_EQ(ErrorReason(ParseNote(bytes).status()), "NOTE_MALFORMED") << name;
  }
  EXPECT_FALSE(SignNote("no newline", "log.example", Key('a')).ok());
  EXPECT_FALSE(SignNote("text\n", "log example", Key('a')).ok());
}

TEST(CheckpointTest, RoundTrips) {
  const auto key = Key('a');
  const Checkpoint checkpoint{"log.example/tender", 18446744073709551615u, std::string(32, 'r')};
  const auto note = SignCheckpoint(checkpoint, key);
  ASSERT_TRUE(note.ok()) << note.status();
  const auto opened = OpenCheckpoint(*note, {"log.example/tender", key.public_key()});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->size, checkpoint.size);
  EXPECT_EQ(opened->root, checkpoint.root);
  EXPECT_EQ(ErrorReason(OpenCheckpoint(*note, {"log.example/bid", key.public_key()}).status()),
            "ORIGIN_MISMATCH");
  EXPECT_EQ(
      ErrorReason(OpenCheckpoint(*note, {"log.example/tender", Key('b').public_key()}).status()),
      "CHECKPOINT_SIGNATURE");
  EXPECT_EQ(ErrorReason(OpenCheckpoint("x", {"x", key.public_key()}).status()),
            "CHECKPOINT_MALFORMED");
}

TEST(CheckpointTest, RefusesMalformedText) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  ASSERT_TRUE(ParseCheckpoint("o\n5\n" + root + "\n").ok());
  for (const std::string& text :
       {"o\n5\n" + root, "\n5\n" + root + "\n", "o\n05\n" + root + "\n", "o\n+5\n" + root + "\n",
        "o\n-5\n" + root + "\n", "o\n 5\n" + root + "\n", "o\n18446744073709551616\n" + root + "\n",
        "o\n5\n" + root + "\nextension\n", std::string("o\n5\nAAAA\n"), "o\n5\n" + root + "=\n",
        std::string("")}) {
    EXPECT_EQ(ErrorReason(ParseCheckpoint(text).status()), "CHECKPOINT_MALFORMED") << text;
  }
}

}  // namespace
}  // namespace jodal::log
