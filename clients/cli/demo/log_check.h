// A log as a client sees it: read in full, recomputed against its signed head, and what the replay
// wants to know from it.
#ifndef JODAL_CLIENTS_CLI_DEMO_LOG_CHECK_H_
#define JODAL_CLIENTS_CLI_DEMO_LOG_CHECK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/demo/run.h"
#include "common/log/checkpoint.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::demo {

// Immutable once read.
class CheckedLog {
 public:
  // Reads `service`'s log up to its newest checkpoint. LOG_KEY_MISSING; the reasons of
  // log::OpenCheckpoint; DATA_LOSS LOG_MISMATCH if entries, bodies and head do not fit each other.
  static absl::StatusOr<CheckedLog> Read(Run& run, const std::string& service);

  const log::LogIdentity& identity() const { return identity_; }
  const log::Checkpoint& head() const { return head_; }
  // By sequence number; bodies that are not public are empty.
  const std::vector<log::v1::LogEntry>& entries() const { return entries_; }

  // OK if the receipt is good by itself and its entry and checkpoint are part of this log:
  // reasons of log::VerifyReceipt, LOG_MISMATCH.
  absl::Status CheckReceipt(const log::v1::Receipt& receipt) const;

 private:
  log::LogIdentity identity_;
  log::Checkpoint head_;
  std::vector<log::v1::LogEntry> entries_;
  std::vector<std::string> roots_;  // of the first 0, 1, ... entries
};

// The key of `service`'s log, from the installation's trust folder. LOG_KEY_MISSING.
absl::StatusOr<log::LogIdentity> LogIdentityOf(Run& run, const std::string& service);

// What a supplier checks when a receipt comes back: it is the log's, and the entry in it says that
// this very submission arrived. The reasons of log::VerifyReceipt, RECEIPT_MISMATCH.
struct Submission {
  std::string tender_id;
  std::string notice_hash;        // hex
  std::string submission_digest;  // hex
  int64_t arrival_time_ns = 0;
};
absl::Status CheckBidReceipt(const log::LogIdentity& log, const log::v1::Receipt& receipt,
                             const Submission& submission);

// What a member of the committee checks before releasing shares: between the box's creation for
// this notice and box.closed the log holds exactly the submissions that the closed box counts, and
// its root is over them in box order. FAILED_PRECONDITION BOX_ROOT_MISMATCH.
absl::Status CheckClosedBox(const CheckedLog& log, const bidding::v1::Box& box);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_CLI_DEMO_LOG_CHECK_H_
