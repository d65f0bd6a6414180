// The shape of a log's tiles (c2sp.org/tlog-tiles): tile (level, index) holds up to kTileWidth
// hashes of subtrees of 256^level leaves each.
#ifndef JODAL_COMMON_LOG_TILES_H_
#define JODAL_COMMON_LOG_TILES_H_

namespace jodal::log {

inline constexpr int kTileHeight = 8;
inline constexpr int kTileWidth = 256;
inline constexpr int kTileLevelMax = 7;  // 256^8 leaves

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_TILES_H_
