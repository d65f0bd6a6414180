#include "procurement/bid/open_bid.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/document/signed_document.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/bid/bid_check.h"
#include "procurement/bid/errors.h"
#include "procurement/bid/submission.h"
#include "procurement/documents/read.h"

namespace jodal::procurement {
namespace {

// Verdicts about what a bidder sent; anything else is a failure of ours.
bool IsVerdict(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status);
}

// The void reason of an inner document that was refused as `status`.
const char* DocumentFault(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason == "SIGNATURE_REFUSED") return kVoidSignature;
  if (reason == "SIGNER_MISMATCH" || reason == "DOCUMENT_SIGNER") return kVoidSigner;
  if (reason == "DOCUMENT_SYSTEM") return kVoidSystem;
  return kVoidBidMalformed;
}

absl::Status SharesMismatch(absl::string_view why, int position) {
  return MakeError(kBidErrors["SHARES_MISMATCH"], why, {{"position", absl::StrCat(position)}});
}

absl::Status MemberFault(DefinedError error, absl::string_view why,
                         const document::v1::Seal& seal) {
  return MakeError(error, why, {{"submission_id", seal.submission_id()}});
}

absl::StatusOr<document::VerifiedSignature> OpenOlder(const OpenEnv& env,
                                                      const document::v1::SignedDocument& inner,
                                                      const document::Expected& expected,
                                                      document::v1::Bid* doc) {
  document::v1::BidV1 old;
  auto opened = document::OpenDocument(*env.documents, inner, expected, &old);
  *doc = Upgrade(old);
  return opened;
}

}  // namespace

void Quorum::Add(const document::v1::OpenShares& document) {
  if (members_.empty() || members_.back().number != document.member()) {
    members_.push_back({document.member()});
  }
  Member& member = members_.back();
  member.shares += document.shares();
  for (const auto& bad : document.bad_wraps()) member.bad_wraps.insert(bad.position());
}

std::optional<QuorumShares> Quorum::At(int position) const {
  QuorumShares out;
  for (const Member& member : members_) {
    const size_t at = static_cast<size_t>(position) * sealing::kShareBytes;
    if (at + sealing::kShareBytes > member.shares.size()) return std::nullopt;
    if (member.bad_wraps.count(position) != 0) {
      out.bad_wrap = true;
    } else {
      out.shares.push_back({member.number, member.shares.substr(at, sealing::kShareBytes)});
    }
  }
  return out;
}

absl::StatusOr<std::vector<GivenShare>> GivenShares(const document::v1::OpenShares& shares) {
  if (shares.shares().size() % sealing::kShareBytes != 0) {
    return SharesMismatch("a share has 32 bytes", shares.first());
  }
  std::vector<GivenShare> out(shares.shares().size() / sealing::kShareBytes);
  for (size_t n = 0; n < out.size(); ++n) {
    out[n].share = shares.shares().substr(n * sealing::kShareBytes, sealing::kShareBytes);
  }
  const int64_t end = shares.first() + static_cast<int64_t>(out.size());
  int64_t next = shares.first();
  for (const auto& bad : shares.bad_wraps()) {
    if (bad.position() < next || bad.position() >= end) {
      return SharesMismatch("bad wraps are of bids of this document, ascending", bad.position());
    }
    GivenShare& given = out[static_cast<size_t>(bad.position() - shares.first())];
    if (given.share != std::string(sealing::kShareBytes, '\0')) {
      return SharesMismatch("there is either a share or a bad wrap", bad.position());
    }
    given.bad_wrap_proof = bad.proof();
    next = bad.position() + 1;
  }
  return out;
}

absl::Status CheckGivenShare(const sealing::Committee& committee, int member,
                             const document::v1::Seal& seal, const GivenShare& given) {
  if (member < 1 || member > seal.shares_size() ||
      member > static_cast<int>(committee.members.size())) {
    return MakeError(kBidErrors["SEAL_MALFORMED"], "the seal has no share for this member");
  }
  const sealing::Wrapped wrapped = ToWrapped(seal.shares(member - 1));
  if (!given.bad_wrap_proof.has_value()) {
    if (sealing::CheckShare(committee.notice_hash, wrapped, given.share).ok()) {
      return absl::OkStatus();
    }
    return MemberFault(kBidErrors["SHARE_COMMIT_MISMATCH"], "a share does not match its seal",
                       seal);
  }
  const std::string dealer = HexDecode(seal.bidder_cert_sha256()).value_or("");
  if (sealing::VerifyBadWrap({committee.notice_hash, dealer},
                             committee.members[static_cast<size_t>(member - 1)], wrapped,
                             *given.bad_wrap_proof)
          .ok()) {
    return absl::OkStatus();
  }
  return MemberFault(kBidErrors["BAD_WRAP_PROOF_INVALID"], "the proof of a bad wrap does not hold",
                     seal);
}

