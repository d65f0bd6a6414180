#include "common/ledger/recent_keys.h"

namespace jodal::ledger {

void RecentKeys::Add(const std::string& key, uint64_t commit) {
  if (commits_.empty() || commits_.back().number != commit) commits_.push_back({commit, {}});
  const auto [it, inserted] = keys_.emplace(key, commit);
  // One iterator per key and commit: Trim erases a key with the last commit that wrote it.
  if (!inserted && it->second == commit) return;
  it->second = commit;
  commits_.back().keys.push_back(it);
  ++references_;
}

void RecentKeys::Trim() {
  while (commits_.size() > window_.commits_max ||
         (references_ > window_.keys_max && commits_.size() > 1)) {
    Commit& oldest = commits_.front();
    for (const Keys::iterator& it : oldest.keys) {
      if (it->second == oldest.number) keys_.erase(it);
    }
    references_ -= oldest.keys.size();
    forgotten_ = oldest.number;
    commits_.pop_front();
  }
}

bool RecentKeys::Stale(const ReadSet& reads, uint64_t snapshot) const {
  if (snapshot < forgotten_) return true;
  if (commits_.empty() || commits_.back().number <= snapshot) return false;
  for (const std::string& key : reads.keys) {
    const auto it = keys_.find(key);
    if (it != keys_.end() && it->second > snapshot) return true;
  }
  for (const ReadSet::Range& range : reads.ranges) {
    for (auto it = keys_.lower_bound(range.begin); it != keys_.end() && it->first < range.end;
         ++it) {
      if (it->second > snapshot) return true;
    }
  }
  return false;
}

}  // namespace jodal::ledger
