#include "clients/sdk/sealed_bid.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/bid/bid_check.h"
#include "procurement/bid/submission.h"
#include "procurement/documents/read.h"
#include "procurement/method/method.h"
#include "procurement/notice/committee.h"

namespace jodal::sdk {
namespace {

absl::Status SelfCheckFailed(absl::string_view what) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "SELF_CHECK_FAILED",
      absl::StrCat("the sealed bid does not open on this machine: ", what, "; nothing was sent"));
}

// By the rule that the opening goes by: whoever typed a wrong number is told now, not then.
absl::Status CheckWillCount(const document::v1::Bid& bid, const document::v1::Notice& notice) {
  ASSIGN_OR_RETURN(const procurement::rules::RuleSet* rule_set,
                   procurement::rules::FindRuleSet(notice.rule_set()));
  const auto refuse = [&](const std::string& reason, int lot) {
    return MakeError(absl::StatusCode::kInvalidArgument, "BID_WOULD_BE_VOID",
                     absl::StrCat("the opening would find it void (", reason, "): it must hold ",
                                  procurement::WhatABidHolds(*rule_set)),
                     {{"reason", reason}, {"lot", absl::StrCat(lot)}});
  };
  // Of each lot by itself: the opening would count the others.
  for (const document::v1::Offer& offer : bid.offers()) {
    const std::string reason = procurement::VoidReasonOf(offer, *rule_set);
    if (!reason.empty()) return refuse(reason, offer.lot());
  }
  const std::string reason = procurement::VoidReasonOf(
      bid, {bid.tender_id(), bid.notice_hash(), bid.stage(), bid.round(), bid.bidder_id(),
            bid.submission_id(), notice.currency(), notice.lots_size(), rule_set});
  return reason.empty() ? absl::OkStatus() : refuse(reason, 0);
}

absl::StatusOr<document::v1::SignedDocument> OpenWith(const sealing::CommitteeKeys& committee,
                                                      const PublishedNotice& notice,
                                                      const OwnSeal& own) {
  const auto not_recovered = [](absl::string_view why) {
    return MakeError(absl::StatusCode::kDataLoss, "BID_NOT_RECOVERED", why);
  };
  document::v1::Seal seal;
  ASSIGN_OR_RETURN(seal, procurement::ReadDocument<document::v1::Seal>(own.seal.content()));
  if (seal.notice_hash() != notice.hash_hex()) return not_recovered("it is for another notice");
  ASSIGN_OR_RETURN(const sealing::Sealed sealed, procurement::ToSealed(seal));
  const auto cert_sha256 = HexDecode(seal.bidder_cert_sha256());
  if (!cert_sha256.ok() || sealed.ciphertext_sha256 != crypto::Sha256(own.ciphertext)) {
    return not_recovered("the ciphertext is not the seal's");
  }
  if (!sealing::CheckSeal(committee, *cert_sha256, own.cek, sealed).ok()) {
    return not_recovered("its shares do not fit its key");
  }
  const auto opened = sealing::Decrypt({notice.hash, own.cek}, own.ciphertext);
  if (!opened.ok()) return not_recovered("it does not decrypt");
  const auto payload = sealing::DecodePayload(*opened);
  if (!payload.ok()) return not_recovered("what it decrypts to is no bid");
  document::v1::SignedDocument bid;
  bid.set_content(payload->document);
  bid.set_signature(payload->signature);
  return bid;
}

}  // namespace

absl::StatusOr<PublishedNotice> PublishedNotice::Parse(
    const document::v1::SignedDocument& document) {
  PublishedNotice out;
  out.document = document;
  ASSIGN_OR_RETURN(out.notice, procurement::ReadDocument<document::v1::Notice>(document.content()));
  out.hash = crypto::Sha256(document.content());
  return out;
}

std::string PublishedNotice::hash_hex() const { return HexEncode(hash); }

absl::StatusOr<sealing::Committee> PublishedNotice::committee() const {
  const procurement::Committee committee = procurement::CommitteeOf(notice);
  // Whether a member must come from outside depends on the installation, not on the sealing.
  const auto violations = procurement::CheckCommittee(committee, /*training=*/true);
  if (violations.empty()) return procurement::SealingCommittee(committee, hash);
  return MakeError(absl::StatusCode::kFailedPrecondition, "COMMITTEE_INVALID",
                   absl::StrCat("the notice names no committee that a bid could be sealed to: ",
                                violations[0].code),
                   {{"field", violations[0].field}});
}

