// Values that are found by their SHA-256 and written before whatever names the digest.
//
//   "~blob/" digest (32 bytes)        the value
//
// A blob by itself is no state: nothing but its digest in a committed record or event makes it one.
// So it is written without an entry in the log, and once more does no harm. What is too large for
// one commit is written as blobs first; the commit then holds their digests.
#ifndef JODAL_COMMON_LEDGER_BLOBS_H_
#define JODAL_COMMON_LEDGER_BLOBS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"

namespace jodal::ledger {

// Writes all of them, in as many updates of the shard as it takes; durable when it returns OK.
// After an error some may be there. Each at most kValueBytesMax; blocking; the errors of
// Ledger::Update.
absl::Status PutBlobs(Ledger& ledger, uint16_t shard, const std::vector<std::string>& values);

// The value with this SHA-256 (32 bytes). DATA_LOSS BLOB_DAMAGED if it is not there or not what it
// should be.
absl::StatusOr<std::string> GetBlob(const kv::Reader& reader, absl::string_view sha256);

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_BLOBS_H_
