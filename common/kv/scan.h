// Walking a range of a store that may be larger than memory.
#ifndef JODAL_COMMON_KV_SCAN_H_
#define JODAL_COMMON_KV_SCAN_H_

#include <string>

#include "absl/status/status.h"
#include "common/kv/backend.h"
#include "common/status/macros.h"

namespace jodal::kv {

inline constexpr size_t kScanRows = 1000;  // held in memory at a time

// Calls `visit(const KeyValue&)`, which gives a status, for every pair whose key begins with
// `prefix`, in the order of keys. Ends with the first error of it or of Scan.
template <typename Visit>
absl::Status ForEachWithPrefix(const Reader& reader, const std::string& prefix, Visit visit) {
  std::string begin = prefix;
  const std::string end = PrefixEnd(prefix);
  while (true) {
    ASSIGN_OR_RETURN(const auto page, reader.Scan(begin, end, kScanRows));
    for (const KeyValue& pair : page) RETURN_IF_ERROR(visit(pair));
    if (page.size() < kScanRows) return absl::OkStatus();
    begin = page.back().key + '\0';
  }
}

}  // namespace jodal::kv

#endif  // JODAL_COMMON_KV_SCAN_H_
