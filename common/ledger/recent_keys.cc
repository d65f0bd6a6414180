#include "common/ledger/recent_keys.h"

#include <algorithm>

namespace jodal::ledger {

void RecentKeys::Add(const std::string& key, uint64_t commit) {
  if (commits_.empty() || commits_.back().number != commit) {
    const size_t previous_size = commits_.empty() ? 0 : commits_.back().keys.size();
    commits_.push_back({commit, {}});
    commits_.back().keys.reserve(previous_size);  // growing would hash every key again
  }
  if (commits_.back().keys.insert(key).second) ++keys_;
}

void RecentKeys::Trim() {
  while (commits_.size() > window_.commits_max ||
         (keys_ > window_.keys_max && commits_.size() > 1)) {
    keys_ -= commits_.front().keys.size();
    forgotten_ = commits_.front().number;
    commits_.pop_front();
  }
}

bool RecentKeys::Stale(const ReadSet& reads, uint64_t snapshot) const {
  if (snapshot < forgotten_) return true;
  for (auto commit = commits_.rbegin(); commit != commits_.rend() && commit->number > snapshot;
       ++commit) {
    for (const std::string& key : reads.keys) {
      if (commit->keys.contains(key)) return true;
    }
    for (const ReadSet::Range& range : reads.ranges) {
      if (std::any_of(commit->keys.begin(), commit->keys.end(), [&](const std::string& key) {
            return key >= range.begin && key < range.end;
          })) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace jodal::ledger
