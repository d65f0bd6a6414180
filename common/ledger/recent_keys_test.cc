#include "common/ledger/recent_keys.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace jodal::ledger {
namespace {

ReadSet Key(const std::string& key) { return {{key}, {}}; }
ReadSet Range(const std::string& begin, const std::string& end) { return {{}, {{begin, end}}}; }

TEST(RecentKeysTest, FindsWritesAfterTheSnapshot) {
  RecentKeys recent({});
  recent.Add("b", 1);
  recent.Add("d", 2);
  recent.Add("d", 2);
  recent.Add("b", 3);
  EXPECT_TRUE(recent.Stale(Key("b"), 2));
  EXPECT_FALSE(recent.Stale(Key("b"), 3));
  EXPECT_TRUE(recent.Stale(Key("d"), 1));
  EXPECT_FALSE(recent.Stale(Key("d"), 2));
  EXPECT_FALSE(recent.Stale(Key("c"), 0));
  EXPECT_TRUE(recent.Stale(Range("c", "e"), 1));
  EXPECT_FALSE(recent.Stale(Range("c", "d"), 1)) << "the end is exclusive";
  EXPECT_TRUE(recent.Stale(Range("d", "e"), 1)) << "the beginning is not";
  EXPECT_FALSE(recent.Stale(Range("c", "z"), 2));
  EXPECT_FALSE(recent.Stale({}, 0));
}

TEST(RecentKeysTest, ASnapshotOlderThanTheWindowIsStale) {
  RecentKeys recent({.commits_max = 3});
  for (uint64_t commit = 1; commit <= 5; ++commit) {
    recent.Add("hot", commit);
    recent.Add(absl::StrCat("k", commit), commit);
    recent.Trim();
  }
  EXPECT_TRUE(recent.Stale(Key("untouched"), 1));
  EXPECT_FALSE(recent.Stale(Key("untouched"), 2));
  EXPECT_TRUE(recent.Stale(Key("k3"), 2));
  EXPECT_TRUE(recent.Stale(Key("hot"), 4)) << "a key lives as long as its last commit";
}

TEST(RecentKeysTest, TheWindowIsBoundedInKeysToo) {
  RecentKeys recent({.commits_max = 100, .keys_max = 10});
  for (uint64_t commit = 1; commit <= 4; ++commit) {
    for (int i = 0; i < 4; ++i) recent.Add(absl::StrCat(commit, "/", i), commit);
    recent.Trim();
  }
  EXPECT_TRUE(recent.Stale(Key("untouched"), 1));
  EXPECT_FALSE(recent.Stale(Key("untouched"), 2));
}

}  // namespace
}  // namespace jodal::ledger
