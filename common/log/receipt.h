// Offline proof that an entry is in a log (c2sp.org/tlog-proof):
//
//   c2sp.org/tlog-proof@v1
//   [extra <base64>]
//   index <decimal>
//   <base64 hash>          one per line, leaf to root
//   <blank line>
//   <checkpoint: a signed note, possibly cosigned>
//
// Thread-safe: pure functions.
#ifndef JODAL_COMMON_LOG_RECEIPT_H_
#define JODAL_COMMON_LOG_RECEIPT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/log/checkpoint.h"

namespace jodal::log {

struct InclusionProof {
  uint64_t index = 0;
  std::vector<std::string> path;  // 32 bytes each
  std::string checkpoint;         // signed note
};

std::string FormatProof(const InclusionProof& proof);
// INVALID_ARGUMENT RECEIPT_MALFORMED. The checkpoint is taken as it is, not verified; an extra line
// is skipped.
absl::StatusOr<InclusionProof> ParseProof(absl::string_view text);

struct VerifiedReceipt {
  uint64_t seq = 0;   // leaf index
  uint64_t size = 0;  // of the tree it is proven against
  std::string root;   // 32 bytes
};

// Checks that `entry` (the leaf's bytes) is at the proven index of the log. INVALID_ARGUMENT
// RECEIPT_MALFORMED; FAILED_PRECONDITION ORIGIN_MISMATCH, CHECKPOINT_SIGNATURE, INCLUSION_MISMATCH.
absl::StatusOr<VerifiedReceipt> VerifyReceipt(absl::string_view entry, absl::string_view proof_text,
                                              const LogIdentity& log);

}  // namespace jodal::log

#endif  // JODAL_COMMON_LOG_RECEIPT_H_
