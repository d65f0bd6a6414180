// Chapters: the bids and their opening. The bids are all those that the log received for the notice
// in force, each in time, signed and receipted; the log closed the box over them; k members' shares
// open each of them to the price that was published, or to the fault for which it is void.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "clients/sdk/open_shares.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/log/receipt.h"
#include "common/sealing/sb1.h"
#include "services/bidding/domain/bid_check.h"
#include "services/tender/engine/notice_terms.h"

namespace jodal::bundle {
namespace {

constexpr char kBidding[] = "bidding";

struct Window {
  absl::Time bid_start, deadline, open_at;
};

absl::StatusOr<Window> WindowOf(const Audit& audit) {
  const auto terms = tender::ParseNoticeTerms(audit.notice().notice);
  if (!terms.ok()) {
    return WrongAt(NoticeBase(static_cast<int>(audit.notices.size())) + ".json", terms.status());
  }
  return Window{terms->bid_start, terms->deadline, terms->open_at};
}

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
  bid.submission_digest = sdk::SubmissionDigest(seal.document, crypto::Sha256(bid.ciphertext));
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
  if (seal.doc.bidder_cert_sha256() != seal.cert_sha256) {
    return Wrong("SIGNER_MISMATCH", seal_file, "the seal names another certificate than its own");
  }
  const auto committee = audit.notice().committee();
  const auto sealed = sdk::ToSealed(seal.doc, bid.ciphertext);
  if (!committee.ok() || !sealed.ok()) {
    return WrongAt(seal_file, committee.ok() ? sealed.status() : committee.status());
  }
  RETURN_IF_ERROR(WrongAt(seal_file, sealing::CheckShape(*committee, *sealed)));
  if (seal.doc.format() != "SB1" || seal.doc.k() != committee->k ||
      seal.doc.n() != static_cast<int>(committee->members.size()) ||
      sealed->ciphertext_sha256 != crypto::Sha256(bid.ciphertext) ||
      seal.doc.ciphertext_size() != static_cast<int64_t>(bid.ciphertext.size())) {
    return Wrong("SEAL_MALFORMED", seal_file,
                 "the seal fits neither the notice nor the ciphertext");
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
  const auto root = sdk::BoxRoot(digests);
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
  audit.box_root = *root;
  audit.report.state = "CLOSED";
  if (told != nullptr && (told->event.tender_closed().bids() != event.count() ||
                          told->event.tender_closed().box_root() != *root)) {
    return audit.EventWrong(*told, "box");
  }
  return absl::OkStatus();
}

// What the quorum said about each bid.
struct Quorum {
  std::vector<sealing::MemberShare> shares;
  bool bad_wrap = false;
};

// One member's shares of every bid, each checked against the seal.
absl::Status VerifyShares(Audit& audit, const LoggedEntry& released, bool in_quorum,
                          const Window& window, std::vector<Quorum>& quorums) {
  const auto& event = released.event.share_released();
  const std::string file = ShareBase(event.i()) + ".json";
  const document::v1::Notice& notice = audit.notice().notice;
  if (event.i() < 1 || event.i() > notice.committee_size()) {
    return audit.EventWrong(released, "member");
  }
  ASSIGN_OR_RETURN(auto act, audit.Open<document::v1::OpenShares>(
                                 ShareBase(event.i()), "open-share", released.received()));
  if (event.open_share_sha256() != act.sha256) return audit.EventWrong(released, "document");
  if (released.received() < window.open_at) {
    return Wrong("SHARES_TOO_EARLY", file, "shares were released before the opening time");
  }
  const auto& member = notice.committee(event.i() - 1);
  if (act.doc.i() != event.i() || act.by->person_id != member.person_id()) {
    return Wrong("SIGNER_MISMATCH", file, "the shares are not signed by this member");
  }
  if (act.doc.notice_hash() != audit.notice().hash_hex()) {
    return Wrong("NOTICE_MISMATCH", file, "the shares are for another notice");
  }
  if (act.doc.box_root() != audit.box_root) {
    return Wrong("BOX_ROOT_MISMATCH", file, "the shares are of another box");
  }
  if (act.doc.shares_size() != static_cast<int>(audit.bids.size())) {
    return Wrong("SHARES_MISMATCH", file, "there must be one entry for each bid");
  }
  for (size_t at = 0; at < audit.bids.size(); ++at) {
    const Bid& bid = audit.bids[at];
    const auto& share = act.doc.shares(static_cast<int>(at));
    if (share.submission_id() != bid.seal.submission_id() ||
        share.bad_wrap() != share.share().empty() ||
        (!share.bad_wrap() && !share.bad_wrap_proof().empty())) {
      return Wrong("SHARES_MISMATCH", file, "the entries are not one for each bid in box order",
                   {{"submission", share.submission_id()}});
    }
    ASSIGN_OR_RETURN(const sealing::Sealed sealed, sdk::ToSealed(bid.seal, ""));
    const sealing::Wrapped& wrapped = sealed.shares[static_cast<size_t>(event.i() - 1)];
    ASSIGN_OR_RETURN(const std::string dealer, HexDecode(bid.seal.bidder_cert_sha256()));
    const absl::Status checked =
        share.bad_wrap()
            ? sealing::VerifyBadWrap({audit.notice().hash, dealer}, {member.i(), member.spki()},
                                     wrapped, share.bad_wrap_proof())
            : sealing::CheckShare(audit.notice().hash, wrapped, share.share());
    RETURN_IF_ERROR(WrongAt(file, checked));
    ++audit.report.shares;
    if (!in_quorum) continue;
    if (share.bad_wrap()) {
      quorums[at].bad_wrap = true;
    } else {
      quorums[at].shares.push_back({event.i(), share.share()});
    }
  }
  ++audit.report.members;
  return absl::OkStatus();
}

// The void reason of an inner document that was refused as `status`.
const char* DocumentFault(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason == "SIGNATURE_REFUSED") return bidding::kVoidSignature;
  if (reason == "SIGNER_MISMATCH" || reason == "DOCUMENT_SIGNER") return bidding::kVoidSigner;
  if (reason == "DOCUMENT_SYSTEM") return bidding::kVoidSystem;
  return bidding::kVoidBidMalformed;
}

// From the sealed bytes and the quorum's shares to the opened bid. `stated` is the void reason that
// was published: it decides nothing but one case, see below.
absl::StatusOr<bidding::v1::OpenedBid> Reopen(Audit& audit, const Bid& bid, const Quorum& quorum,
                                              absl::string_view stated) {
  bidding::v1::OpenedBid out;
  out.set_submission_id(bid.seal.submission_id());
  out.set_submission_digest(bid.submission_digest);
  out.set_supplier_id(bid.by->organization_id);
  if (quorum.bad_wrap) {
    out.set_void_reason(bidding::kVoidSealInconsistent);
    return out;
  }
  ASSIGN_OR_RETURN(const sealing::Committee committee, audit.notice().committee());
  ASSIGN_OR_RETURN(const sealing::Sealed sealed, sdk::ToSealed(bid.seal, ""));
  ASSIGN_OR_RETURN(const std::string dealer, HexDecode(bid.seal.bidder_cert_sha256()));
  const auto cek = sealing::Combine(committee.k, quorum.shares);
  if (!cek.ok()) return WrongAt(bid.dir + "seal.json", cek.status());
  const absl::Status whole = sealing::CheckSeal(committee, dealer, *cek, sealed);
  ++audit.report.seals;
  if (!whole.ok()) {
    // A key that the seal does not commit to is nobody's key and is not published.
    if (ErrorReason(whole) != "KEY_COMMIT_MISMATCH") out.set_cek(*cek);
    out.set_void_reason(bidding::kVoidSealInconsistent);
    return out;
  }
  out.set_cek(*cek);
  const auto plain = sealing::Decrypt({committee.notice_hash, *cek}, bid.ciphertext);
  if (!plain.ok()) {
    out.set_void_reason(bidding::kVoidCiphertext);
    return out;
  }
  const auto payload = sealing::DecodePayload(*plain);
  if (!payload.ok()) {
    out.set_void_reason(bidding::kVoidPayload);
    return out;
  }
  out.set_bid(payload->document);
  out.set_bid_signature(payload->signature);

  document::v1::SignedDocument inner;
  inner.set_content(payload->document);
  inner.set_signature(payload->signature);
  document::Expected expected;
  expected.kind = "bid";
  expected.system = audit.system;
  expected.signer_id = bid.by->person_id;
  expected.cert_sha256 = bid.seal.bidder_cert_sha256();
  expected.at = bid.received->received();
  document::v1::Bid doc;
  const auto opened = document::OpenDocument(*audit.signatures, inner, expected, &doc);
  if (!opened.ok()) {
    out.set_void_reason(DocumentFault(opened.status()));
    // Evidence is kept for signatures that count. Of a certificate that is not the seal's it may be
    // missing; the bid is void either way.
    if (out.void_reason() == bidding::kVoidSignature && stated == bidding::kVoidSigner &&
        audit.signatures->refused_cert_sha256() != bid.seal.bidder_cert_sha256()) {
      out.set_void_reason(bidding::kVoidSigner);
    }
    return out;
  }
  const document::v1::Notice& notice = audit.notice().notice;
  out.set_void_reason(
      bidding::VoidReasonOf({doc.tender_id(),
                             doc.notice_hash(),
                             doc.bidder_id(),
                             doc.submission_id(),
                             doc.lot(),
                             doc.price(),
                             doc.currency(),
                             {doc.picks().begin(), doc.picks().end()},
                             doc.nonce().size()},
                            {audit.tender_id, audit.notice().hash_hex(), bid.by->organization_id,
                             bid.seal.submission_id(), notice.currency()}));
  if (!out.void_reason().empty()) return out;
  out.set_price(doc.price());
  *out.mutable_picks() = doc.picks();
  out.set_nonce(doc.nonce());
  return out;
}

// `path` holds exactly `bytes`, or does not exist where they are empty.
absl::Status CheckBytes(Audit& audit, const std::string& path, absl::string_view bytes) {
  if (bytes.empty()) {
    if (!audit.files.Has(path)) return absl::OkStatus();
    return Wrong("OPENED_BID_MISMATCH", path, "the shares open no such thing");
  }
  ASSIGN_OR_RETURN(const std::string* given, audit.files.Read(path));
  if (*given == bytes) return absl::OkStatus();
  return Wrong("OPENED_BID_MISMATCH", path, "it is not what the shares open");
}

absl::Status VerifyOpened(Audit& audit, Bid& bid, const Quorum& quorum, const LoggedEntry& logged) {
  const std::string file = bid.dir + "opened.json";
  ASSIGN_OR_RETURN(const std::string* given, audit.files.Read(file));
  bidding::v1::OpenedBid stated;
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(*given, &stated)));
  ASSIGN_OR_RETURN(bid.opened, Reopen(audit, bid, quorum, stated.void_reason()));
  bid.opened.set_received_seq(bid.received->seq());
  bid.opened.set_opened_seq(logged.seq());
  RETURN_IF_ERROR(CheckBytes(audit, bid.dir + "cek.bin", bid.opened.cek()));
  RETURN_IF_ERROR(CheckBytes(audit, bid.dir + "bid.json", bid.opened.bid()));
  RETURN_IF_ERROR(CheckBytes(audit, bid.dir + "bid.p7s", bid.opened.bid_signature()));
  bidding::v1::OpenedBid shown = bid.opened;  // without what lies in files of its own
  shown.clear_cek();
  shown.clear_bid();
  shown.clear_bid_signature();
  RETURN_IF_ERROR(audit.CheckDerived(file, shown, "OPENED_BID_MISMATCH"));

  const auto& event = logged.event.bid_opened();
  const std::string sha256 =
      bid.opened.bid().empty() ? "" : HexEncode(crypto::Sha256(bid.opened.bid()));
  if (event.submission_id() != shown.submission_id()) return audit.EventWrong(logged, "submission");
  if (event.submission_digest() != shown.submission_digest()) {
    return audit.EventWrong(logged, "submission digest");
  }
  if (event.supplier_id() != shown.supplier_id()) return audit.EventWrong(logged, "supplier");
  if (event.void_reason() != shown.void_reason()) return audit.EventWrong(logged, "void reason");
  if (event.bid_sha256() != sha256) return audit.EventWrong(logged, "bid");
  if (event.price() != shown.price()) return audit.EventWrong(logged, "price");
  if (!std::equal(event.picks().begin(), event.picks().end(), shown.picks().begin(),
                  shown.picks().end())) {
    return audit.EventWrong(logged, "picks");
  }
  ++(shown.void_reason().empty() ? audit.report.valid_bids : audit.report.void_bids);
  return absl::OkStatus();
}

