// Values larger than one key may hold, kept as pieces in the same commit.
//
//   key                               u8 0 ‖ value, if that fits one value; else u8 1 ‖ u32be size
//   "~chunk/" key u16be i             the i-th piece
//
// Pieces lie apart from their keys, so a scan over a table meets one small pair per value. A key is
// either always written here or never. Reads and writes count against the update's limits like any.
#ifndef JODAL_COMMON_LEDGER_CHUNKED_H_
#define JODAL_COMMON_LEDGER_CHUNKED_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"

namespace jodal::ledger {

inline constexpr size_t kChunkedBytesMax = 900 * 1000;  // leaves room in a commit for the rest

// INVALID_ARGUMENT VALUE_TOO_LARGE past kChunkedBytesMax; DATA_LOSS CHUNKS_DAMAGED if the value
// that it replaces is not whole.
absl::Status PutChunked(Txn& txn, absl::string_view key, absl::string_view value);
absl::Status DeleteChunked(Txn& txn, absl::string_view key);

// nullopt if absent. DATA_LOSS CHUNKS_DAMAGED.
absl::StatusOr<std::optional<std::string>> GetChunked(const kv::Reader& reader,
                                                      absl::string_view key);

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_CHUNKED_H_
