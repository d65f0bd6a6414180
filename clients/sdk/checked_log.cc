#include "clients/sdk/checked_log.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/sdk/open_shares.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/event/v1/event.pb.h"
#include "procurement/bid/submission.h"

namespace jodal::sdk {
namespace {

constexpr int kPage = 1000;

absl::Status LogMismatch(absl::string_view log, absl::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "LOG_MISMATCH",
                   absl::StrCat("the log ", log, " contradicts itself: ", what),
                   {{"log", std::string(log)}});
}

absl::Status BoxMismatch(absl::string_view what) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "BOX_ROOT_MISMATCH",
      absl::StrCat("the log does not bear out the closed box: ", what, "; no share was released"));
}

}  // namespace

absl::StatusOr<CheckedLog> CheckedLog::Read(const log::LogIdentity& identity,
                                            const LogSource& source) {
  CheckedLog out;
  out.identity_ = identity;
  ASSIGN_OR_RETURN(const std::string note, source.checkpoint());
  ASSIGN_OR_RETURN(out.head_, log::OpenCheckpoint(note, identity));
  crypto::Frontier tree;
  out.roots_.push_back(tree.Root());
  while (out.entries_.size() < out.head_.size) {
    const uint64_t begin = out.entries_.size();
    const int limit = static_cast<int>(std::min<uint64_t>(kPage, out.head_.size - begin));
    ASSIGN_OR_RETURN(auto page, source.entries(begin, limit));
    if (page.entries().empty()) return LogMismatch(identity.origin, "entries are missing");
    for (auto& logged : *page.mutable_entries()) {
      log::v1::Entry entry;
      if (logged.seq() != out.entries_.size() || !entry.ParseFromString(logged.entry()) ||
          entry.seq() != logged.seq()) {
        return LogMismatch(identity.origin, absl::StrCat("entry ", out.entries_.size()));
      }
      if (logged.is_public() && crypto::Sha256(logged.body()) != entry.body_sha256()) {
        return LogMismatch(identity.origin, absl::StrCat("the body of entry ", entry.seq()));
      }
      tree.Append(crypto::LeafHash(logged.entry()));
      out.roots_.push_back(tree.Root());
      out.entries_.push_back(std::move(logged));
      if (out.entries_.size() == out.head_.size) break;
    }
  }
  if (out.roots_.back() != out.head_.root) {
    return LogMismatch(identity.origin, "the root of its head");
  }
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

absl::Status CheckClosedBox(const CheckedLog& log, const PublishedNotice& notice,
                            const bidding::v1::Box& box) {
  const std::string& tender_id = notice.notice.tender_id();
  const std::string hash = notice.hash_hex();
  if (box.tender_id() != tender_id || box.notice_hash() != hash) return BoxMismatch("its notice");
  absl::Time deadline;
  if (box.stage() < 1 || box.stage() > notice.notice.stages_size() ||
      box.round() != notice.notice.round() ||
      !absl::ParseTime(absl::RFC3339_full, notice.notice.stages(box.stage() - 1).deadline(),
                       &deadline, nullptr)) {
    return BoxMismatch("the notice has no deadline for it");
  }
  const auto is_of_box = [&](const auto& event) {
    return event.tender_id() == tender_id && event.stage() == box.stage() &&
           event.round() == box.round();
  };
  // The whole log, wherever the service says that the box begins and ends.
  std::set<std::pair<int64_t, std::string>> received;  // arrival, digest: box order
  bool closed = false;
  for (const auto& logged : log.entries()) {
    log::v1::Entry entry;
    event::v1::Event event;
    if (!logged.is_public()) continue;
    if (!entry.ParseFromString(logged.entry()) || !event.ParseFromString(logged.body())) {
      return BoxMismatch(absl::StrCat("entry ", logged.seq()));
    }
    if (event.has_box_closed() && is_of_box(event.box_closed())) {
      const auto& said = event.box_closed();
      if (closed) return BoxMismatch("it was closed twice");
      if (said.notice_hash() != hash || said.count() != box.submissions() ||
          said.root() != box.root() || logged.seq() != box.closed_seq()) {
        return BoxMismatch("box.closed");
      }
      if (absl::FromUnixNanos(entry.commit_time_ns()) < deadline) {
        return BoxMismatch("it was closed before the deadline");
      }
      closed = true;
    }
    if (is_of_box(event.bid_received()) && event.bid_received().notice_hash() == hash) {
      if (closed) return BoxMismatch("a bid was taken after the close");
      received.emplace(entry.arrival_time_ns(), event.bid_received().submission_digest());
    }
    if (is_of_box(event.bid_cancelled())) {
      std::erase_if(received, [&](const auto& bid) {
        return bid.second == event.bid_cancelled().submission_digest();
      });
    }
  }
  if (!closed) return BoxMismatch("there is no box.closed");
  std::vector<std::string> digests;
  for (const auto& [arrival, digest] : received) digests.push_back(digest);
  if (static_cast<int>(digests.size()) != box.submissions()) return BoxMismatch("the count");
  ASSIGN_OR_RETURN(const std::string root, procurement::BoxRoot(digests));
  if (root != box.root()) return BoxMismatch("the root");
  return absl::OkStatus();
}

}  // namespace jodal::sdk
