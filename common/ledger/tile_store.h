// The Merkle tree's nodes: the right edge in memory, complete tiles from the backend through a
// small cache.
//
// A tile holds every node of a subtree of height 8 (256 + 128 + ... + 2 hashes); the root is the
// parent tile's leaf. The backend keeps only the lowest row of each whole tile.
//
// Threads: one writer calls Add; any thread reads, but only nodes that are complete in a tree size
// which the writer published to it (under some lock) after adding them. Add fills slots that no
// such reader looks at, so tiles need no lock of their own; the tables of tiles are under mu_.
#ifndef JODAL_COMMON_LEDGER_TILE_STORE_H_
#define JODAL_COMMON_LEDGER_TILE_STORE_H_

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/crypto/merkle.h"
#include "common/kv/backend.h"
#include "common/log/tiles.h"

namespace jodal::ledger {

class TileStore {
 public:
  struct Tile;

  // `backend` must outlive it.
  TileStore(const kv::Backend* backend, size_t cached_tiles_max)
      : backend_(backend), cached_max_(cached_tiles_max) {}

  // Recomputes the right edge of a tree of `size` leaves: the newest tile from its entries, those
  // above it from the whole tiles below them. DATA_LOSS LEDGER_DAMAGED.
  absl::Status LoadEdge(uint64_t size);

  // Writer only. A complete subtree's hash, as crypto::Frontier::Append reports them.
  void Add(int level, uint64_t index, const std::string& hash);

  // Up to `width` hashes of the tile's lowest row.
  absl::StatusOr<std::string> TileHashes(int tile_level, uint64_t tile_index, int width) const;

  // Reads nodes; remembers the tiles it has met, so one proof takes each lock once. One thread.
  class Nodes : public crypto::NodeReader {
   public:
    explicit Nodes(const TileStore& store) : store_(store) {}
    absl::StatusOr<std::string> Node(int level, uint64_t index) const override;

   private:
    const TileStore& store_;
    mutable std::array<std::pair<uint64_t, std::shared_ptr<const Tile>>, log::kTileLevelMax + 1>
        last_;
  };

 private:
  using Name = std::pair<int, uint64_t>;  // tile level, tile index
  struct Cached {
    std::shared_ptr<Tile> tile;
    std::list<Name>::iterator use;
  };

  absl::StatusOr<std::shared_ptr<const Tile>> Find(const Name& name) const;
  static void FillRows(size_t count, Tile& tile);
  // A whole tile, as stored.
  absl::StatusOr<std::shared_ptr<Tile>> Read(const Name& name) const;
  // The first `count` hashes of a tile that is not whole yet, from what lies below it.
  absl::StatusOr<std::shared_ptr<Tile>> Recompute(const Name& name, size_t count) const;
  void CacheLocked(const Name& name, std::shared_ptr<Tile> tile) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const kv::Backend* const backend_;
  const size_t cached_max_;
  mutable absl::Mutex mu_;
  std::map<int, std::pair<uint64_t, std::shared_ptr<Tile>>> edge_ ABSL_GUARDED_BY(mu_);
  mutable std::map<Name, Cached> cache_ ABSL_GUARDED_BY(mu_);
  mutable std::list<Name> uses_ ABSL_GUARDED_BY(mu_);  // most recent first
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_TILE_STORE_H_
