#include "common/log/tiles.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/bytes.h"
#include "common/log/errors.h"
#include "common/status/macros.h"

namespace jodal::log {
namespace {

absl::Status BadPath() { return MakeError(kErrors["TILE_PATH"], "not the path of a tile"); }

absl::Status BadBundle(absl::string_view why) {
  return MakeError(kErrors["BUNDLE_MALFORMED"], absl::StrCat("not an entry bundle: ", why));
}

}  // namespace

std::string FormatTilePath(const TileAddress& address) {
  std::string number = absl::StrFormat("%03d", address.index % 1000);
  for (uint64_t rest = address.index / 1000; rest > 0; rest /= 1000) {
    number = absl::StrFormat("x%03d/%s", rest % 1000, number);
  }
  std::string path =
      absl::StrCat("tile/", address.entries ? "entries" : absl::StrCat(address.level), "/", number);
  if (address.width != kTileWidth) absl::StrAppend(&path, ".p/", address.width);
  return path;
}

absl::StatusOr<TileAddress> ParseTilePath(absl::string_view path) {
  TileAddress out;
  std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  if (parts.size() < 3 || parts.size() > 12 || parts[0] != "tile") return BadPath();
  out.entries = parts[1] == "entries";
  if (!out.entries &&
      (!absl::SimpleAtoi(parts[1], &out.level) || out.level < 0 || out.level > kTileLevelMax)) {
    return BadPath();
  }
  if (absl::EndsWith(parts[parts.size() - 2], ".p")) {
    if (!absl::SimpleAtoi(parts.back(), &out.width) || out.width < 1 || out.width >= kTileWidth) {
      return BadPath();
    }
    parts.pop_back();
    parts.back().remove_suffix(2);
  }
  for (size_t i = 2; i < parts.size(); ++i) {
    absl::string_view group = parts[i];
    if (i + 1 < parts.size() && !absl::ConsumePrefix(&group, "x")) return BadPath();
    uint64_t value = 0;
    if (group.size() != 3 || !absl::SimpleAtoi(group, &value) || value > 999 ||
        out.index > (UINT64_MAX - value) / 1000) {
      return BadPath();
    }
    out.index = out.index * 1000 + value;
  }
  // One text per tile: whatever was accepted above must also be what is printed.
  if (FormatTilePath(out) != path) return BadPath();
  return out;
}

absl::StatusOr<std::string> FormatEntryBundle(const std::vector<std::string>& entries) {
  std::string out;
  for (const std::string& entry : entries) {
    if (entry.size() > kEntryBytesMax) return BadBundle("an entry is too long");
    AppendU16Be(out, static_cast<uint16_t>(entry.size()));
    out += entry;
  }
  return out;
}

absl::StatusOr<std::vector<std::string>> ParseEntryBundle(absl::string_view bundle) {
  std::vector<std::string> out;
  while (!bundle.empty()) {
    if (bundle.size() < 2) return BadBundle("cut off");
    const size_t size = ReadU16Be(bundle);
    bundle.remove_prefix(2);
    if (bundle.size() < size) return BadBundle("cut off");
    out.emplace_back(bundle.substr(0, size));
    bundle.remove_prefix(size);
    if (out.size() > kTileWidth) return BadBundle("more than 256 entries");
  }
  return out;
}

absl::StatusOr<std::string> TileNodeReader::Node(int level, uint64_t index) const {
  const int tile_level = level / kTileHeight;
  const int row = level % kTileHeight;
  const uint64_t tile_index = index >> (kTileHeight - row);
  auto it = tiles_.find({tile_level, tile_index});
  if (it == tiles_.end()) {
    const uint64_t hashes = size_ >> (kTileHeight * tile_level);
    if (hashes <= tile_index * kTileWidth) {
      return absl::InvalidArgumentError("the subtree is not in the tree");
    }
    const int width =
        static_cast<int>(std::min<uint64_t>(kTileWidth, hashes - tile_index * kTileWidth));
    ASSIGN_OR_RETURN(std::string tile, fetch_({false, tile_level, tile_index, width}));
    it = tiles_.emplace(std::make_pair(tile_level, tile_index), std::move(tile)).first;
  }
  const size_t begin = (index << row) % kTileWidth;
  const size_t count = size_t{1} << row;
  if (it->second.size() < (begin + count) * crypto::kHashBytes) {
    return MakeError(kErrors["TILE_MALFORMED"], "a tile is too short");
  }
  std::vector<std::string> hashes(count);
  for (size_t i = 0; i < count; ++i) {
    hashes[i] = it->second.substr((begin + i) * crypto::kHashBytes, crypto::kHashBytes);
  }
  for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
    for (size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = crypto::NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
  }
  return hashes[0];
}

}  // namespace jodal::log
