#include "common/crypto/merkle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"

namespace jodal::crypto {
namespace {

constexpr uint64_t kSizeMax = 300;

// The definitions of RFC 6962 section 2.1, word for word, over leaf hashes.
using Leaves = std::vector<std::string>;

uint64_t LargestPowerBelow(uint64_t n) {
  uint64_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
std::string NaiveRoot(const Leaves& d) {
  if (d.empty()) return Sha256("");
  if (d.size() == 1) return d[0];
  const auto k = static_cast<std::ptrdiff_t>(LargestPowerBelow(d.size()));
  return Sha256("\x01" + NaiveRoot(Leaves(d.begin(), d.begin() + k)) +
                NaiveRoot(Leaves(d.begin() + k, d.end())));
}
std::vector<std::string> NaivePath(uint64_t m, const Leaves& d) {
  if (d.size() == 1) return {};
  const uint64_t k = LargestPowerBelow(d.size());
  const Leaves left(d.begin(), d.begin() + static_cast<std::ptrdiff_t>(k));
  const Leaves right(d.begin() + static_cast<std::ptrdiff_t>(k), d.end());
  auto path = m < k ? NaivePath(m, left) : NaivePath(m - k, right);
  path.push_back(NaiveRoot(m < k ? right : left));
  return path;
}
std::vector<std::string> NaiveProof(uint64_t m, const Leaves& d, bool whole) {
  if (m == d.size()) {
    return whole ? std::vector<std::string>() : std::vector<std::string>{NaiveRoot(d)};
  }
  const uint64_t k = LargestPowerBelow(d.size());
  const Leaves left(d.begin(), d.begin() + static_cast<std::ptrdiff_t>(k));
  const Leaves right(d.begin() + static_cast<std::ptrdiff_t>(k), d.end());
  auto path = m <= k ? NaiveProof(m, left, whole) : NaiveProof(m - k, right, false);
  path.push_back(NaiveRoot(m <= k ? right : left));
  return path;
}

// Nodes as a growing tree reports them; refuses what is not complete within `size`.
class Tree : public NodeReader {
 public:
  Tree() {
    roots.push_back(frontier.Root());
    for (uint64_t i = 0; i < kSizeMax; ++i) {
      leaves.push_back(LeafHash("entry " + std::to_string(i)));
      frontier.Append(leaves.back(), [&](int level, uint64_t index, const std::string& hash) {
        const bool added = nodes.emplace(std::make_pair(level, index), hash).second;
        EXPECT_TRUE(added) << "a node is reported once";
      });
      roots.push_back(frontier.Root());
    }
  }
  absl::StatusOr<std::string> Node(int level, uint64_t index) const override {
    if (((index + 1) << level) > size) return absl::OutOfRangeError("not complete");
    return nodes.at({level, index});
  }
  mutable uint64_t size = kSizeMax;
  Leaves leaves;
  Frontier frontier;
  std::map<std::pair<int, uint64_t>, std::string> nodes;
  std::vector<std::string> roots;  // by size
};

const Tree& SharedTree() {
  static const Tree* const tree = new Tree;
  return *tree;
}

// The tree of the certificate-transparency reference implementation.
TEST(MerkleTest, MatchesThePublishedRoots) {
  const std::vector<std::string> inputs = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(HexEncode(frontier.Root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (size_t i = 0; i < inputs.size(); ++i) {
    frontier.Append(LeafHash(HexDecode(inputs[i]).value()));
    EXPECT_EQ(HexEncode(frontier.Root()), roots[i]) << i + 1 << " leaves";
  }
}

TEST(MerkleTest, RootsMatchTheDefinition) {
  const Tree& tree = SharedTree();
  for (uint64_t n = 0; n <= kSizeMax; ++n) {
    tree.size = n;
    const std::string naive = NaiveRoot(
        Leaves(tree.leaves.begin(), tree.leaves.begin() + static_cast<std::ptrdiff_t>(n)));
    ASSERT_EQ(tree.roots[n], naive) << n;
  }
}

TEST(MerkleTest, EveryInclusionPathVerifies) {
  const Tree& tree = SharedTree();
  for (uint64_t n = 1; n <= kSizeMax; ++n) {
    tree.size = n;
    for (uint64_t i = 0; i < n; ++i) {
      const auto path = InclusionPath(i, n, tree).value();
      ASSERT_EQ(RootFromInclusion({i, n, tree.leaves[i]}, path).value(), tree.roots[n]);
      if (n <= 40) {
        ASSERT_EQ(path, NaivePath(i, Leaves(tree.leaves.begin(),
                                            tree.leaves.begin() + static_cast<std::ptrdiff_t>(n))))
            << i << " of " << n;
      }
    }
  }
}

TEST(MerkleTest, EveryConsistencyPathVerifies) {
  const Tree& tree = SharedTree();
  for (uint64_t n = 1; n <= kSizeMax; ++n) {
    tree.size = n;
    for (uint64_t m = 1; m <= n; ++m) {
      const auto path = ConsistencyPath(m, n, tree).value();
      ASSERT_TRUE(VerifyConsistency({m, tree.roots[m]}, {n, tree.roots[n]}, path).ok())
          << m << " to " << n;
      if (n <= 40) {
        ASSERT_EQ(path, NaiveProof(m,
                                   Leaves(tree.leaves.begin(),
                                          tree.leaves.begin() + static_cast<std::ptrdiff_t>(n)),
                                   true))
            << m << " to " << n;
      }
    }
  }
  EXPECT_TRUE(VerifyConsistency({0, tree.roots[0]}, {7, tree.roots[7]}, {}).ok());
}

TEST(MerkleTest, ATamperedInclusionProofFails) {
  const Tree& tree = SharedTree();
  for (const uint64_t n : {2, 7, 64, 129, 300}) {
    tree.size = n;
    for (uint64_t i = 0; i < n; i += 1 + n / 16) {
      const auto path = InclusionPath(i, n, tree).value();
      const auto accepted = [&](const InclusionClaim& claim, const std::vector<std::string>& p) {
        const auto root = RootFromInclusion(claim, p);
        return root.ok() && *root == tree.roots[n];
      };
      ASSERT_TRUE(accepted({i, n, tree.leaves[i]}, path));
      EXPECT_FALSE(accepted({i, n, tree.leaves[(i + 1) % n]}, path));
      EXPECT_FALSE(accepted({i, n, "short"}, path));
      for (uint64_t other = 0; other < n; ++other) {
        if (other != i) {
          ASSERT_FALSE(accepted({other, n, tree.leaves[i]}, path));
        }
      }
      for (size_t k = 0; k < path.size(); ++k) {
        auto bad = path;
        bad[k][k % kHashBytes] = static_cast<char>(bad[k][k % kHashBytes] ^ 0x10);
        EXPECT_FALSE(accepted({i, n, tree.leaves[i]}, bad));
        bad = path;
        bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(k));
        EXPECT_FALSE(accepted({i, n, tree.leaves[i]}, bad));
      }
      auto longer = path;
      longer.push_back(tree.leaves[0]);
      EXPECT_FALSE(accepted({i, n, tree.leaves[i]}, longer));
    }
  }
  EXPECT_FALSE(InclusionPath(5, 5, tree).ok());
  EXPECT_FALSE(RootFromInclusion({5, 5, tree.leaves[0]}, {}).ok());
}

TEST(MerkleTest, ATamperedConsistencyProofFails) {
  const Tree& tree = SharedTree();
  for (const uint64_t n : {3, 8, 65, 200}) {
    tree.size = n;
    for (uint64_t m = 1; m < n; m += 1 + n / 16) {
      const auto path = ConsistencyPath(m, n, tree).value();
      const TreeHead older{m, tree.roots[m]};
      const TreeHead newer{n, tree.roots[n]};
      EXPECT_EQ(ErrorReason(VerifyConsistency({m, tree.roots[m - 1]}, newer, path)),
                "CONSISTENCY_MISMATCH");
      EXPECT_FALSE(VerifyConsistency(older, {n, tree.roots[n - 1]}, path).ok());
      for (size_t k = 0; k < path.size(); ++k) {
        auto bad = path;
        bad[k][0] = static_cast<char>(bad[k][0] ^ 1);
        EXPECT_FALSE(VerifyConsistency(older, newer, bad).ok());
        bad = path;
        bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(k));
        EXPECT_FALSE(VerifyConsistency(older, newer, bad).ok());
      }
      EXPECT_FALSE(VerifyConsistency(newer, older, path).ok());
    }
  }
  const std::string& root = tree.roots[9];
  EXPECT_FALSE(VerifyConsistency({9, root}, {9, tree.roots[8]}, {}).ok());
  EXPECT_FALSE(VerifyConsistency({9, root}, {9, root}, {root}).ok());
  EXPECT_FALSE(VerifyConsistency({0, root}, {9, root}, {}).ok());
  EXPECT_FALSE(ConsistencyPath(0, 9, tree).ok());
  EXPECT_FALSE(ConsistencyPath(10, 9, tree).ok());
}

TEST(MerkleTest, AFrontierIsRestoredOnlyFromItsOwnShape) {
  const Tree& tree = SharedTree();
  auto restored = Frontier::Restore(kSizeMax, tree.frontier.hashes());
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->Root(), tree.roots[kSizeMax]);
  EXPECT_FALSE(Frontier::Restore(kSizeMax + 1, tree.frontier.hashes()).ok());
  EXPECT_FALSE(Frontier::Restore(1, {"short"}).ok());
}

}  // namespace
}  // namespace jodal::crypto
