#include <algorithm>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/signed_document.h"
#include "common/ledger/chunked.h"
#include "common/status/macros.h"
#include "procurement/bid/submission.h"
#include "procurement/limits.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/kit/act.h"
#include "services/kit/page.h"

namespace jodal::bidding {
namespace {

using store::v1::BidRecord;
using store::v1::BoxRecord;
using store::v1::SupplierRecord;

// State and window together: who is late is told so, whether or not the box has been closed since.
absl::Status CheckTakes(const BoxRecord& box, absl::Time arrival, Event event) {
  const State state = store::StateOf(box);
  if (state == State::kCancelled) return Next(state, event).status();
  const absl::Time bid_start = absl::FromUnixNanos(box.bid_start_ns());
  const absl::Time deadline = absl::FromUnixNanos(box.deadline_ns());
  if (arrival < bid_start) return BiddingNotStartedError({bid_start, arrival});
  if (arrival >= deadline) return DeadlinePassedError({deadline, arrival});
  if (state != State::kOpen) return ClosedBeforeCommitError();
  return absl::OkStatus();
}

absl::StatusOr<BidRecord> LoadBid(const kv::Reader& reader, const std::string& tender_id,
                                  const std::string& digest) {
  ASSIGN_OR_RETURN(auto bid, store::kBids.Find(reader, store::Key(tender_id, digest)));
  if (!bid.has_value()) return RecordMissingError("bid");
  return *std::move(bid);
}

// Null if the supplier has not bid for this version of the notice.
SupplierRecord::Bid* BidFor(const BoxRecord& box, SupplierRecord& supplier) {
  for (SupplierRecord::Bid& bid : *supplier.mutable_bids()) {
    if (bid.notice_version() == box.notice_version()) return &bid;
  }
  return nullptr;
}

bool IsBarred(const SupplierRecord& supplier) {
  return std::any_of(supplier.bids().begin(), supplier.bids().end(),
                     [](const SupplierRecord::Bid& bid) { return bid.cancelled(); });
}

void FillSealed(BidRecord bid, bool with_ciphertext, v1::SealedBid* out) {
  out->set_submission_id(bid.submission_id());
  out->set_submission_digest(bid.submission_digest());
  *out->mutable_seal() = std::move(*bid.mutable_seal());
  out->set_arrival_time_ns(bid.arrival_time_ns());
  if (with_ciphertext) out->set_ciphertext(std::move(*bid.mutable_ciphertext()));
}

// Durable before the reader has his answer.
absl::Status LogRead(ledger::Ledger& ledger, const event::v1::Event& event) {
  const std::string& tender_id = event.seals_read().tender_id();
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(tender_id);
  return ledger
      .Update(update,
              [&](ledger::Txn& txn) {
                txn.Emit(kit::PublicEvent(event, kit::TenderName(tender_id), kCommitteeRole));
                return absl::OkStatus();
              })
      .status();
}

}  // namespace

// What is known of a bid before its transaction. Made once, though the transaction may run twice.
struct BiddingEngine::PreparedBid {
  ledger::UpdateRequest update;
  std::string record;  // a serialized BidRecord
  std::string supplier_id;
  std::string submission_id;
  std::string digest;  // of the submission, hex
  absl::Time arrival;
  std::string tender_id;
  std::string notice_hash;
  int k = 0;
  int n = 0;
};

// Null if the request is a repeat: the response is filled then.
absl::StatusOr<std::shared_ptr<BiddingEngine::PreparedBid>> BiddingEngine::PrepareBid(
    const rpc::Call& call, const v1::SubmitBidRequest& request,
    v1::SubmitBidResponse* response) const {
  RETURN_IF_ERROR(kit::CheckRequestId(request.request_id()));
  auto bid = std::make_shared<PreparedBid>();
  bid->update.idempotency_scope = kit::IdempotencyScope(call);
  bid->update.request_id = request.request_id();
  const document::v1::SignedDocument& document = request.seal();
  const procurement::Submitted submitted(document, request.ciphertext());
  bid->update.content_digest =
      crypto::Sha256(absl::StrCat("seal\n", submitted.seal_sha256, submitted.ciphertext_sha256));
  ASSIGN_OR_RETURN(const auto earlier,
                   context_.ledger->FindCommitted(bid->update, &bid->update.unanswered));
  if (earlier.has_value()) {
    RETURN_IF_ERROR(kit::FinishResponse(*context_.ledger, *earlier, response));
    return std::shared_ptr<PreparedBid>();
  }

  RETURN_IF_ERROR(procurement::CheckCiphertextSize(request.ciphertext()));
  if (document.content().size() > procurement::kSealBytesMax) {
    return procurement::SealInvalidError(
        "size", absl::StrCat("at most ", procurement::kSealBytesMax, " bytes"));
  }
  if (document.signature().size() > procurement::kSealSignatureBytesMax) {
    return procurement::SealInvalidError(
        "signature", absl::StrCat("at most ", procurement::kSealSignatureBytesMax,
                                  " bytes with its certificates"));
  }
  const document::Expected expected = kit::ExpectedOf(context_, call, "seal");
  document::v1::Seal seal;
  ASSIGN_OR_RETURN(const document::VerifiedSignature signature,
                   document::OpenDocument(*context_.documents, document, expected, &seal));
  RETURN_IF_ERROR(procurement::CheckSealShape(seal, submitted));
  if (seal.bidder_cert_sha256() != signature.cert_sha256) return BidderCertMismatchError();
  if (!IsTenderId(seal.tender_id())) return BoxNotFoundError();

  bid->tender_id = seal.tender_id();
  bid->notice_hash = seal.notice_hash();
  bid->k = seal.k();
  bid->n = seal.n();
  bid->update.shard = ledger::ShardOf(bid->tender_id);
  bid->supplier_id = call.caller.user.organization_id;
  bid->submission_id = seal.submission_id();
  bid->digest = procurement::SubmissionDigest(submitted);
  bid->arrival = call.arrival;
  BidRecord record;
  *record.mutable_seal()->mutable_document() = document;
  record.mutable_seal()->set_cert_sha256(signature.cert_sha256);
  for (const std::string& e : signature.evidence_sha256) {
    record.mutable_seal()->add_evidence_sha256(e);
  }
  record.mutable_seal()->set_received_time_ns(absl::ToUnixNanos(call.arrival));
  record.set_ciphertext(request.ciphertext());
  record.set_supplier_id(bid->supplier_id);
  record.set_person_id(call.caller.user.person_id);
  record.set_arrival_time_ns(absl::ToUnixNanos(call.arrival));
  record.set_submission_id(bid->submission_id);
  record.set_submission_digest(bid->digest);
  *record.mutable_received() = NameOf(bid->update);
  bid->record = record.SerializeAsString();
  if (bid->record.size() > ledger::kValueBytesMax) {  // by a long list of evidence
    return procurement::SealInvalidError(
        "size", absl::StrCat("seal, signature and ciphertext take ", bid->record.size(),
                             " bytes, over ", ledger::kValueBytesMax));
  }
  bid->update.steady = store::kBoxes.KeyOf(bid->tender_id);
  bid->update.reads = {store::kSuppliers.KeyOf(store::Key(bid->tender_id, bid->supplier_id)),
                       store::kSubmissions.KeyOf(store::Key(bid->tender_id, bid->submission_id))};
  return bid;
}

absl::Status BiddingEngine::CommitBid(const PreparedBid& bid, ledger::Txn& txn) {
  ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(txn, bid.tender_id));
  if (!box.has_value()) return BoxNotFoundError();
  RETURN_IF_ERROR(CheckTakes(*box, bid.arrival, Event::kSubmit));
  RETURN_IF_ERROR(CheckNoticeHash(*box, bid.notice_hash));
  if (bid.k != box->k() || bid.n != box->committee_size()) return SealCommitteeMismatchError();
  const std::string supplier_key = store::Key(bid.tender_id, bid.supplier_id);
  ASSIGN_OR_RETURN(auto found, store::kSuppliers.Find(txn, supplier_key));
  SupplierRecord supplier = found.has_value() ? *std::move(found) : SupplierRecord();
  if (IsBarred(supplier)) return BidderBarredError();
  const std::string submission_key = store::Key(bid.tender_id, bid.submission_id);
  ASSIGN_OR_RETURN(const auto known, store::kSubmissions.Find(txn, submission_key));
  if (known.has_value() && (known->supplier_id() != bid.supplier_id ||
                            known->content_digest() != bid.update.content_digest)) {
    return SubmissionIdReusedError();
  }
  if (const auto* own = BidFor(*box, supplier); own != nullptr) {
    return SupplierAlreadyBidError(own->submission_id());
  }