absl::StatusOr<bidding::v1::OpenedBid> OpenBid(const OpenEnv& env, const ReceivedBid& bid,
                                               const QuorumShares& quorum) {
  const document::v1::Seal& seal = bid.seal;
  bidding::v1::OpenedBid out;
  out.set_submission_id(seal.submission_id());
  out.set_submission_digest(bid.submission_digest);
  out.set_supplier_id(bid.supplier_id);
  if (quorum.bad_wrap) {
    out.set_void_reason(kVoidSealInconsistent);
    return out;
  }

  ASSIGN_OR_RETURN(const sealing::Sealed sealed, ToSealed(seal));
  ASSIGN_OR_RETURN(const std::string dealer, HexDecode(seal.bidder_cert_sha256()));
  ASSIGN_OR_RETURN(const std::string cek, sealing::Combine(env.committee->k(), quorum.shares));
  const absl::Status whole = sealing::CheckSeal(*env.committee, dealer, cek, sealed);
  if (!whole.ok()) {
    if (!absl::IsFailedPrecondition(whole)) return whole;
    // A key that the seal does not commit to is nobody's key and is not published.
    if (ErrorReason(whole) != "KEY_COMMIT_MISMATCH") out.set_cek(cek);
    out.set_void_reason(kVoidSealInconsistent);
    return out;
  }
  out.set_cek(cek);

  const auto plain = sealing::Decrypt({env.committee->notice_hash(), cek}, bid.ciphertext);
  if (!plain.ok()) {
    if (!IsVerdict(plain.status())) return plain.status();
    out.set_void_reason(kVoidCiphertext);
    return out;
  }
  const auto payload = sealing::DecodePayload(*plain);
  if (!payload.ok()) {
    if (!IsVerdict(payload.status())) return payload.status();
    out.set_void_reason(kVoidPayload);
    return out;
  }
  out.set_bid(payload->document);
  out.set_bid_signature(payload->signature);

  document::v1::SignedDocument inner;
  inner.set_content(payload->document);
  inner.set_signature(payload->signature);
  document::Expected expected;
  expected.kind = "bid";
  expected.system = env.system;
  expected.signer_id = bid.person_id;
  expected.cert_sha256 = seal.bidder_cert_sha256();
  expected.at = bid.arrival;
  document::v1::Bid doc;
  // Inside and outside are of one version: what is sealed today holds a bid of today.
  const bool older = seal.version() ==
                     document::SchemaVersion(*OlderOf<document::v1::Seal>::Message::descriptor());
  const auto opened = older ? OpenOlder(env, inner, expected, &doc)
                            : document::OpenDocument(*env.documents, inner, expected, &doc);
  if (!opened.ok()) {
    if (!IsVerdict(opened.status())) return opened.status();
    out.set_void_reason(DocumentFault(opened.status()));
    return out;
  }
  for (const std::string& e : opened->evidence_sha256) out.add_evidence_sha256(e);

  out.set_void_reason(
      VoidReasonOf(doc, {env.tender_id, env.notice_hash, env.stage, env.round, bid.supplier_id,
                         seal.submission_id(), env.currency, env.lots, env.rule_set}));
  if (!out.void_reason().empty()) return out;
  for (const document::v1::Offer& from : doc.offers()) {
    bidding::v1::OpenedOffer& offer = *out.add_offers();
    offer.set_lot(from.lot());
    offer.set_amount(from.amount());
    *offer.mutable_picks() = from.picks();
    offer.set_void_reason(VoidReasonOf(from, *env.rule_set));
  }
  out.set_nonce(doc.nonce());
  return out;
}

}  // namespace jodal::procurement
