// How a log is served as static files (c2sp.org/tlog-tiles): paths, entry bundles, and reading a
// tree through its tiles. Tile (level, index) holds up to 256 hashes of subtrees of 256^level
// leaves each. Thread-safe: pure functions; one TileNodeReader belongs to one thread at a time.
#ifndef JODAL_COMMON_LOG_TILES_H_
#define JODAL_COMMON_LOG_TILES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/merkle.h"

namespace jodal::log {

inline constexpr int kTileHeight = 8;
inline constexpr int kTileWidth = 256;
inline constexpr int kTileLevelMax = 7;           // 256^8 leaves
inline constexpr size_t kEntryBytesMax = 65'535;  // an entry's length is a u16 in a bundle

struct TileAddress {
  bool entries = false;  // a bundle of entries instead of hashes; level is 0
  int level = 0;
  uint64_t index = 0;
  int width = kTileWidth;  // 1..256 hashes or entries

  bool operator==(const TileAddress&) const = default;
};

// "tile/<L>/<N>[.p/<W>]" or "tile/entries/<N>[.p/<W>]", N in groups of three: x001/x234/067.
std::string FormatTilePath(const TileAddress& address);
// INVALID_ARGUMENT TILE_PATH for anything that FormatTilePath does not make.
absl::StatusOr<TileAddress> ParseTilePath(absl::string_view path);

// Bundle: u16be length ‖ entry, repeated. INVALID_ARGUMENT BUNDLE_MALFORMED.
absl::StatusOr<std::string> FormatEntryBundle(const std::vector<std::string>& entries);
absl::StatusOr<std::vector<std::string>> ParseEntryBundle(absl::string_view bundle);

// Reads the nodes of a tree of `size` leaves from tiles that `fetch` gets (width * 32 bytes each).
// Keeps every tile it fetched. DATA_LOSS TILE_MALFORMED if a tile is too short.
class TileNodeReader : public crypto::NodeReader {
 public:
  using Fetch = std::function<absl::StatusOr<std::string>(const TileAddress&)>;
  TileNodeReader(uint64_t size, Fetch fetch) : size_(size), fetch_(std::move(fetch)) {}

  absl::StatusOr<std::string> Node(int level, uint64_t index) const override;

 private:
  const uint64_t size_;
  const Fetch fetch_;
  mutable std::map<std::pair<int, uint64_t>, std::string> tiles_;
};

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_TILES_H_
