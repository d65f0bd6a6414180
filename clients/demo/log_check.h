// What the replay reads from the logs, patiently.
#ifndef JODAL_CLIENTS_DEMO_LOG_CHECK_H_
#define JODAL_CLIENTS_DEMO_LOG_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/demo/run.h"
#include "clients/sdk/checked_log.h"
#include "common/log/checkpoint.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::demo {

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

// Reads `service`'s log in full. LOG_KEY_MISSING; the reasons of sdk::CheckedLog::Read.
absl::StatusOr<sdk::CheckedLog> ReadLog(Run& run, const std::string& service);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_LOG_CHECK_H_
