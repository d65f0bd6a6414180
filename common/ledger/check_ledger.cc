#include "common/ledger/check_ledger.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/kv/scan.h"
#include "common/ledger/errors.h"
#include "common/ledger/records.h"
#include "common/log/tiles.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::ledger {
namespace {

constexpr uint64_t kProgressEvery = 10000;  // entries

}  // namespace

absl::Status CheckLedger(const kv::Backend& backend, absl::string_view origin,
                         const CheckProgress& progress) {
  const auto reader = backend.NewSnapshot();
  ASSIGN_OR_RETURN(const auto stored, reader->Get(HeadKey()));
  if (!stored.has_value()) {
    return MakeError(kErrors["LEDGER_NOT_FOUND"], "the store has no ledger");
  }
  ASSIGN_OR_RETURN(const Head head, DecodeHead(*stored));
  if (head.origin != origin) {
    return MakeError(kErrors["ORIGIN_MISMATCH"], "the store belongs to another log",
                     {{"expected", std::string(origin)}, {"found", head.origin}});
  }

  crypto::Frontier frontier;
  uint64_t tiles = 0;                 // that should be stored
  std::map<int, std::string> lowest;  // by tile level: what the tile that is not whole yet holds
  int64_t last_ns = 0;
  const auto tell = [&] {
    if (progress) progress(frontier.size(), head.size);
  };
  tell();
  const absl::Status entries =
      kv::ForEachWithPrefix(*reader, "E", [&](const kv::KeyValue& pair) -> absl::Status {
        const uint64_t seq = frontier.size();
        if (seq % kProgressEvery == 0) tell();
        const std::string name = absl::StrCat("entry ", seq);
        jodal::log::v1::Entry entry;
        if (pair.key != EntryKey(seq)) return DamagedError(absl::StrCat(name, " is missing"));
        ASSIGN_OR_RETURN(const StoredEntry stored_entry, DecodeEntry(pair.value));
        if (!entry.ParseFromArray(stored_entry.leaf.data(),
                                  static_cast<int>(stored_entry.leaf.size())) ||
            entry.seq() != seq) {
          return DamagedError(absl::StrCat(name, " is not what its key says"));
        }
        if (seq > 0 && entry.commit_time_ns() <= last_ns) {
          return DamagedError(absl::StrCat(name, " is not later than the one before"));
        }
        last_ns = entry.commit_time_ns();
        if (crypto::Sha256(stored_entry.body) != entry.body_sha256()) {
          return DamagedError(absl::StrCat(name, " does not fit its body"));
        }
        std::vector<std::pair<int, uint64_t>> whole;
        frontier.Append(crypto::LeafHash(stored_entry.leaf),
                        [&](int level, uint64_t index, const std::string& hash) {
                          if (level % log::kTileHeight != 0) return;
                          lowest[level / log::kTileHeight] += hash;
                          if ((index + 1) % log::kTileWidth == 0) {
                            whole.emplace_back(level / log::kTileHeight, index / log::kTileWidth);
                          }
                        });
        for (const auto& [level, index] : whole) {
          ++tiles;
          ASSIGN_OR_RETURN(const auto stored_tile, reader->Get(TileKey(level, index)));
          if (stored_tile != lowest[level]) {
            return DamagedError(
                absl::StrCat("tile ", index, " of level ", level, " does not fit the entries"));
          }
          lowest[level].clear();
        }
        return absl::OkStatus();
      });
  tell();
  RETURN_IF_ERROR(entries);
  if (frontier.size() != head.size || frontier.hashes() != head.frontier) {
    return DamagedError("the head does not fit the entries");
  }
  if (head.size > 0 && head.last_commit_ns != last_ns) {
    return DamagedError("the head's time is not that of the last entry");
  }

  uint64_t stored_tiles = 0;
  RETURN_IF_ERROR(kv::ForEachWithPrefix(*reader, "T", [&](const kv::KeyValue&) {
    ++stored_tiles;
    return absl::OkStatus();
  }));
  if (stored_tiles != tiles) return DamagedError("there are tiles past the head");
  // The store checks each block of the state against its checksum as it gives it away.
  RETURN_IF_ERROR(
      kv::ForEachWithPrefix(*reader, "S", [](const kv::KeyValue&) { return absl::OkStatus(); }));
  return kv::ForEachWithPrefix(*reader, "I", [&](const kv::KeyValue& pair) -> absl::Status {
    ASSIGN_OR_RETURN(const Answer answer, DecodeAnswer(pair.value));
    if (answer.first_seq + answer.events > head.size) {
      return DamagedError("an answer points past the log");
    }
    return absl::OkStatus();
  });
}

}  // namespace jodal::ledger
