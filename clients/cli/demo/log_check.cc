#include "clients/cli/demo/log_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/sdk/open_shares.h"
#include "common/crypto/hash.h"
#include "common/log/merkle.h"
#include "common/log/receipt.h"
#include "common/status/error.h"

namespace jodal::demo {
namespace {

constexpr int kPage = 1000;

absl::Status LogMismatch(absl::string_view service, absl::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "LOG_MISMATCH",
                   absl::StrCat("the log ", service, " contradicts itself: ", what),
                   {{"log", std::string(service)}});
}

absl::Status ReceiptMismatch(absl::string_view what) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "RECEIPT_MISMATCH",
                   absl::StrCat("the receipt is not for what was sent: ", what));
}

absl::Status BoxMismatch(absl::string_view what) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "BOX_ROOT_MISMATCH",
                   absl::StrCat("the log does not bear out the closed box: ", what));
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

absl::StatusOr<CheckedLog> CheckedLog::Read(Run& run, const std::string& service) {
  CheckedLog out;
  ASSIGN_OR_RETURN(out.identity_, LogIdentityOf(run, service));
  ASSIGN_OR_RETURN(const auto checkpoint,
                   run.Patiently([&] { return run.client().Checkpoint(service); }));
  ASSIGN_OR_RETURN(out.head_, log::OpenCheckpoint(checkpoint.checkpoint(), out.identity_));
  log::Frontier tree;
  out.roots_.push_back(tree.Root());
  while (out.entries_.size() < out.head_.size) {
    const uint64_t begin = out.entries_.size();
    const int limit = static_cast<int>(std::min<uint64_t>(kPage, out.head_.size - begin));
    ASSIGN_OR_RETURN(auto page,
                     run.Patiently([&] { return run.client().Entries(service, begin, limit); }));
    if (page.entries().empty()) return LogMismatch(service, "entries are missing");
    for (auto& logged : *page.mutable_entries()) {
      log::v1::Entry entry;
      if (logged.seq() != out.entries_.size() || !entry.ParseFromString(logged.entry()) ||
          entry.seq() != logged.seq()) {
        return LogMismatch(service, absl::StrCat("entry ", out.entries_.size()));
      }
      if (logged.is_public() && crypto::Sha256(logged.body()) != entry.body_sha256()) {
        return LogMismatch(service, absl::StrCat("the body of entry ", entry.seq()));
      }
      tree.Append(log::LeafHash(logged.entry()));
      out.roots_.push_back(tree.Root());
      out.entries_.push_back(std::move(logged));
      if (out.entries_.size() == out.head_.size) break;
    }
  }
  if (out.roots_.back() != out.head_.root) return LogMismatch(service, "the root of its head");
  return out;
}

absl::Status CheckedLog::CheckReceipt(const log::v1::Receipt& receipt) const {
  ASSIGN_OR_RETURN(const auto proven,
                   log::VerifyReceipt(receipt.entry(), receipt.proof(), identity_));
  if (proven.seq >= entries_.size() || entries_[proven.seq].entry() != receipt.entry()) {
    return LogMismatch(identity_.origin, absl::StrCat("entry ", proven.seq, " of a receipt"));
  }
  if (proven.size >= roots_.size() || roots_[proven.size] != proven.root) {
    return LogMismatch(identity_.origin, "a receipt's checkpoint");
  }
  return absl::OkStatus();
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
  if (entry.type() != "bid.received") return ReceiptMismatch("its type");
  if (entry.body_sha256() != crypto::Sha256(event.SerializeAsString())) {
    return ReceiptMismatch("its submission");
  }
  if (entry.arrival_time_ns() != submission.arrival_time_ns) {
    return ReceiptMismatch("its time of arrival");
  }
  return absl::OkStatus();
}

absl::Status CheckClosedBox(const CheckedLog& log, const bidding::v1::Box& box) {
  if (box.closed_seq() >= log.entries().size() || box.created_seq() >= box.closed_seq()) {
    return BoxMismatch("its entries are not in the log");
  }
  std::vector<std::pair<int64_t, std::string>> received;  // arrival, digest
  for (uint64_t seq = box.created_seq(); seq <= box.closed_seq(); ++seq) {
    log::v1::Entry entry;
    event::v1::Event event;
    if (!entry.ParseFromString(log.entries()[seq].entry()) ||
        !event.ParseFromString(log.entries()[seq].body())) {
      return BoxMismatch(absl::StrCat("entry ", seq));
    }
    if (seq == box.created_seq() && (event.box_created().tender_id() != box.tender_id() ||
                                     event.box_created().notice_hash() != box.notice_hash())) {
      return BoxMismatch("box.created");
    }
    if (seq == box.closed_seq() && (event.box_closed().tender_id() != box.tender_id() ||
                                    event.box_closed().notice_hash() != box.notice_hash() ||
                                    event.box_closed().count() != box.submissions() ||
                                    event.box_closed().root() != box.root())) {
      return BoxMismatch("box.closed");
    }
    if (event.bid_received().tender_id() == box.tender_id() &&
        event.bid_received().notice_hash() == box.notice_hash()) {
      received.emplace_back(entry.arrival_time_ns(), event.bid_received().submission_digest());
    }
    if (event.bid_cancelled().tender_id() == box.tender_id()) {
      std::erase_if(received, [&](const auto& bid) {
        return bid.second == event.bid_cancelled().submission_digest();
      });
    }
  }
  std::sort(received.begin(), received.end());
  std::vector<std::string> digests;
  for (auto& [arrival, digest] : received) digests.push_back(std::move(digest));
  if (static_cast<int>(digests.size()) != box.submissions()) return BoxMismatch("the count");
  ASSIGN_OR_RETURN(const std::string root, sdk::BoxRoot(digests));
  if (root != box.root()) return BoxMismatch("the root");
  return absl::OkStatus();
}

}  // namespace jodal::demo
