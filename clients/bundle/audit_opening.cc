// Chapter: the opening. k members' shares open each bid to the price that was published, or to the
// fault for which it is void; both follow from the sealed bytes alone.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/sealing/sb1.h"
#include "procurement/bid/bid_check.h"
#include "procurement/bid/open_bid.h"
#include "procurement/documents/same_fields.h"
#include "procurement/notice/committee.h"

namespace jodal::bundle {
namespace {

constexpr char kBidding[] = "bidding";

// How far a member's release has come, document by document.
struct Release {
  int shares = 0;
  std::vector<const LoggedEntry*> documents;

  // The entry by which the member had released all of the box; null before.
  const LoggedEntry* CompletedBy(int bids) const {
    return shares == bids && !documents.empty() ? documents.back() : nullptr;
  }
};

// The releases that the log shows, by member: each document goes on where the one before it ended.
absl::StatusOr<std::map<int, Release>> ReadReleases(Audit& audit) {
  std::map<int, Release> out;
  for (const LoggedEntry* entry : audit.Take(kBidding, "share.released", audit.TenderSubject())) {
    const auto& event = entry->event.share_released();
    if (event.member() < 1 || event.member() > audit.notice().notice.committee_size()) {
      return audit.EventWrong(*entry, "member");
    }
    Release& release = out[event.member()];
    if (release.CompletedBy(audit.report.bids) != nullptr) {
      return Wrong("ENTRY_REPEATED", audit.LogFile(*entry), "a member released twice",
                   {{"seq", absl::StrCat(entry->seq())}});
    }
    if (event.first() != release.shares || event.count() < 0 ||
        event.count() > audit.report.bids - release.shares) {
      return audit.EventWrong(*entry, "position");
    }
    release.shares += event.count();
    release.documents.push_back(entry);
  }
  return out;
}

// The number of a release's document among its member's, from 0.
struct Document {
  const LoggedEntry& released;
  size_t at;
  bool in_quorum;
};

// The shares of one document, each checked against its seal.
absl::Status VerifyShares(Audit& audit, const Document& document, const Window& window,
                          std::vector<procurement::QuorumShares>& quorums) {
  const LoggedEntry& released = document.released;
  const auto& event = released.event.share_released();
  const std::string base = ShareBase(event.member(), document.at + 1);
  const std::string file = base + ".json";
  const document::v1::Notice& notice = audit.notice().notice;
  ASSIGN_OR_RETURN(auto act,
                   audit.Open<document::v1::OpenShares>(base, "open-share", released.received()));
  if (event.open_share_sha256() != act.sha256) return audit.EventWrong(released, "document");
  if (released.received() < window.open_at) {
    return Wrong("SHARES_TOO_EARLY", file, "shares were released before the opening time");
  }
  const auto& member = notice.committee(event.member() - 1);
  if (act.doc.member() != event.member() || act.by->person_id != member.person_id()) {
    return Wrong("SIGNER_MISMATCH", file, "the shares are not signed by this member");
  }
  if (act.doc.notice_hash() != audit.notice().hash_hex()) {
    return Wrong("NOTICE_MISMATCH", file, "the shares are for another notice");
  }
  if (act.doc.stage() != event.stage() || act.doc.round() != event.round()) {
    return audit.EventWrong(released, "stage");
  }
  if (act.doc.box_root() != audit.box_root) {
    return Wrong("BOX_ROOT_MISMATCH", file, "the shares are of another box");
  }
  const auto given = procurement::GivenShares(act.doc);
  if (!given.ok()) return WrongAt(file, given.status());
  if (act.doc.first() != event.first() || given->size() != static_cast<size_t>(event.count())) {
    return Wrong("SHARES_MISMATCH", file, "the shares are not those of the bids that follow");
  }
  const sealing::Committee committee =
      procurement::SealingCommittee(procurement::CommitteeOf(notice), audit.notice().hash);
  for (size_t n = 0; n < given->size(); ++n) {
    const size_t at = static_cast<size_t>(act.doc.first()) + n;
    const procurement::GivenShare& share = (*given)[n];
    RETURN_IF_ERROR(WrongAt(
        file, procurement::CheckGivenShare(committee, event.member(), audit.bids[at].seal, share)));
    ++audit.report.shares;
    if (!document.in_quorum) continue;
    if (share.bad_wrap_proof.has_value()) {
      quorums[at].bad_wrap = true;
    } else {
      quorums[at].shares.push_back({event.member(), share.share});
    }
  }
  return absl::OkStatus();
}

// From the sealed bytes and the quorum's shares to the opened bid. `stated` is the void reason that
// was published: it decides nothing but one case, see below.
absl::StatusOr<bidding::v1::OpenedBid> Reopen(Audit& audit, const sealing::CommitteeKeys& committee,
                                              const Bid& bid,
                                              const procurement::QuorumShares& quorum,
                                              absl::string_view stated) {
  ASSIGN_OR_RETURN(const procurement::rules::RuleSet* rule_set,
                   procurement::rules::FindRuleSet(audit.notice().notice.rule_set()));
  const document::v1::Notice& notice = audit.notice().notice;
  const procurement::OpenEnv env{audit.system,          audit.tender_id, audit.notice().hash_hex(),
                                 /*stage=*/1,           notice.round(),  notice.currency(),
                                 notice.lots_size(),    rule_set,        &committee,
                                 audit.signatures.get()};
  auto opened =
      procurement::OpenBid(env,
                           {bid.submission_digest, bid.by->organization_id, bid.by->person_id,
                            bid.received->received(), bid.seal, bid.ciphertext},
                           quorum);
  if (!opened.ok()) return WrongAt(bid.dir + "seal.json", opened.status());
  if (!quorum.bad_wrap) ++audit.report.seals;
  // Evidence is kept for signatures that count. Of a certificate that is not the seal's it may be
  // missing; the bid is void either way.
  if (opened->void_reason() == procurement::kVoidSignature && stated == procurement::kVoidSigner &&
      audit.signatures->refused_cert_sha256() != bid.seal.bidder_cert_sha256()) {
    opened->set_void_reason(procurement::kVoidSigner);
  }
  return opened;
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

absl::Status VerifyOpened(Audit& audit, const sealing::CommitteeKeys& committee, Bid& bid,
                          const procurement::QuorumShares& quorum, const LoggedEntry& logged) {
  const std::string file = bid.dir + "opened.json";
  ASSIGN_OR_RETURN(const std::string* given, audit.files.Read(file));
  bidding::v1::OpenedBid stated;
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(*given, &stated)));
  ASSIGN_OR_RETURN(bid.opened, Reopen(audit, committee, bid, quorum, stated.void_reason()));
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
  int64_t amount = 0;
  event::v1::BidOpened offers;
  for (const bidding::v1::OpenedOffer& offer : shown.offers()) {
    procurement::CopySameFields(offer, offers.add_offers());
    *offers.mutable_offers(offers.offers_size() - 1)->mutable_picks() = offer.picks();
    if (offer.void_reason().empty()) amount += offer.amount();
  }
  if (event.amount() != amount) return audit.EventWrong(logged, "amount");
  const bool same = std::equal(
      event.offers().begin(), event.offers().end(), offers.offers().begin(), offers.offers().end(),
      [](const auto& a, const auto& b) { return a.SerializeAsString() == b.SerializeAsString(); });
  if (!same) return audit.EventWrong(logged, "offers");
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
  box.set_stage(1);
  box.set_round(notice.round());
  box.set_quorum(notice.quorum());
  box.set_members(notice.committee_size());
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

absl::Status VerifyOpening(Audit& audit) {
  const std::string subject = audit.TenderSubject();
  ASSIGN_OR_RETURN(const Window window, WindowOf(audit));
  ASSIGN_OR_RETURN(const LoggedEntry* cancelled, audit.TakeOne(kBidding, "box.cancelled", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* closed, audit.TakeOne(kBidding, "box.closed", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* completed,
                   audit.TakeOne(kBidding, "opening.completed", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* told, audit.TakeOne("tender", "tender.opened", subject));
  ASSIGN_OR_RETURN(const auto releases, ReadReleases(audit));
  const auto openings = audit.Take(kBidding, "bid.opened", subject);
  const int quorum = audit.notice().notice.quorum();

  bidding::v1::Box box;
  if (closed != nullptr) box.set_submissions(audit.report.bids);  // an open box shows no count
  std::vector<const LoggedEntry*> complete;  // the entry by which each member had released
  for (const auto& [i, release] : releases) {
    if (const LoggedEntry* by = release.CompletedBy(audit.report.bids); by != nullptr) {
      complete.push_back(by);
      box.add_released(i);
    } else {
      auto* under_way = box.add_releasing();
      under_way->set_member(i);
      under_way->set_shares(release.shares);
    }
  }
  if (closed != nullptr) box.set_closed_seq(closed->seq());

  if (completed == nullptr) {
    using State = bidding::v1::Box;
    for (const LoggedEntry* entry : openings) {
      box.set_opened(box.opened() + 1);
      if (!entry->event.bid_opened().void_reason().empty()) box.set_void_bids(box.void_bids() + 1);
    }
    if (told != nullptr) return audit.EventWrong(*told, "opening");
    if (cancelled != nullptr) return VerifyBox(audit, window, box, {State::CANCELLED});
    if (closed == nullptr) return VerifyBox(audit, window, box, {State::OPEN, State::CLOSED});
    return VerifyBox(audit, window, box,
                     {static_cast<int>(complete.size()) < quorum ? State::CLOSED : State::OPENING});
  }
  if (closed == nullptr) return audit.EventWrong(*completed, "close of the box");
  if (static_cast<int>(complete.size()) < quorum) {
    return Wrong(
        "SHARES_MISSING", audit.LogFile(*completed),
        absl::StrCat("it takes ", quorum, " members, ", complete.size(), " released shares"));
  }
  audit.report.members = static_cast<int>(complete.size());
  // The members whose shares opened the box are the first ones.
  std::sort(complete.begin(), complete.end(),
            [](const LoggedEntry* a, const LoggedEntry* b) { return a->seq() < b->seq(); });
  std::set<int> openers;
  for (int at = 0; at < quorum; ++at) {
    openers.insert(complete[at]->event.share_released().member());
  }
  std::vector<procurement::QuorumShares> quorums(audit.bids.size());
  for (const auto& [i, release] : releases) {
    for (size_t at = 0; at < release.documents.size(); ++at) {
      RETURN_IF_ERROR(VerifyShares(audit, {*release.documents[at], at, openers.count(i) != 0},
                                   window, quorums));
    }
  }
  if (openings.size() != audit.bids.size()) {
    return Wrong("BID_MISSING", audit.LogFile(*completed),
                 absl::StrCat("the log opened ", openings.size(), " bids, the box held ",
                              audit.bids.size()));
  }
  ASSIGN_OR_RETURN(const sealing::Committee members, audit.notice().committee());
  ASSIGN_OR_RETURN(const auto committee,
                   sealing::CommitteeKeys::Create(members, audit.bids.size()));
  for (size_t at = 0; at < audit.bids.size(); ++at) {
    RETURN_IF_ERROR(VerifyOpened(audit, committee, audit.bids[at], quorums[at], *openings[at]));
  }
  const auto& event = completed->event.opening_completed();
  if (event.notice_hash() != audit.notice().hash_hex()) {
    return audit.EventWrong(*completed, "notice hash");
  }
  if (event.box_root() != audit.box_root) return audit.EventWrong(*completed, "box root");
  if (event.valid() != audit.report.valid_bids || event.void_bids() != audit.report.void_bids) {
    return audit.EventWrong(*completed, "count");
  }
  if (told != nullptr && (told->event.tender_opened().valid() != audit.report.valid_bids ||
                          told->event.tender_opened().void_bids() != audit.report.void_bids)) {
    return audit.EventWrong(*told, "count");
  }
  box.set_opened(audit.report.bids);
  box.set_void_bids(audit.report.void_bids);
  box.set_completed_seq(completed->seq());
  audit.report.state = "OPENED";
  return VerifyBox(audit, window, box, {bidding::v1::Box::OPENED});
}

}  // namespace jodal::bundle
