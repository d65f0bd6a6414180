// A log as a client sees it: read in full and recomputed against its signed head; and what a member
// of an opening committee wants to know from it before releasing shares.
#ifndef JODAL_CLIENTS_SDK_CHECKED_LOG_H_
#define JODAL_CLIENTS_SDK_CHECKED_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/sealed_bid.h"
#include "common/log/checkpoint.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::sdk {

// Where a log is read from; none of it is trusted.
struct LogSource {
  // The newest checkpoint, as a signed note.
  std::function<absl::StatusOr<std::string>()> checkpoint;
  // Entries from `begin` on, at most `limit`.
  std::function<absl::StatusOr<log::v1::ListEntriesResponse>(uint64_t begin, int limit)> entries;
};

// Immutable once read.
class CheckedLog {
 public:
  // Reads the log up to its newest checkpoint. The reasons of log::OpenCheckpoint and of the
  // source; DATA_LOSS LOG_MISMATCH if entries, bodies and head do not fit each other.
  static absl::StatusOr<CheckedLog> Read(const log::LogIdentity& identity, const LogSource& source);

  const log::LogIdentity& identity() const { return identity_; }
  const log::Checkpoint& head() const { return head_; }
  // By sequence number; bodies that are not public are empty.
  const std::vector<log::v1::LogEntry>& entries() const { return entries_; }

  // OK if the receipt is good by itself and its entry and checkpoint are part of this log: reasons
  // of log::VerifyReceipt, LOG_MISMATCH.
  absl::Status CheckReceipt(const log::v1::Receipt& receipt) const;

 private:
  log::LogIdentity identity_;
  log::Checkpoint head_;
  std::vector<log::v1::LogEntry> entries_;
  std::vector<std::string> roots_;  // of the first 0, 1, ... entries
};

// The log holds exactly the submissions under this notice that the closed box counts, its root is
// over them in box order, and it was closed once, after the notice's deadline. FAILED_PRECONDITION
// BOX_ROOT_MISMATCH.
absl::Status CheckClosedBox(const CheckedLog& log, const PublishedNotice& notice,
                            const bidding::v1::Box& box);

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_CHECKED_LOG_H_