  const std::string& digest = bid.digest;
  const int64_t arrival_ns = absl::ToUnixNanos(bid.arrival);
  txn.Put(store::kBids.KeyOf(store::Key(bid.tender_id, digest)), bid.record);
  store::v1::OrderRecord order;
  order.set_submission_digest(digest);
  store::kOrder.Put(
      txn, absl::StrCat(store::VersionPrefix(*box), store::OrderKey(arrival_ns, digest)), order);
  SupplierRecord::Bid* own = supplier.add_bids();
  own->set_notice_version(box->notice_version());
  own->set_submission_digest(digest);
  own->set_submission_id(bid.submission_id);
  store::kSuppliers.Put(txn, supplier_key, supplier);
  store::v1::SubmissionRecord by_id;
  by_id.set_supplier_id(bid.supplier_id);
  by_id.set_content_digest(bid.update.content_digest);
  store::kSubmissions.Put(txn, submission_key, by_id);

  event::v1::Event event;
  auto* received = event.mutable_bid_received();
  received->set_tender_id(bid.tender_id);
  received->set_notice_hash(bid.notice_hash);
  received->set_submission_digest(digest);
  txn.Emit(kit::PublicEvent(event, kit::TenderName(bid.tender_id), kSupplierRole, bid.arrival));
  v1::SubmitBidResponse response;
  response.set_submission_id(bid.submission_id);
  response.set_submission_digest(digest);
  response.set_arrival_time_ns(arrival_ns);
  response.set_deadline_ns(box->deadline_ns());
  txn.SetResponse(response.SerializeAsString());
  return absl::OkStatus();
}

