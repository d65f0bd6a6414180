// The Merkle tree of RFC 6962 section 2.1: hashes, appending, and both kinds of proof.
//
// Hashes are 32 raw bytes in std::string. A complete subtree is named by (level, index): it covers
// the leaves [index << level, (index + 1) << level). Proof makers read complete subtrees through
// NodeReader, so they work over tiles, memory or a remote log alike. Thread-safe: pure functions;
// one Frontier belongs to one thread at a time.
#ifndef JODAL_COMMON_CRYPTO_MERKLE_H_
#define JODAL_COMMON_CRYPTO_MERKLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal::crypto {

inline constexpr size_t kHashBytes = 32;

std::string LeafHash(absl::string_view entry);                          // SHA-256(0x00 ‖ entry)
std::string NodeHash(absl::string_view left, absl::string_view right);  // SHA-256(0x01 ‖ l ‖ r)
std::string EmptyRoot();                                                // SHA-256("")

// Reads the hash of a complete subtree of some tree.
class NodeReader {
 public:
  virtual ~NodeReader() = default;
  virtual absl::StatusOr<std::string> Node(int level, uint64_t index) const = 0;
};

// The right edge of a growing tree: one hash per set bit of the size, the largest subtree first.
// All that is needed to append and to know the root.
class Frontier {
 public:
  using OnNode = absl::FunctionRef<void(int level, uint64_t index, const std::string& hash)>;

  Frontier() = default;
  // INVALID_ARGUMENT unless there is one 32-byte hash per set bit of `size`.
  static absl::StatusOr<Frontier> Restore(uint64_t size, std::vector<std::string> hashes);

  // Adds a leaf; calls `on_node` for the leaf and every subtree that it completes, upwards.
  void Append(const std::string& leaf_hash, OnNode on_node);
  void Append(const std::string& leaf_hash);

  uint64_t size() const { return size_; }
  const std::vector<std::string>& hashes() const { return hashes_; }
  std::string Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<std::string> hashes_;
};

// PATH(index, D[size]) of RFC 6962 section 2.1.1, leaf to root. INVALID_ARGUMENT unless
// index < size; else the errors of `nodes`.
absl::StatusOr<std::vector<std::string>> InclusionPath(uint64_t index, uint64_t size,
                                                       const NodeReader& nodes);

struct InclusionClaim {
  uint64_t index = 0;
  uint64_t size = 0;
  absl::string_view leaf_hash;
};
// The root that the path leads to. INVALID_ARGUMENT if the path cannot be one for index and size.
absl::StatusOr<std::string> RootFromInclusion(const InclusionClaim& claim,
                                              const std::vector<std::string>& path);

// PROOF(old_size, D[new_size]) of RFC 6962 section 2.1.2. INVALID_ARGUMENT unless
// 0 < old_size <= new_size. Empty if the sizes are equal.
absl::StatusOr<std::vector<std::string>> ConsistencyPath(uint64_t old_size, uint64_t new_size,
                                                         const NodeReader& nodes);

struct TreeHead {
  uint64_t size = 0;
  std::string root;
};
// OK iff the newer tree begins with the older one. An empty older tree is consistent with anything
// (empty path). FAILED_PRECONDITION CONSISTENCY_MISMATCH otherwise.
absl::Status VerifyConsistency(const TreeHead& older, const TreeHead& newer,
                               const std::vector<std::string>& path);

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_MERKLE_H_
