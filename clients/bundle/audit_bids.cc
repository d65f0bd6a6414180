// Chapter: the bids. They are all those that the log received for the notice in force and that were
// not cancelled, each in time, signed and receipted, and the log closed the box over them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "clients/sdk/open_shares.h"
#include "common/crypto/hash.h"
#include "common/log/receipt.h"
#include "common/sealing/sb1.h"
#include "procurement/bid/submission.h"
#include "procurement/notice/notice_facts.h"

namespace jodal::bundle {
namespace {

constexpr char kBidding[] = "bidding";

// The submissions that the box holds, in box order: of the notice in force, not cancelled.
absl::StatusOr<std::vector<LoggedEntry*>> BoxEntries(Audit& audit) {
  std::set<std::string> cancelled;
  for (const LoggedEntry* entry : audit.Take(kBidding, "bid.cancelled", audit.TenderSubject())) {
    cancelled.insert(entry->event.bid_cancelled().submission_digest());
  }
  audit.report.cancelled_bids = static_cast<int>(cancelled.size());
  std::vector<LoggedEntry*> out;
  std::set<std::string> seen;
  for (LoggedEntry* entry : audit.Take(kBidding, "bid.received", audit.TenderSubject())) {
    const auto& received = entry->event.bid_received();
    if (!seen.insert(received.submission_digest()).second) {
      return Wrong("ENTRY_REPEATED", audit.LogFile(*entry), "a submission was received twice",
                   {{"seq", absl::StrCat(entry->seq())}});
    }
    const bool known = std::any_of(
        audit.notices.begin(), audit.notices.end(),
        [&](const sdk::PublishedNotice& n) { return n.hash_hex() == received.notice_hash(); });
    if (!known) return audit.EventWrong(*entry, "notice hash");
    if (cancelled.erase(received.submission_digest()) != 0) continue;
    if (received.notice_hash() != audit.notice().hash_hex()) {
      ++audit.report.superseded_bids;
      continue;
    }
    out.push_back(entry);
  }
  if (!cancelled.empty()) {
    return Wrong("BID_MISSING", absl::StrCat(LogDir(kBidding), "entries.jsonl"),
                 "a bid was cancelled that had never been received");
  }
  std::sort(out.begin(), out.end(), [](const LoggedEntry* a, const LoggedEntry* b) {
    return std::make_pair(a->received(), a->event.bid_received().submission_digest()) <
           std::make_pair(b->received(), b->event.bid_received().submission_digest());
  });
  return out;
}

// The folder of the n-th bid; its name ends in the submission id.
absl::StatusOr<Bid> VerifyBid(Audit& audit, const std::string& dir, LoggedEntry* received,
                              const Window& window) {
  const std::string seal_file = dir + "seal.json";
  Bid bid;
  bid.dir = dir;
  bid.received = received;
  if (received->head.arrival_time_ns() == 0) return audit.EventWrong(*received, "arrival");
  ASSIGN_OR_RETURN(const std::string* ciphertext, audit.files.Read(dir + "ciphertext.bin"));
  bid.ciphertext = *ciphertext;
  ASSIGN_OR_RETURN(auto seal,
                   audit.Open<document::v1::Seal>(dir + "seal", "seal", received->received()));
  bid.seal = seal.doc;
  bid.by = seal.by;
  const procurement::Submitted submitted(seal.document, bid.ciphertext);
  bid.submission_digest = procurement::SubmissionDigest(submitted);
  if (bid.submission_digest != received->event.bid_received().submission_digest()) {
    return Wrong("BID_NOT_RECEIVED", seal_file,
                 "the log received other bytes at this place of the box",
                 {{"seq", absl::StrCat(received->seq())}});
  }
  if (received->received() < window.bid_start || received->received() >= window.deadline) {
    return Wrong("BID_OUT_OF_TIME", seal_file, "the bid did not arrive in the bidding time",
                 {{"seq", absl::StrCat(received->seq())}});
  }
  RETURN_IF_ERROR(audit.CheckCapacity(*seal.by, {"supplier", ""}, seal_file));
  if (seal.doc.notice_hash() != audit.notice().hash_hex()) {
    return Wrong("NOTICE_MISMATCH", seal_file, "the bid is for another notice");
  }
  if (seal.doc.stage() != received->event.bid_received().stage() ||
      seal.doc.round() != received->event.bid_received().round()) {
    return audit.EventWrong(*received, "stage");
  }
  if (seal.doc.bidder_cert_sha256() != seal.cert_sha256) {
    return Wrong("SIGNER_MISMATCH", seal_file, "the seal names another certificate than its own");
  }
  RETURN_IF_ERROR(WrongAt(seal_file, procurement::CheckSealShape(seal.doc, submitted)));
  if (seal.doc.quorum() != audit.notice().notice.quorum() ||
      seal.doc.members() != audit.notice().notice.committee_size()) {
    return Wrong("SEAL_COMMITTEE_MISMATCH", seal_file,
                 "the seal is not for the committee of the notice");
  }
  // The receipt has been verified with the logs; it must be this bid's.
  const std::string receipt_file = dir + "receipt.txt";
  ASSIGN_OR_RETURN(const std::string* receipt, audit.files.Read(receipt_file));
  const auto proof = log::ParseProof(*receipt);
  if (!proof.ok()) return WrongAt(receipt_file, proof.status());
  if (proof->index != received->seq()) {
    return Wrong("RECEIPT_MISMATCH", receipt_file, "the receipt is another bid's",
                 {{"seq", absl::StrCat(proof->index)}});
  }
  return bid;
}

// box.closed and what the tender service made of it.
absl::Status VerifyClosed(Audit& audit, const std::vector<LoggedEntry*>& held,
                          const Window& window) {
  ASSIGN_OR_RETURN(const LoggedEntry* closed,
                   audit.TakeOne(kBidding, "box.closed", audit.TenderSubject()));
  ASSIGN_OR_RETURN(const LoggedEntry* told,
                   audit.TakeOne("tender", "tender.closed", audit.TenderSubject()));
  if (closed == nullptr) {
    if (told == nullptr) return absl::OkStatus();
    return Wrong("BOX_NOT_LOGGED", audit.LogFile(*told), "the tender closed without its box");
  }
  std::vector<std::string> digests;
  for (const LoggedEntry* entry : held) {
    if (entry->seq() > closed->seq()) {
      return Wrong("BID_OUT_OF_TIME", audit.LogFile(*entry), "a bid was taken after the close",
                   {{"seq", absl::StrCat(entry->seq())}});
    }
    digests.push_back(entry->event.bid_received().submission_digest());
  }
  const auto root = procurement::BoxRoot(digests);
  const auto& event = closed->event.box_closed();
  if (event.notice_hash() != audit.notice().hash_hex()) {
    return audit.EventWrong(*closed, "notice hash");
  }
  if (!root.ok() || event.root() != *root || event.count() != static_cast<int>(held.size())) {
    return Wrong("BOX_ROOT_MISMATCH", audit.LogFile(*closed),
                 absl::StrCat("the log closed the box over ", event.count(),
                              " submissions, other than the ", held.size(), " received"),
                 {{"seq", absl::StrCat(closed->seq())}});
  }
  if (closed->committed() < window.deadline) {
    return Wrong("BOX_CLOSED_EARLY", audit.LogFile(*closed),
                 "the box was closed before the deadline", {{"seq", absl::StrCat(closed->seq())}});
  }
  for (const LoggedEntry* entry : audit.Take(kBidding, "seals.read", audit.TenderSubject())) {
    const auto& read = entry->event.seals_read();
    if (entry->seq() < closed->seq()) {
      return Wrong("SEALS_READ_EARLY", audit.LogFile(*entry), "a member read bids before the close",
                   {{"seq", absl::StrCat(entry->seq())}});
    }
    if (read.member() < 1 || read.member() > audit.notice().notice.committee_size()) {
      return audit.EventWrong(*entry, "member");
    }
  }
  audit.box_root = *root;
  audit.report.state = "CLOSED";
  if (told != nullptr && (told->event.tender_closed().bids() != event.count() ||
                          told->event.tender_closed().box_root() != *root)) {
    return audit.EventWrong(*told, "box");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Window> WindowOf(const Audit& audit) {
  const auto terms = procurement::ParseNotice(audit.notice().notice);
  if (!terms.ok()) {
    return WrongAt(NoticeBase(static_cast<int>(audit.notices.size())) + ".json", terms.status());
  }
  const procurement::StageFacts& stage = terms->stages[0];
  return Window{stage.bid_start, stage.deadline, stage.open_at};
}

absl::Status VerifyBids(Audit& audit) {
  ASSIGN_OR_RETURN(const Window window, WindowOf(audit));
  ASSIGN_OR_RETURN(const std::vector<LoggedEntry*> held, BoxEntries(audit));
  audit.report.bids = static_cast<int>(held.size());
  const bool opened = !audit.Take(kBidding, "opening.completed", audit.TenderSubject()).empty();
  if (opened) {
    const std::vector<std::string> names = audit.files.Children("bids/");
    if (names.size() != held.size()) {
      return Wrong(
          names.size() < held.size() ? "BID_MISSING" : "BID_NOT_RECEIVED", "bids",
          absl::StrCat("the log received ", held.size(), " bids, the bundle has ", names.size()));
    }
    std::set<std::string> suppliers;
    for (size_t at = 0; at < names.size(); ++at) {
      ASSIGN_OR_RETURN(Bid bid,
                       VerifyBid(audit, absl::StrCat("bids/", names[at], "/"), held[at], window));
      if (bid.dir != BidDir(at + 1, bid.seal.submission_id())) {
        return Wrong("BID_NOT_RECEIVED", bid.dir, "the folder is not named after its bid");
      }
      if (!suppliers.insert(bid.by->organization_id).second) {
        return Wrong("SUPPLIER_BID_TWICE", bid.dir + "seal.json", "one supplier has two bids");
      }
      audit.bids.push_back(std::move(bid));
    }
  }
  return VerifyClosed(audit, held, window);
}

}  // namespace jodal::bundle
