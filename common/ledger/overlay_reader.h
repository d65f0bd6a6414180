// A reader with pending writes laid over another reader. Used twice: for a transaction's own writes
// and for the updates of a batch that is not yet durable. Neither argument may move while it lives.
#ifndef JODAL_COMMON_LEDGER_OVERLAY_READER_H_
#define JODAL_COMMON_LEDGER_OVERLAY_READER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/kv/backend.h"

namespace jodal::ledger {

// Pending writes by key; nullopt deletes.
using Writes = std::map<std::string, std::optional<std::string>, std::less<>>;

class OverlayReader : public kv::Reader {
 public:
  OverlayReader(const kv::Reader& base, const Writes& writes) : base_(base), writes_(writes) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  void Prefetch(const std::vector<std::string>& keys) const override { base_.Prefetch(keys); }
  absl::StatusOr<std::vector<kv::KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                                 size_t limit) const override;
  absl::StatusOr<std::vector<kv::KeyValue>> ScanReverse(absl::string_view begin,
                                                        absl::string_view end,
                                                        size_t limit) const override;

 private:
  const kv::Reader& base_;
  const Writes& writes_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_OVERLAY_READER_H_