// box/box.json is what the log and the notice say. The state of a box that is not opened depends on
// the moment of the export as well.
absl::Status VerifyBox(Audit& audit, const Window& window, bidding::v1::Box box,
                       const std::vector<bidding::v1::Box::State>& states) {
  const document::v1::Notice& notice = audit.notice().notice;
  box.set_tender_id(audit.tender_id);
  box.set_notice_version(notice.notice_version());
  box.set_notice_hash(audit.notice().hash_hex());
  box.set_bid_start_ns(absl::ToUnixNanos(window.bid_start));
  box.set_deadline_ns(absl::ToUnixNanos(window.deadline));
  box.set_open_at_ns(absl::ToUnixNanos(window.open_at));
  box.set_k(notice.k());
  box.set_n(notice.committee_size());
  box.set_root(audit.box_root);
  const auto created = audit.Take(kBidding, "box.created", audit.TenderSubject());
  box.set_created_seq(created.back()->seq());
  absl::Status status;
  for (const auto state : states) {
    box.set_state(state);
    status = audit.CheckDerived(kBoxFile, box, "BOX_MISMATCH");
    if (status.ok()) return status;
  }
  return status;
}

}  // namespace

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

absl::Status VerifyOpening(Audit& audit) {
  const std::string subject = audit.TenderSubject();
  ASSIGN_OR_RETURN(const Window window, WindowOf(audit));
  ASSIGN_OR_RETURN(const LoggedEntry* cancelled, audit.TakeOne(kBidding, "box.cancelled", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* closed, audit.TakeOne(kBidding, "box.closed", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* completed,
                   audit.TakeOne(kBidding, "opening.completed", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* told, audit.TakeOne("tender", "tender.opened", subject));
  const auto releases = audit.Take(kBidding, "share.released", subject);
  const auto openings = audit.Take(kBidding, "bid.opened", subject);
  const int k = audit.notice().notice.k();

  bidding::v1::Box box;
  box.set_submissions(audit.report.bids);
  std::set<int> members;
  for (const LoggedEntry* entry : releases) members.insert(entry->event.share_released().i());
  if (members.size() != releases.size()) {
    return Wrong("ENTRY_REPEATED", audit.LogFile(*releases.back()), "a member released twice");
  }
  for (const int i : members) box.add_released(i);
  if (closed != nullptr) box.set_closed_seq(closed->seq());

  if (completed == nullptr) {
    using State = bidding::v1::Box;
    for (const LoggedEntry* entry : openings) {
      box.set_opened(box.opened() + 1);
      if (!entry->event.bid_opened().void_reason().empty()) box.set_void_(box.void_() + 1);
    }
    if (told != nullptr) return audit.EventWrong(*told, "opening");
    if (cancelled != nullptr) return VerifyBox(audit, window, box, {State::CANCELLED});
    if (closed == nullptr) return VerifyBox(audit, window, box, {State::OPEN, State::CLOSED});
    return VerifyBox(audit, window, box,
                     {static_cast<int>(releases.size()) < k ? State::CLOSED : State::OPENING});
  }
  if (closed == nullptr) return audit.EventWrong(*completed, "close of the box");
  if (static_cast<int>(releases.size()) < k) {
    return Wrong("SHARES_MISSING", audit.LogFile(*completed),
                 absl::StrCat("it takes ", k, " members, ", releases.size(), " released shares"));
  }
  // The members whose shares opened the box are the first k.
  std::vector<LoggedEntry*> in_order = releases;
  std::sort(in_order.begin(), in_order.begin() + k, [](const LoggedEntry* a, const LoggedEntry* b) {
    return a->event.share_released().i() < b->event.share_released().i();
  });
  std::vector<Quorum> quorums(audit.bids.size());
  for (size_t at = 0; at < in_order.size(); ++at) {
    RETURN_IF_ERROR(VerifyShares(audit, *in_order[at], static_cast<int>(at) < k, window, quorums));
  }
  if (openings.size() != audit.bids.size()) {
    return Wrong("BID_MISSING", audit.LogFile(*completed),
                 absl::StrCat("the log opened ", openings.size(), " bids, the box held ",
                              audit.bids.size()));
  }
  for (size_t at = 0; at < audit.bids.size(); ++at) {
    RETURN_IF_ERROR(VerifyOpened(audit, audit.bids[at], quorums[at], *openings[at]));
  }
  const auto& event = completed->event.opening_completed();
  if (event.notice_hash() != audit.notice().hash_hex()) {
    return audit.EventWrong(*completed, "notice hash");
  }
  if (event.box_root() != audit.box_root) return audit.EventWrong(*completed, "box root");
  if (event.valid() != audit.report.valid_bids || event.void_() != audit.report.void_bids) {
    return audit.EventWrong(*completed, "count");
  }
  if (told != nullptr && (told->event.tender_opened().valid() != audit.report.valid_bids ||
                          told->event.tender_opened().void_() != audit.report.void_bids)) {
    return audit.EventWrong(*told, "count");
  }
  box.set_opened(audit.report.bids);
  box.set_void_(audit.report.void_bids);
  box.set_completed_seq(completed->seq());
  audit.report.state = "OPENED";
  return VerifyBox(audit, window, box, {bidding::v1::Box::OPENED});
}

}  // namespace jodal::bundle
