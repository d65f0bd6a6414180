// What the ledger keeps in its backend: keys and records. They outlive the code.
//
//   'S' shard(u16be) key               state, as bodies write it
//   'E' seq(u64be)                     entry
//   'T' level(u8) index(u64be)         the 256 hashes of a whole tile, 8 KiB
//   'H'                                head
//   'I' SHA-256(u32be |scope| ‖ scope ‖ request id)    answer to a request
//
//   entry   u8 public ‖ u16be |leaf| ‖ the leaf: a serialized jodal.log.v1.Entry ‖
//           the event's body
//   head    u8 layout ‖ u16be |origin| ‖ origin ‖ u64be commits ‖ u64be size ‖ i64be last commit ns
//   ‖
//           frontier hashes (32 bytes each, one per set bit of size, largest subtree first)
//   answer  u8 1 ‖ u16be |digest| ‖ content digest ‖ u64be first seq ‖ u32be events ‖
//           i64be commit ns ‖ response
//
// Thread-safe: pure functions.
#ifndef JODAL_COMMON_LEDGER_RECORDS_H_
#define JODAL_COMMON_LEDGER_RECORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/ledger/ledger.h"

namespace jodal::ledger {

// The layout of everything that is stored, the state of every service included. Raise it with a
// change that would misread what an older program has written: a store of another layout is not
// opened.
inline constexpr int kLayout = 4;

std::string ShardPrefix(uint16_t shard);
std::string EntryKey(uint64_t seq);
// A whole tile: the 256 hashes of its lowest row. Tiles that are not whole yet are not stored; they
// follow from the entries (tile_store.h).
std::string TileKey(int tile_level, uint64_t tile_index);
std::string HeadKey();
struct RequestName {
  absl::string_view scope;
  absl::string_view request_id;
};
std::string AnswerKey(const RequestName& request);

// An entry as it is stored; views into the record's bytes.
struct StoredEntry {
  absl::string_view leaf;
  bool is_public = true;
  absl::string_view body;
};
inline constexpr size_t kLeafBytesMax = kEventNameBytesMax + 128;  // names, and numbers and digest
inline constexpr size_t kEntryOverheadBytes = 3;
static_assert(kEntryOverheadBytes + kLeafBytesMax + kEventBodyBytesMax <= kValueBytesMax);
std::string EncodeEntry(const StoredEntry& entry);
absl::StatusOr<StoredEntry> DecodeEntry(absl::string_view bytes);  // DATA_LOSS LEDGER_DAMAGED

struct Head {
  std::string origin;
  uint64_t commits = 0;  // durable writes so far; moves even when no entry is added
  uint64_t size = 0;
  int64_t last_commit_ns = 0;
  std::vector<std::string> frontier;
};
std::string EncodeHead(const Head& head);
// DATA_LOSS LEDGER_DAMAGED, FAILED_PRECONDITION STORE_LAYOUT.
absl::StatusOr<Head> DecodeHead(absl::string_view bytes);

struct Answer {
  std::string content_digest;
  uint64_t first_seq = 0;
  uint32_t events = 0;
  int64_t commit_ns = 0;
  std::string response;
};
inline constexpr size_t kAnswerOverheadBytesMax = 128;  // what an answer adds to its response
inline constexpr size_t kContentDigestBytesMax = 64;
std::string EncodeAnswer(const Answer& answer);
absl::StatusOr<Answer> DecodeAnswer(absl::string_view bytes);  // DATA_LOSS LEDGER_DAMAGED

// DATA_LOSS LEDGER_DAMAGED: what is stored contradicts itself.
absl::Status DamagedError(absl::string_view what);

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_RECORDS_H_
