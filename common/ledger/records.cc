#include "common/ledger/records.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/ledger/errors.h"

namespace jodal::ledger {
namespace {

constexpr char kVersion = 1;  // of an answer

std::string NumberedKey(char tag, uint64_t number) {
  std::string key(1, tag);
  AppendU64Be(key, number);
  return key;
}

}  // namespace

std::string ShardPrefix(uint16_t shard) {
  std::string key = "S";
  AppendU16Be(key, shard);
  return key;
}

std::string EntryKey(uint64_t seq) { return NumberedKey('E', seq); }

std::string TileKey(int tile_level, uint64_t tile_index) {
  std::string key = "T";
  key.push_back(static_cast<char>(tile_level));
  AppendU64Be(key, tile_index);
  return key;
}

std::string HeadKey() { return "H"; }

std::string AnswerKey(const RequestName& request) {
  std::string name;
  AppendU32Be(name, static_cast<uint32_t>(request.scope.size()));
  absl::StrAppend(&name, request.scope, request.request_id);
  return "I" + crypto::Sha256(name);
}

std::string EncodeEntry(const StoredEntry& entry) {
  std::string out;
  out.reserve(kEntryOverheadBytes + entry.leaf.size() + entry.body.size());
  out.push_back(entry.is_public ? 1 : 0);
  AppendU16Be(out, static_cast<uint16_t>(entry.leaf.size()));
  absl::StrAppend(&out, entry.leaf, entry.body);
  return out;
}

absl::StatusOr<StoredEntry> DecodeEntry(absl::string_view bytes) {
  if (bytes.size() < kEntryOverheadBytes || static_cast<uint8_t>(bytes[0]) > 1) {
    return DamagedError("an entry is of no known form");
  }
  const size_t leaf_size = ReadU16Be(bytes.substr(1));
  if (bytes.size() < kEntryOverheadBytes + leaf_size) return DamagedError("an entry is cut off");
  return StoredEntry{bytes.substr(kEntryOverheadBytes, leaf_size), bytes[0] != 0,
                     bytes.substr(kEntryOverheadBytes + leaf_size)};
}

std::string EncodeHead(const Head& head) {
  std::string out(1, static_cast<char>(kLayout));
  AppendU16Be(out, static_cast<uint16_t>(head.origin.size()));
  out += head.origin;
  AppendU64Be(out, head.commits);
  AppendU64Be(out, head.size);
  AppendU64Be(out, static_cast<uint64_t>(head.last_commit_ns));
  for (const std::string& hash : head.frontier) out += hash;
  return out;
}

absl::StatusOr<Head> DecodeHead(absl::string_view bytes) {
  if (bytes.size() < 3) return DamagedError("the head is of no known form");
  const int layout = static_cast<uint8_t>(bytes[0]);
  const size_t origin_size = ReadU16Be(bytes.substr(1));
  bytes.remove_prefix(3);
  if (bytes.size() < origin_size + 24) return DamagedError("the head is cut off");
  Head head;
  head.origin = std::string(bytes.substr(0, origin_size));
  bytes.remove_prefix(origin_size);
  head.commits = ReadU64Be(bytes);
  head.size = ReadU64Be(bytes.substr(8));
  head.last_commit_ns = static_cast<int64_t>(ReadU64Be(bytes.substr(16)));
  bytes.remove_prefix(24);
  if (bytes.size() != static_cast<size_t>(std::popcount(head.size)) * crypto::kHashBytes) {
    return DamagedError("the head's hashes do not fit its size");
  }
  for (; !bytes.empty(); bytes.remove_prefix(crypto::kHashBytes)) {
    head.frontier.emplace_back(bytes.substr(0, crypto::kHashBytes));
  }
  if (layout != kLayout) {
    return MakeError(
        kErrors["STORE_LAYOUT"],
        absl::StrCat("the store has layout ", layout, " and this program reads ", kLayout,
                     ": open it with the version of the program that wrote it"),
        {{"found", absl::StrCat(layout)}, {"expected", absl::StrCat(kLayout)}});
  }
  return head;
}

std::string EncodeAnswer(const Answer& answer) {
  std::string out(1, kVersion);
  AppendU16Be(out, static_cast<uint16_t>(answer.content_digest.size()));
  out += answer.content_digest;
  AppendU64Be(out, answer.first_seq);
  AppendU32Be(out, answer.events);
  AppendU64Be(out, static_cast<uint64_t>(answer.commit_ns));
  return out + answer.response;
}

absl::StatusOr<Answer> DecodeAnswer(absl::string_view bytes) {
  if (bytes.size() < 3 || bytes[0] != kVersion)
    return DamagedError("an answer is of no known form");
  const size_t digest_size = ReadU16Be(bytes.substr(1));
  bytes.remove_prefix(3);
  if (bytes.size() < digest_size + 20) return DamagedError("an answer is cut off");
  Answer answer;
  answer.content_digest = std::string(bytes.substr(0, digest_size));
  bytes.remove_prefix(digest_size);
  answer.first_seq = ReadU64Be(bytes);
  answer.events = ReadU32Be(bytes.substr(8));
  answer.commit_ns = static_cast<int64_t>(ReadU64Be(bytes.substr(12)));
  answer.response = std::string(bytes.substr(20));
  return answer;
}

absl::Status DamagedError(absl::string_view what) {
  return MakeError(kErrors["LEDGER_DAMAGED"],
                   absl::StrCat("the stored ledger contradicts itself: ", what));
}

}  // namespace jodal::ledger