absl::StatusOr<SealedBid> SealBid(const Identity& identity, const PublishedNotice& notice,
                                  const BidTerms& terms, absl::Time now, crypto::Random& random) {
  ASSIGN_OR_RETURN(const sealing::Committee members, notice.committee());
  ASSIGN_OR_RETURN(const auto committee, sealing::CommitteeKeys::Create(members));
  return SealBid(identity, notice, committee, terms, now, random);
}

absl::StatusOr<SealedBid> SealBid(const Identity& identity, const PublishedNotice& notice,
                                  const sealing::CommitteeKeys& committee, const BidTerms& terms,
                                  absl::Time now, crypto::Random& random) {
  const document::v1::Notice& n = notice.notice;
  SealedBid out;
  out.submission_id = HexEncode(random.Bytes(16));

  document::v1::Bid bid;
  bid.set_tender_id(n.tender_id());
  bid.set_notice_hash(notice.hash_hex());
  bid.set_bidder_id(identity.organization_id());
  bid.set_stage(terms.stage);
  bid.set_round(n.round());
  bid.set_currency(n.currency());
  for (const LotTerms& lot : terms.lots) {
    document::v1::Offer& offer = *bid.add_offers();
    offer.set_lot(lot.lot);
    offer.set_amount(lot.amount);
    for (int pick : lot.picks) offer.add_picks(pick);
  }
  bid.set_nonce(random.Bytes(32));
  bid.set_submission_id(out.submission_id);
  RETURN_IF_ERROR(CheckWillCount(bid, n));
  ASSIGN_OR_RETURN(out.bid, SignDocument(identity, n.system(), "bid", &bid));

  ASSIGN_OR_RETURN(std::string payload,
                   sealing::EncodePayload({out.bid.content(), out.bid.signature()}));
  out.cek = random.Bytes(sealing::kCekBytes);
  const std::string cert_sha256 = crypto::Sha256(identity.certificate().der());
  ASSIGN_OR_RETURN(sealing::Sealed sealed, sealing::Seal(committee, cert_sha256, payload, out.cek));

  document::v1::Seal seal;
  seal.set_format("SB1");
  seal.set_tender_id(n.tender_id());
  seal.set_notice_hash(notice.hash_hex());
  seal.set_stage(terms.stage);
  seal.set_round(n.round());
  seal.set_bidder_cert_sha256(HexEncode(cert_sha256));
  seal.set_submission_id(out.submission_id);
  seal.set_ciphertext_sha256(HexEncode(sealed.ciphertext_sha256));
  seal.set_ciphertext_size(static_cast<int64_t>(sealed.ciphertext.size()));
  seal.set_key_commit(sealed.key_commit);
  seal.set_quorum(committee.k());
  seal.set_members(static_cast<int>(committee.keys().size()));
  for (const auto& share : sealed.shares) {
    auto* s = seal.add_shares();
    s->set_member(share.i);
    s->set_wrap(share.wrap);
    s->set_commit(share.commit);
    s->set_proof(share.proof);
  }
  seal.set_client_time(absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(absl::ToUnixSeconds(now)), absl::UTCTimeZone()));
  ASSIGN_OR_RETURN(out.seal, SignDocument(identity, n.system(), "seal", &seal));
  out.ciphertext = std::move(sealed.ciphertext);

  // Open what would be sent, from the bytes that would be sent.
  const auto opened = OpenWith(committee, notice, {out.seal, out.ciphertext, out.cek});
  if (!opened.ok()) return SelfCheckFailed(opened.status().message());
  if (opened->content() != out.bid.content() || opened->signature() != out.bid.signature()) {
    return SelfCheckFailed("what opens is not what was sealed");
  }
  return out;
}

absl::StatusOr<document::v1::SignedDocument> OpenOwnSeal(const PublishedNotice& notice,
                                                         const OwnSeal& own) {
  ASSIGN_OR_RETURN(const sealing::Committee members, notice.committee());
  ASSIGN_OR_RETURN(const auto committee, sealing::CommitteeKeys::Create(members));
  return OpenWith(committee, notice, own);
}

}  // namespace jodal::sdk
