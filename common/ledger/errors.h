// The errors of common/ledger.
#ifndef JODAL_COMMON_LEDGER_ERRORS_H_
#define JODAL_COMMON_LEDGER_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace jodal::ledger {

inline constexpr ErrorTable kErrors({
    {"BLOB_DAMAGED", absl::StatusCode::kDataLoss},
    {"CHUNKS_DAMAGED", absl::StatusCode::kDataLoss},
    {"CLOCK_JUMPED", absl::StatusCode::kUnavailable},
    {"COMMIT_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"COMMIT_UNKNOWN", absl::StatusCode::kUnavailable},
    {"CONTENT_DIGEST", absl::StatusCode::kInvalidArgument},
    {"ENTRY_NOT_FOUND", absl::StatusCode::kNotFound},
    {"ENTRY_TOO_LARGE", absl::StatusCode::kInvalidArgument},
    {"FOLLOWER_GAP", absl::StatusCode::kDataLoss},
    {"FOLLOWER_OPTIONS", absl::StatusCode::kInvalidArgument},
    {"HOUSEKEEPING_KEY", absl::StatusCode::kInvalidArgument},
    {"KEY_TOO_LONG", absl::StatusCode::kInvalidArgument},
    {"LEDGER_DAMAGED", absl::StatusCode::kDataLoss},
    {"LEDGER_FENCED", absl::StatusCode::kFailedPrecondition},
    {"LEDGER_NOT_FOUND", absl::StatusCode::kNotFound},
    {"LEDGER_OPTIONS", absl::StatusCode::kInvalidArgument},
    {"LEDGER_QUEUE_FULL", absl::StatusCode::kResourceExhausted},
    {"LEDGER_STOPPED", absl::StatusCode::kUnavailable},
    {"ORIGIN_MISMATCH", absl::StatusCode::kFailedPrecondition},
    {"PROOF_RANGE", absl::StatusCode::kInvalidArgument},
    {"REQUEST_ID_REUSED", absl::StatusCode::kAlreadyExists},
    {"SHARD_OUT_OF_RANGE", absl::StatusCode::kInvalidArgument},
    {"STORED_RECORD_DAMAGED", absl::StatusCode::kDataLoss},
    {"STORE_LAYOUT", absl::StatusCode::kFailedPrecondition},
    {"TILE_LEVEL", absl::StatusCode::kInvalidArgument},
    {"TILE_NOT_FOUND", absl::StatusCode::kNotFound},
    {"UPDATE_WITHOUT_EVENT", absl::StatusCode::kInternal},
    {"VALUE_TOO_LARGE", absl::StatusCode::kInvalidArgument},
});

// STORED_RECORD_DAMAGED: the record of this key does not parse.
inline absl::Status RecordDamagedError(absl::string_view key) {
  return MakeError(kErrors["STORED_RECORD_DAMAGED"],
                   absl::StrCat("the record ", key, " does not parse"));
}

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_ERRORS_H_
