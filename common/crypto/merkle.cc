#include "common/crypto/merkle.h"

#include <algorithm>
#include <bit>

#include "common/crypto/errors.h"
#include "common/crypto/hash.h"
#include "common/status/macros.h"

namespace jodal::crypto {
namespace {

// The largest power of two that is smaller than n, n >= 2.
uint64_t Split(uint64_t n) { return std::bit_floor(n - 1); }

// MTH(D[begin:end]) for a range that the recursion of RFC 6962 reaches: begin is aligned, so the
// range is complete subtrees of falling size.
absl::StatusOr<std::string> RangeHash(uint64_t begin, uint64_t end, const NodeReader& nodes) {
  std::vector<std::string> parts;
  while (begin < end) {
    const int level = std::bit_width(end - begin) - 1;
    ASSIGN_OR_RETURN(std::string hash, nodes.Node(level, begin >> level));
    parts.push_back(std::move(hash));
    begin += uint64_t{1} << level;
  }
  std::string out = std::move(parts.back());
  for (size_t i = parts.size() - 1; i-- > 0;) out = NodeHash(parts[i], out);
  return out;
}

absl::Status Malformed() {
  return MakeError(kErrors["PROOF_MALFORMED"],
                   "the proof does not have the shape that its index and size call for");
}

absl::Status Inconsistent() {
  return MakeError(kErrors["CONSISTENCY_MISMATCH"],
                   "the newer tree does not begin with the older one");
}

}  // namespace

std::string LeafHash(absl::string_view entry) {
  thread_local crypto::Sha256Hasher hasher;
  return hasher.Update(absl::string_view("\0", 1)).Update(entry).Finish();
}

std::string NodeHash(absl::string_view left, absl::string_view right) {
  thread_local crypto::Sha256Hasher hasher;
  return hasher.Update("\x01").Update(left).Update(right).Finish();
}

std::string EmptyRoot() { return Sha256(""); }

absl::StatusOr<Frontier> Frontier::Restore(uint64_t size, std::vector<std::string> hashes) {
  const bool good = hashes.size() == static_cast<size_t>(std::popcount(size)) &&
                    std::all_of(hashes.begin(), hashes.end(),
                                [](const std::string& h) { return h.size() == kHashBytes; });
  if (!good) return Malformed();
  Frontier out;
  out.size_ = size;
  out.hashes_ = std::move(hashes);
  return out;
}

void Frontier::Append(const std::string& leaf_hash, OnNode on_node) {
  std::string hash = leaf_hash;
  uint64_t index = size_;
  int level = 0;
  on_node(level, index, hash);
  for (; (index & 1) == 1; index >>= 1) {
    hash = NodeHash(hashes_.back(), hash);
    hashes_.pop_back();
    on_node(++level, index >> 1, hash);
  }
  hashes_.push_back(std::move(hash));
  ++size_;
}

void Frontier::Append(const std::string& leaf_hash) {
  Append(leaf_hash, [](int, uint64_t, const std::string&) {});
}

std::string Frontier::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  std::string root = hashes_.back();
  for (size_t i = hashes_.size() - 1; i-- > 0;) root = NodeHash(hashes_[i], root);
  return root;
}

absl::StatusOr<std::vector<std::string>> InclusionPath(uint64_t index, uint64_t size,
                                                       const NodeReader& nodes) {
  if (index >= size) return absl::InvalidArgumentError("the index is not in the tree");
  std::vector<std::string> path;
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    const uint64_t middle = begin + Split(end - begin);
    const bool left = index < middle;
    ASSIGN_OR_RETURN(std::string sibling,
                     left ? RangeHash(middle, end, nodes) : RangeHash(begin, middle, nodes));
    path.push_back(std::move(sibling));
    (left ? end : begin) = middle;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

absl::StatusOr<std::string> RootFromInclusion(const InclusionClaim& claim,
                                              const std::vector<std::string>& path) {
  if (claim.index >= claim.size || claim.leaf_hash.size() != kHashBytes) return Malformed();
  // RFC 9162 section 2.1.3.2.
  uint64_t fn = claim.index;
  uint64_t sn = claim.size - 1;
  std::string hash(claim.leaf_hash);
  for (const std::string& sibling : path) {
    if (sn == 0 || sibling.size() != kHashBytes) return Malformed();
    if ((fn & 1) == 1 || fn == sn) {
      hash = NodeHash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return Malformed();
  return hash;
}

absl::StatusOr<std::vector<std::string>> ConsistencyPath(uint64_t old_size, uint64_t new_size,
                                                         const NodeReader& nodes) {
  if (old_size == 0 || old_size > new_size) {
    return absl::InvalidArgumentError("a consistency proof needs 0 < old size <= new size");
  }
  std::vector<std::string> path;
  uint64_t begin = 0;
  uint64_t end = new_size;
  // SUBPROOF(m, D[begin:end], b): b holds while the old tree still begins where D begins.
  bool whole = true;
  while (old_size != end) {
    const uint64_t middle = begin + Split(end - begin);
    const bool left = old_size <= middle;
    ASSIGN_OR_RETURN(std::string other,
                     left ? RangeHash(middle, end, nodes) : RangeHash(begin, middle, nodes));
    path.push_back(std::move(other));
    (left ? end : begin) = middle;
    if (!left) whole = false;
  }
  if (!whole) {
    ASSIGN_OR_RETURN(std::string rest, RangeHash(begin, end, nodes));
    path.push_back(std::move(rest));
  }
  std::reverse(path.begin(), path.end());
  return path;
}

absl::Status VerifyConsistency(const TreeHead& older, const TreeHead& newer,
                               const std::vector<std::string>& path) {
  if (older.size > newer.size) return Inconsistent();
  if (older.size == 0) {
    return path.empty() && older.root == EmptyRoot() ? absl::OkStatus() : Inconsistent();
  }
  if (older.size == newer.size) {
    return path.empty() && older.root == newer.root ? absl::OkStatus() : Inconsistent();
  }
  // RFC 9162 section 2.1.4.2.
  size_t next = 0;
  std::string first = older.root;
  if (!std::has_single_bit(older.size)) {
    if (path.empty()) return Inconsistent();
    first = path[next++];
  }
  uint64_t fn = older.size - 1;
  uint64_t sn = newer.size - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  std::string fr = first;
  std::string sr = first;
  for (; next < path.size(); ++next) {
    const std::string& hash = path[next];
    if (sn == 0 || hash.size() != kHashBytes) return Inconsistent();
    if ((fn & 1) == 1 || fn == sn) {
      fr = NodeHash(hash, fr);
      sr = NodeHash(hash, sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = NodeHash(sr, hash);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == older.root && sr == newer.root ? absl::OkStatus() : Inconsistent();
}

}  // namespace jodal::crypto
