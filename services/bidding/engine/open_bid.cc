#include "services/bidding/engine/open_bid.h"

#include "common/base/bytes.h"
#include "common/document/signed_document.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "services/bidding/domain/bid_check.h"
#include "services/bidding/engine/submission.h"
#include "services/bidding/errors.h"

namespace jodal::bidding {
namespace {

// Verdicts about what a bidder sent; anything else is a failure of ours.
bool IsVerdict(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status);
}

const char* DocumentFault(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason == "SIGNATURE_REFUSED") return kVoidSignature;
  if (reason == "SIGNER_MISMATCH" || reason == "DOCUMENT_SIGNER") return kVoidSigner;
  if (reason == "DOCUMENT_SYSTEM") return kVoidSystem;
  return kVoidBidMalformed;
}

}  // namespace

void Quorum::Add(const document::v1::OpenShares& document) {
  if (members_.empty() || members_.back().i != document.i()) members_.push_back({document.i()});
  Member& member = members_.back();
  member.shares += document.shares();
  for (const auto& bad : document.bad_wraps()) member.bad_wraps.insert(bad.position());
}

absl::StatusOr<QuorumShares> Quorum::At(int position) const {
  QuorumShares out;
  for (const Member& member : members_) {
    const size_t at = static_cast<size_t>(position) * sealing::kShareBytes;
    if (at + sealing::kShareBytes > member.shares.size()) return RecordMissingError("share");
    if (member.bad_wraps.count(position) != 0) {
      out.bad_wrap = true;
    } else {
      out.shares.push_back({member.i, member.shares.substr(at, sealing::kShareBytes)});
    }
  }
  return out;
}

absl::StatusOr<v1::OpenedBid> OpenBid(const OpenEnv& env, const OpenTask& task) {
  v1::OpenedBid out;
  out.set_submission_id(task.bid.submission_id());
  out.set_submission_digest(task.bid.submission_digest());
  out.set_supplier_id(task.bid.supplier_id());
  if (task.quorum.bad_wrap) {
    out.set_void_reason(kVoidSealInconsistent);
    return out;
  }

  document::v1::Seal seal;
  RETURN_IF_ERROR(document::ParseStrictJson(task.bid.seal().document().content(), &seal));
  ASSIGN_OR_RETURN(const std::string dealer, HexDecode(seal.bidder_cert_sha256()));
  ASSIGN_OR_RETURN(const std::string cek, sealing::Combine(env.box->k(), task.quorum.shares));
  const absl::Status sealed = sealing::CheckSeal(*env.committee, dealer, cek, SealedOf(seal));
  if (!sealed.ok()) {
    if (!absl::IsFailedPrecondition(sealed)) return sealed;
    if (ErrorReason(sealed) != "KEY_COMMIT_MISMATCH") out.set_cek(cek);
    out.set_void_reason(kVoidSealInconsistent);
    return out;
  }
  out.set_cek(cek);

  const auto plain = sealing::Decrypt({env.committee->notice_hash(), cek}, task.bid.ciphertext());
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
  expected.signer_id = task.bid.person_id();
  expected.cert_sha256 = seal.bidder_cert_sha256();
  expected.at = absl::FromUnixNanos(task.bid.arrival_time_ns());
  document::v1::Bid bid;
  const auto opened = document::OpenDocument(*env.documents, inner, expected, &bid);
  if (!opened.ok()) {
    if (!IsVerdict(opened.status())) return opened.status();
    out.set_void_reason(DocumentFault(opened.status()));
    return out;
  }
  for (const std::string& e : opened->evidence_sha256) out.add_evidence_sha256(e);

  const BidFacts facts{bid.tender_id(),   bid.notice_hash(),
                       bid.bidder_id(),   bid.submission_id(),
                       bid.lot(),         bid.price(),
                       bid.currency(),    {bid.picks().begin(), bid.picks().end()},
                       bid.nonce().size()};
  out.set_void_reason(
      VoidReasonOf(facts, {env.box->tender_id(), env.box->notice_hash(), task.bid.supplier_id(),
                           task.bid.submission_id(), env.box->currency()}));
  if (!out.void_reason().empty()) return out;
  out.set_price(bid.price());
  *out.mutable_picks() = bid.picks();
  out.set_nonce(bid.nonce());
  return out;
}

}  // namespace jodal::bidding
