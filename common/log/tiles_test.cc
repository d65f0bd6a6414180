#include "common/log/tiles.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"

namespace jodal::log {
namespace {

TEST(TilesTest, PathsRoundTrip) {
  const std::vector<std::pair<TileAddress, std::string>> cases = {
      {{false, 0, 0, 256}, "tile/0/000"},
      {{false, 3, 1234067, 256}, "tile/3/x001/x234/067"},
      {{false, 1, 1000, 112}, "tile/1/x001/000.p/112"},
      {{true, 0, 5, 1}, "tile/entries/005.p/1"},
  };
  for (const auto& [address, path] : cases) {
    EXPECT_EQ(FormatTilePath(address), path);
    const auto parsed = ParseTilePath(path);
    ASSERT_TRUE(parsed.ok()) << path;
    EXPECT_EQ(*parsed, address) << path;
  }
  for (const char* bad :
       {"", "tile", "tile/0", "tile/0/1", "tile/0/0001", "tile/8/000", "tile/-1/000", "tile/00/000",
        "tile/0/x000/001", "tile/0/001/002", "tile/0/x001/x002", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/07", "tile/0/000.p", "tile/0/+01", "tile/0/000/",
        "/tile/0/000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999"}) {
    EXPECT_EQ(ErrorReason(ParseTilePath(bad).status()), "TILE_PATH") << bad;
  }
}

TEST(TilesTest, BundlesRoundTrip) {
  const std::vector<std::string> entries = {"", "a", std::string(kEntryBytesMax, 'z')};
  const auto bundle = FormatEntryBundle(entries);
  ASSERT_TRUE(bundle.ok());
  EXPECT_EQ(ParseEntryBundle(*bundle).value(), entries);
  EXPECT_EQ(ErrorReason(FormatEntryBundle({std::string(kEntryBytesMax + 1, 'z')}).status()),
            "BUNDLE_MALFORMED");
  EXPECT_FALSE(ParseEntryBundle(bundle->substr(0, bundle->size() - 1)).ok());
  EXPECT_FALSE(ParseEntryBundle(std::string(257 * 2, '\0')).ok());
}

TEST(TilesTest, ProofsAreMadeFromTiles) {
  constexpr uint64_t kSize = 66'000;  // reaches the third level of tiles
  std::map<std::pair<int, uint64_t>, std::string> tiles;
  crypto::Frontier frontier;
  for (uint64_t i = 0; i < kSize; ++i) {
    frontier.Append(crypto::LeafHash(absl::StrCat(i)),
                    [&](int level, uint64_t index, const std::string& h) {
                      if (level % kTileHeight == 0)
                        tiles[{level / kTileHeight, index / kTileWidth}] += h;
                    });
  }
  int fetched = 0;
  const auto fetch = [&](const TileAddress& address) -> absl::StatusOr<std::string> {
    ++fetched;
    return tiles.at({address.level, address.index})
        .substr(0, static_cast<size_t>(address.width) * crypto::kHashBytes);
  };
  const TileNodeReader nodes(kSize, fetch);
  EXPECT_EQ(crypto::RootOf(kSize, nodes).value(), frontier.Root());
  for (const uint64_t i :
       {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{65'535}, uint64_t{65'536}, kSize - 1}) {
    const auto path = crypto::InclusionPath(i, kSize, nodes);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(
        crypto::RootFromInclusion({i, kSize, crypto::LeafHash(absl::StrCat(i))}, *path).value(),
        frontier.Root());
  }
  EXPECT_LE(fetched, 10) << "tiles are kept";

  const TileNodeReader short_tiles(kSize,
                                   [&](const TileAddress& address) -> absl::StatusOr<std::string> {
                                     return fetch(address)->substr(crypto::kHashBytes);
                                   });
  EXPECT_EQ(ErrorReason(crypto::InclusionPath(kSize - 1, kSize, short_tiles).status()),
            "TILE_MALFORMED");
}

}  // namespace
}  // namespace jodal::log
