// Which keys the latest commits wrote: shows whether what a transaction read was written since its
// snapshot, without versions in the stored values. One thread at a time.
//
// Nearly every transaction is at most a few commits old, so the commits are kept apart, newest
// last, and only those that came after the snapshot are looked at.
#ifndef JODAL_COMMON_LEDGER_RECENT_KEYS_H_
#define JODAL_COMMON_LEDGER_RECENT_KEYS_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "common/ledger/transaction.h"

namespace jodal::ledger {

class RecentKeys {
 public:
  // The window: how much is remembered. An older snapshot counts as stale.
  struct Window {
    size_t commits_max = 4096;
    size_t keys_max = 100'000;  // bounds memory when commits are large
  };
  explicit RecentKeys(const Window& window) : window_(window) {}

  // `commit` wrote `key`. Commits are numbered from 1, upwards.
  void Add(const std::string& key, uint64_t commit);
  // Forgets what has left the window.
  void Trim();

  // Whether a commit later than `snapshot` may have written anything of `reads`.
  bool Stale(const ReadSet& reads, uint64_t snapshot) const;

 private:
  struct Commit {
    uint64_t number;
    absl::flat_hash_set<std::string> keys;
  };

  const Window window_;
  std::deque<Commit> commits_;  // oldest first
  size_t keys_ = 0;             // of all of them
  uint64_t forgotten_ = 0;      // the latest commit that is not remembered any more
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_RECENT_KEYS_H_