void BiddingEngine::SubmitBid(const rpc::Call& call, const v1::SubmitBidRequest& request,
                              v1::SubmitBidResponse* response,
                              std::function<void(absl::Status)> done) {
  const auto prepared = PrepareBid(call, request, response);
  if (!prepared.ok() || *prepared == nullptr) return done(prepared.status());
  context_.ledger->UpdateAsync(
      (*prepared)->update, [bid = *prepared](ledger::Txn& txn) { return CommitBid(*bid, txn); },
      [this, response, done = std::move(done)](absl::StatusOr<ledger::Committed> committed) {
        done(committed.ok() ? kit::FinishResponse(*context_.ledger, *committed, response)
                            : committed.status());
      });
}

absl::Status BiddingEngine::CancelBid(const rpc::Call& call, const v1::CancelBidRequest& request,
                                      v1::CancelBidResponse* response) {
  using document::v1::BidCancellation;
  return kit::RunAct<BidCancellation>(
      context_, call, request.document(), request.request_id(), "bid.cancellation", response,
      [](const BidCancellation& d) { return d.tender_id(); },
      [](ledger::Txn& txn, const kit::Act<BidCancellation>& act,
         v1::CancelBidResponse*) -> absl::Status {
        const BidCancellation& d = act.document;
        if (!IsTenderId(d.tender_id())) return BoxNotFoundError();
        ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(txn, d.tender_id()));
        if (!box.has_value()) return BoxNotFoundError();
        RETURN_IF_ERROR(CheckTakes(*box, act.call.arrival, Event::kWithdraw));
        RETURN_IF_ERROR(CheckNoticeHash(*box, d.notice_hash()));
        const std::string key = store::Key(d.tender_id(), act.call.caller.user.organization_id);
        ASSIGN_OR_RETURN(auto supplier, store::kSuppliers.Find(txn, key));
        auto* own = supplier.has_value() ? BidFor(*box, *supplier) : nullptr;
        if (own == nullptr || own->submission_id() != d.submission_id()) return BidNotFoundError();
        if (own->cancelled()) return BidAlreadyCancelledError();
        ASSIGN_OR_RETURN(const BidRecord bid,
                         LoadBid(txn, d.tender_id(), own->submission_digest()));
        own->set_cancelled(true);
        store::kSuppliers.Put(txn, key, *supplier);
        store::kOrder.Delete(
            txn, absl::StrCat(store::VersionPrefix(*box),
                              store::OrderKey(bid.arrival_time_ns(), bid.submission_digest())));
        // Kept for later disputes; its digest stands in no public event, as it would tell the
        // bidder.
        RETURN_IF_ERROR(ledger::PutChunked(
            txn, absl::StrCat("cancellation/", d.tender_id(), "/", bid.submission_digest()),
            act.stored.SerializeAsString()));
        event::v1::Event event;
        event.mutable_bid_cancelled()->set_tender_id(d.tender_id());
        event.mutable_bid_cancelled()->set_submission_digest(bid.submission_digest());
        txn.Emit(kit::PublicEvent(event, kit::TenderName(d.tender_id()), kSupplierRole,
                                  act.call.arrival));
        return absl::OkStatus();
      });
}

