#include "clients/demo/log_check.h"

#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "jodal/event/v1/event.pb.h"

namespace jodal::demo {
namespace {

absl::Status ReceiptMismatch(absl::string_view what) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "RECEIPT_MISMATCH",
                   absl::StrCat("the receipt is not for what was sent: ", what));
}

}  // namespace

absl::StatusOr<log::LogIdentity> LogIdentityOf(Run& run, const std::string& service) {
  ASSIGN_OR_RETURN(const auto keys, sdk::LoadLogKeys(run.client().context()));
  const auto key = keys.find(service);
  if (key == keys.end()) {
    return MakeError(absl::StatusCode::kNotFound, "LOG_KEY_MISSING",
                     absl::StrCat("the trust folder has no key for the log ", service),
                     {{"log", service}});
  }
  return log::LogIdentity{run.client().context().LogOrigin(service), key->second};
}

absl::StatusOr<sdk::CheckedLog> ReadLog(Run& run, const std::string& service) {
  ASSIGN_OR_RETURN(const auto identity, LogIdentityOf(run, service));
  sdk::LogSource source;
  source.checkpoint = [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const auto answer,
                     run.Patiently([&] { return run.client().Checkpoint(service); }));
    return answer.checkpoint();
  };
  source.entries = [&](uint64_t begin, int limit) {
    return run.Patiently([&] { return run.client().Entries(service, begin, limit); });
  };
  return sdk::CheckedLog::Read(identity, source);
}

absl::Status CheckBidReceipt(const log::LogIdentity& log, const log::v1::Receipt& receipt,
                             const Submission& submission) {
  ASSIGN_OR_RETURN(const auto proven, log::VerifyReceipt(receipt.entry(), receipt.proof(), log));
  log::v1::Entry entry;
  if (!entry.ParseFromString(receipt.entry()) || entry.seq() != proven.seq) {
    return ReceiptMismatch("its entry");
  }
  event::v1::Event event;
  event.mutable_bid_received()->set_tender_id(submission.tender_id);
  event.mutable_bid_received()->set_notice_hash(submission.notice_hash);
  event.mutable_bid_received()->set_submission_digest(submission.submission_digest);
  event.mutable_bid_received()->set_stage(1);
  event.mutable_bid_received()->set_round(1);
  if (entry.type() != "bid.received") return ReceiptMismatch("its type");
  if (entry.body_sha256() != crypto::Sha256(event.SerializeAsString())) {
    return ReceiptMismatch("its submission");
  }
  if (entry.arrival_time_ns() != submission.arrival_time_ns) {
    return ReceiptMismatch("its time of arrival");
  }
  return absl::OkStatus();
}

}  // namespace jodal::demo
