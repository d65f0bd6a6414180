#include "common/ledger/overlay_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/status/macros.h"

namespace jodal::ledger {
namespace {

using Pending = std::vector<const Writes::value_type*>;

Pending InRange(const Writes& writes, absl::string_view begin, absl::string_view end) {
  Pending out;
  for (auto it = writes.lower_bound(begin); it != writes.end() && (end.empty() || it->first < end);
       ++it) {
    out.push_back(&*it);
  }
  return out;
}

// How many base pairs are enough for `limit` results: each pending write hides at most one.
size_t BaseLimit(size_t limit, size_t pending) {
  return limit > std::numeric_limits<size_t>::max() - pending ? limit : limit + pending;
}

// Merges two lists that are both in the order `before`; the pending one wins.
template <typename Before>
std::vector<kv::KeyValue> Merge(std::vector<kv::KeyValue> base, const Pending& pending,
                                size_t limit, Before before) {
  std::vector<kv::KeyValue> out;
  size_t b = 0;
  size_t p = 0;
  while (out.size() < limit && (b < base.size() || p < pending.size())) {
    if (p == pending.size() || (b < base.size() && before(base[b].key, pending[p]->first))) {
      out.push_back(std::move(base[b++]));
      continue;
    }
    if (b < base.size() && base[b].key == pending[p]->first) ++b;
    if (pending[p]->second.has_value()) out.push_back({pending[p]->first, *pending[p]->second});
    ++p;
  }
  return out;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> OverlayReader::Get(absl::string_view key) const {
  const auto it = writes_.find(key);
  if (it != writes_.end()) return it->second;
  return base_.Get(key);
}

absl::StatusOr<std::vector<kv::KeyValue>> OverlayReader::Scan(absl::string_view begin,
                                                              absl::string_view end,
                                                              size_t limit) const {
  const Pending pending = InRange(writes_, begin, end);
  ASSIGN_OR_RETURN(std::vector<kv::KeyValue> base,
                   base_.Scan(begin, end, BaseLimit(limit, pending.size())));
  if (pending.empty()) return base;
  return Merge(std::move(base), pending, limit, std::less<>());
}

absl::StatusOr<std::vector<kv::KeyValue>> OverlayReader::ScanReverse(absl::string_view begin,
                                                                     absl::string_view end,
                                                                     size_t limit) const {
  Pending pending = InRange(writes_, begin, end);
  std::reverse(pending.begin(), pending.end());
  ASSIGN_OR_RETURN(std::vector<kv::KeyValue> base,
                   base_.ScanReverse(begin, end, BaseLimit(limit, pending.size())));
  if (pending.empty()) return base;
  return Merge(std::move(base), pending, limit, std::greater<>());
}

}  // namespace jodal::ledger