absl::Status BiddingEngine::GetOwnBid(const rpc::Call& call, const v1::GetOwnBidRequest& request,
                                      v1::GetOwnBidResponse* response) {
  if (!IsTenderId(request.tender_id())) return BoxNotFoundError();
  BidRecord bid;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(request.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(reader, request.tender_id()));
        if (!box.has_value()) return BoxNotFoundError();
        ASSIGN_OR_RETURN(
            const auto supplier,
            store::kSuppliers.Find(
                reader, store::Key(request.tender_id(), call.caller.user.organization_id)));
        if (!supplier.has_value() || supplier->bids().empty()) return BidNotFoundError();
        const SupplierRecord::Bid& own = *supplier->bids().rbegin();  // for the newest version
        ASSIGN_OR_RETURN(bid, LoadBid(reader, request.tender_id(), own.submission_digest()));
        FillSealed(bid, true, response->mutable_bid());
        if (store::StateOf(*box) == State::kOpened) {
          response->mutable_bid()->set_supplier_id(bid.supplier_id());
        }
        response->set_cancelled(own.cancelled());
        response->set_superseded(own.notice_version() != box->notice_version());
        return absl::OkStatus();
      }));
  ASSIGN_OR_RETURN(const auto receipt, ReceiptOf(bid.received()));
  if (!receipt.has_value()) return RecordMissingError("receipt");
  *response->mutable_receipt() = kit::ToProto(*receipt, context_.ledger->origin());
  response->mutable_bid()->set_log_seq(receipt->seq);
  return absl::OkStatus();
}

absl::Status BiddingEngine::ListSealedBids(const rpc::Call& call,
                                           const v1::ListSealedBidsRequest& request,
                                           v1::ListSealedBidsResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(request.tender_id()));
  const State state = store::StateOf(box);
  const int member = MemberNumber(box, call);
  if (state != State::kOpened) {
    if (member == 0) return NotCommitteeMemberError();
    if (state == State::kOpen) return BoxNotClosedError();
    RETURN_IF_ERROR(Next(state, Event::kRelease).status());
  }
  const int size_max = request.with_ciphertext() ? kSealedPageWithCiphertextMax : kSealedPageMax;
  ASSIGN_OR_RETURN(const size_t size, kit::PageSize(request.page_size(), size_max, size_max));
  const std::string filter =
      absl::StrCat("sealed/", box.tender_id(), "/", request.with_ciphertext() ? 1 : 0);
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  std::vector<store::v1::CommitName> names;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(box.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto rows,
                         store::kOrder.List(reader, store::VersionPrefix(box), after, size + 1));
        size_t bytes = 0;
        std::string last;
        for (const auto& row : rows) {
          ASSIGN_OR_RETURN(BidRecord bid,
                           LoadBid(reader, box.tender_id(), row.record.submission_digest()));
          v1::SealedBid sealed;
          if (state == State::kOpened) sealed.set_supplier_id(bid.supplier_id());
          store::v1::CommitName received = bid.received();
          FillSealed(std::move(bid), request.with_ciphertext(), &sealed);
          bytes += sealed.ByteSizeLong();
          if (names.size() == size || (!names.empty() && bytes > kPageBytesMax)) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          *response->add_bids() = std::move(sealed);
          names.push_back(std::move(received));
          last = row.key;
        }
        return absl::OkStatus();
      }));
  for (size_t at = 0; at < names.size(); ++at) {
    ASSIGN_OR_RETURN(const uint64_t seq, SeqOf(names[at]));
    response->mutable_bids(static_cast<int>(at))->set_log_seq(seq);
  }
  if (state == State::kOpened || names.empty()) return absl::OkStatus();
  event::v1::Event event;
  auto* read = event.mutable_seals_read();
  read->set_tender_id(box.tender_id());
  read->set_i(member);
  read->set_seals(static_cast<int>(names.size()));
  read->set_with_ciphertext(request.with_ciphertext());
  return LogRead(*context_.ledger, event);
}

}  // namespace jodal::bidding
