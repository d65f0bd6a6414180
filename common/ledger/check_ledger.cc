#include "common/ledger/check_ledger.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/ledger/records.h"
#include "common/log/merkle.h"
#include "common/log/tiles.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::ledger {
namespace {

constexpr size_t kPage = 1000;

// Calls `visit` for every pair whose key begins with `tag`.
template <typename Visit>
absl::Status ForEach(const kv::Reader& reader, const std::string& tag, Visit visit) {
  std::string begin = tag;
  const std::string end = kv::PrefixEnd(tag);
  while (true) {
    ASSIGN_OR_RETURN(const auto page, reader.Scan(begin, end, kPage));
    for (const kv::KeyValue& pair : page) RETURN_IF_ERROR(visit(pair));
    if (page.size() < kPage) return absl::OkStatus();
    begin = page.back().key + '\0';
  }
}

}  // namespace

absl::Status CheckLedger(const kv::Backend& backend, absl::string_view origin) {
  const auto reader = backend.NewSnapshot();
  ASSIGN_OR_RETURN(const auto stored, reader->Get(HeadKey()));
  if (!stored.has_value()) {
    return MakeError(absl::StatusCode::kNotFound, "LEDGER_NOT_FOUND", "the store has no ledger");
  }
  ASSIGN_OR_RETURN(const Head head, DecodeHead(*stored));
  if (head.origin != origin) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "ORIGIN_MISMATCH",
                     "the store belongs to another log",
                     {{"expected", std::string(origin)}, {"found", head.origin}});
  }

  log::Frontier frontier;
  uint64_t hashes = 0;  // tree hashes that should be stored
  int64_t last_ns = 0;
  RETURN_IF_ERROR(ForEach(*reader, "E", [&](const kv::KeyValue& pair) -> absl::Status {
    const uint64_t seq = frontier.size();
    const std::string name = absl::StrCat("entry ", seq);
    jodal::log::v1::Entry entry;
    if (pair.key != EntryKey(seq)) return DamagedError(absl::StrCat(name, " is missing"));
    if (!entry.ParseFromString(pair.value) || entry.seq() != seq) {
      return DamagedError(absl::StrCat(name, " is not what its key says"));
    }
    if (seq > 0 && entry.commit_time_ns() <= last_ns) {
      return DamagedError(absl::StrCat(name, " is not later than the one before"));
    }
    last_ns = entry.commit_time_ns();
    ASSIGN_OR_RETURN(const auto body, reader->Get(BodyKey(seq)));
    if (!body.has_value() || body->empty() || static_cast<uint8_t>((*body)[0]) > 1 ||
        crypto::Sha256(body->substr(1)) != entry.body_sha256()) {
      return DamagedError(absl::StrCat(name, " does not fit its body"));
    }
    absl::Status tiles;
    const auto check = [&](int level, uint64_t index, const std::string& hash) {
      if (level % log::kTileHeight != 0 || !tiles.ok()) return;
      ++hashes;
      const auto tile = reader->Get(TileKey(level, index));
      if (!tile.ok()) {
        tiles = tile.status();
      } else if (*tile != hash) {
        tiles = DamagedError(absl::StrCat("the tree hash at level ", level, " index ", index,
                                          " does not fit the entries"));
      }
    };
    frontier.Append(log::LeafHash(pair.value), check);
    return tiles;
  }));
  if (frontier.size() != head.size || frontier.hashes() != head.frontier) {
    return DamagedError("the head does not fit the entries");
  }
  if (head.size > 0 && head.last_commit_ns != last_ns) {
    return DamagedError("the head's time is not that of the last entry");
  }

  uint64_t bodies = 0;
  RETURN_IF_ERROR(ForEach(*reader, "B", [&](const kv::KeyValue&) {
    ++bodies;
    return absl::OkStatus();
  }));
  if (bodies != head.size) return DamagedError("there are bodies without an entry");
  uint64_t stored_hashes = 0;
  RETURN_IF_ERROR(ForEach(*reader, "T", [&](const kv::KeyValue&) {
    ++stored_hashes;
    return absl::OkStatus();
  }));
  if (stored_hashes != hashes) return DamagedError("there are tree hashes past the head");
  return ForEach(*reader, "I", [&](const kv::KeyValue& pair) -> absl::Status {
    ASSIGN_OR_RETURN(const Answer answer, DecodeAnswer(pair.value));
    if (answer.first_seq + answer.events > head.size) {
      return DamagedError("an answer points past the log");
    }
    return absl::OkStatus();
  });
}

}  // namespace jodal::ledger
