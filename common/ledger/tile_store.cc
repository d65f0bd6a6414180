#include "common/ledger/tile_store.h"

#include <cstring>

#include "common/ledger/records.h"
#include "common/status/macros.h"

namespace jodal::ledger {

using crypto::kHashBytes;
using log::kTileHeight;
using log::kTileWidth;

struct TileStore::Tile {
  static size_t Slot(int row, uint64_t position) {
    return 2 * kTileWidth - (size_t{2 * kTileWidth} >> row) + position;
  }
  void Set(int row, uint64_t position, const std::string& hash) {
    std::memcpy(bytes.data() + Slot(row, position) * kHashBytes, hash.data(), kHashBytes);
  }
  absl::string_view Get(int row, uint64_t position) const {
    return {bytes.data() + Slot(row, position) * kHashBytes, kHashBytes};
  }
  std::array<char, (2 * kTileWidth - 2) * kHashBytes> bytes;
};

// The rows above the first `count` hashes of the lowest one.
void TileStore::FillRows(size_t count, Tile& tile) {
  for (int row = 1; row < kTileHeight; ++row) {
    for (uint64_t i = 0; i < count >> row; ++i) {
      tile.Set(row, i, crypto::NodeHash(tile.Get(row - 1, 2 * i), tile.Get(row - 1, 2 * i + 1)));
    }
  }
}

absl::StatusOr<std::shared_ptr<TileStore::Tile>> TileStore::Read(const Name& name) const {
  ASSIGN_OR_RETURN(const auto stored,
                   backend_->NewSnapshot()->Get(TileKey(name.first, name.second)));
  if (!stored.has_value() || stored->size() != kTileWidth * kHashBytes) {
    return DamagedError("a tile is missing or cut off");
  }
  auto tile = std::make_shared<Tile>();
  std::memcpy(tile->bytes.data(), stored->data(), stored->size());  // the lowest row comes first
  FillRows(kTileWidth, *tile);
  return tile;
}

absl::StatusOr<std::shared_ptr<TileStore::Tile>> TileStore::Recompute(const Name& name,
                                                                      size_t count) const {
  const uint64_t first = name.second * kTileWidth;
  auto tile = std::make_shared<Tile>();
  if (name.first == 0) {
    ASSIGN_OR_RETURN(const auto entries, backend_->NewSnapshot()->Scan(
                                             EntryKey(first), EntryKey(first + count), count));
    if (entries.size() != count) return DamagedError("the newest entries have gaps");
    for (size_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const StoredEntry entry, DecodeEntry(entries[i].value));
      tile->Set(0, i, crypto::LeafHash(entry.leaf));
    }
  } else {
    for (size_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const auto below, Read({name.first - 1, first + i}));
      const int top = kTileHeight - 1;
      tile->Set(0, i, crypto::NodeHash(below->Get(top, 0), below->Get(top, 1)));
    }
  }
  FillRows(count, *tile);
  return tile;
}

absl::Status TileStore::LoadEdge(uint64_t size) {
  for (int level = 0; level <= log::kTileLevelMax; ++level) {
    const uint64_t hashes = size >> (level * kTileHeight);
    if (hashes == 0) break;
    if (hashes % kTileWidth == 0) continue;
    const Name name{level, hashes / kTileWidth};
    ASSIGN_OR_RETURN(std::shared_ptr<Tile> tile, Recompute(name, hashes % kTileWidth));
    absl::MutexLock lock(&mu_);
    edge_[level] = {name.second, std::move(tile)};
  }
  return absl::OkStatus();
}

void TileStore::Add(int level, uint64_t index, const std::string& hash) {
  const int row = level % kTileHeight;
  const Name name{level / kTileHeight, index >> (kTileHeight - row)};
  std::shared_ptr<Tile> tile;
  {
    absl::MutexLock lock(&mu_);
    auto& edge = edge_[name.first];
    if (edge.second == nullptr || edge.first != name.second) {
      if (edge.second != nullptr) CacheLocked({name.first, edge.first}, std::move(edge.second));
      edge = {name.second, std::make_shared<Tile>()};
    }
    tile = edge.second;
  }
  tile->Set(row, index & ((uint64_t{kTileWidth} >> row) - 1), hash);
}

void TileStore::CacheLocked(const Name& name, std::shared_ptr<Tile> tile) const {
  if (cache_.count(name) > 0) return;
  uses_.push_front(name);
  cache_[name] = {std::move(tile), uses_.begin()};
  if (cache_.size() > cached_max_) {
    cache_.erase(uses_.back());
    uses_.pop_back();
  }
}

absl::StatusOr<std::shared_ptr<const TileStore::Tile>> TileStore::Find(const Name& name) const {
  {
    absl::MutexLock lock(&mu_);
    const auto edge = edge_.find(name.first);
    if (edge != edge_.end() && edge->second.first == name.second) return edge->second.second;
    const auto cached = cache_.find(name);
    if (cached != cache_.end()) {
      uses_.splice(uses_.begin(), uses_, cached->second.use);
      return cached->second.tile;
    }
  }
  ASSIGN_OR_RETURN(std::shared_ptr<Tile> tile, Read(name));
  absl::MutexLock lock(&mu_);
  CacheLocked(name, tile);
  return tile;
}

absl::StatusOr<std::string> TileStore::TileHashes(int tile_level, uint64_t tile_index,
                                                  int width) const {
  ASSIGN_OR_RETURN(const auto tile, Find({tile_level, tile_index}));
  return std::string(tile->bytes.data(), static_cast<size_t>(width) * kHashBytes);
}

absl::StatusOr<std::string> TileStore::Nodes::Node(int level, uint64_t index) const {
  const int row = level % kTileHeight;
  const Name name{level / kTileHeight, index >> (kTileHeight - row)};
  auto& last = last_.at(static_cast<size_t>(name.first));
  if (last.second == nullptr || last.first != name.second) {
    ASSIGN_OR_RETURN(auto tile, store_.Find(name));
    last = {name.second, std::move(tile)};
  }
  return std::string(last.second->Get(row, index & ((uint64_t{kTileWidth} >> row) - 1)));
}

}  // namespace jodal::ledger
