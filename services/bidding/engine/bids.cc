#include <algorithm>

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

using document::v1::Seal;
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

absl::StatusOr<BidRecord> LoadBid(const kv::Reader& reader, const std::string& box_id,
                                  const std::string& digest) {
  ASSIGN_OR_RETURN(auto bid, store::kBids.Find(reader, store::Key(box_id, digest)));
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
  out->set_log_seq(bid.received_seq());
  out->set_arrival_time_ns(bid.arrival_time_ns());
  if (with_ciphertext) out->set_ciphertext(std::move(*bid.mutable_ciphertext()));
}

// Durable before the reader gets an answer.
absl::Status LogRead(ledger::Ledger& ledger, const event::v1::Event& event) {
  return ledger
      .Update(InBoxShard(BoxIdOf(event.seals_read())),
              [&](ledger::Txn& txn) {
                txn.Emit(kit::PublicEvent(event, kit::TenderName(event.seals_read().tender_id()),
                                          kCommitteeRole));
                return absl::OkStatus();
              })
      .status();
}

// What is known of a bid before its transaction.
struct BidFacts {
  std::string record;  // a serialized BidRecord
  std::string digest;  // of the submission, hex
};

absl::Status CheckSizes(const v1::SubmitBidRequest& request) {
  RETURN_IF_ERROR(procurement::CheckCiphertextSize(request.ciphertext()));
  if (request.seal().content().size() > procurement::kSealBytesMax) {
    return procurement::SealInvalidError(
        "size", absl::StrCat("at most ", procurement::kSealBytesMax, " bytes"));
  }
  if (request.seal().signature().size() > procurement::kSealSignatureBytesMax) {
    return procurement::SealInvalidError(
        "signature", absl::StrCat("at most ", procurement::kSealSignatureBytesMax,
                                  " bytes with its certificates"));
  }
  return absl::OkStatus();
}

absl::StatusOr<kit::Prepared<BidFacts>> PrepareBid(kit::Act<Seal>& act,
                                                   const procurement::Submitted& submitted,
                                                   const std::string& ciphertext) {
  const Seal& seal = act.document;
  RETURN_IF_ERROR(procurement::CheckSealShape(seal, submitted));
  if (seal.bidder_cert_sha256() != act.stored.cert_sha256()) return BidderCertMismatchError();
  const std::string box_id = BoxIdOf(seal);
  if (box_id.empty()) return BoxNotFoundError();
  BidFacts facts;
  facts.digest = procurement::SubmissionDigest(submitted);
  BidRecord record;
  *record.mutable_seal() = std::move(act.stored);
  record.set_ciphertext(ciphertext);
  record.set_supplier_id(act.call.caller.user.organization_id);
  record.set_person_id(act.call.caller.user.person_id);
  record.set_arrival_time_ns(absl::ToUnixNanos(act.call.arrival));
  record.set_submission_id(seal.submission_id());
  record.set_submission_digest(facts.digest);
  facts.record = record.SerializeAsString();
  const size_t size = facts.record.size() + ledger::kSeqFieldBytesMax;
  if (size > ledger::kValueBytesMax) {  // by a long list of evidence
    return procurement::SealInvalidError(
        "size", absl::StrCat("seal, signature and ciphertext take ", size, " bytes, over ",
                             ledger::kValueBytesMax));
  }
  ledger::Hints hints;
  hints.steady = store::kBoxes.KeyOf(box_id);
  hints.reads = {store::kSuppliers.KeyOf(store::SupplierKey({box_id, record.supplier_id()})),
                 store::kSubmissions.KeyOf(store::Key(box_id, seal.submission_id()))};
  return kit::Prepared<BidFacts>{box_id, std::move(facts), std::move(hints)};
}

absl::Status CommitBid(ledger::Txn& txn, const kit::Act<Seal>& act, const BidFacts& facts,
                       v1::SubmitBidResponse* response) {
  const Seal& seal = act.document;
  const std::string box_id = BoxIdOf(seal);
  const std::string& supplier_id = act.call.caller.user.organization_id;
  ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(txn, box_id));
  if (!box.has_value()) return BoxNotFoundError();
  RETURN_IF_ERROR(CheckTakes(*box, act.call.arrival, Event::kSubmit));
  RETURN_IF_ERROR(CheckNoticeHash(*box, seal.notice_hash()));
  if (seal.quorum() != box->quorum() || seal.members() != box->committee_size()) {
    return SealCommitteeMismatchError();
  }
  const std::string supplier_key = store::SupplierKey({box_id, supplier_id});
  ASSIGN_OR_RETURN(auto found, store::kSuppliers.Find(txn, supplier_key));
  SupplierRecord supplier = found.has_value() ? *std::move(found) : SupplierRecord();
  if (IsBarred(supplier)) return BidderBarredError();
  const std::string submission_key = store::Key(box_id, seal.submission_id());
  ASSIGN_OR_RETURN(const auto known, store::kSubmissions.Find(txn, submission_key));
  if (known.has_value() &&
      (known->supplier_id() != supplier_id || known->content_digest() != act.content_digest)) {
    return SubmissionIdReusedError();
  }
  if (const auto* own = BidFor(*box, supplier); own != nullptr) {
    return SupplierAlreadyBidError(own->submission_id());
  }

  event::v1::Event event;
  auto* received = event.mutable_bid_received();
  NameBox(*box, received);
  received->set_notice_hash(seal.notice_hash());
  received->set_submission_digest(facts.digest);
  const ledger::EventHandle logged = txn.Emit(
      kit::PublicEvent(event, kit::TenderName(seal.tender_id()), kSupplierRole, act.call.arrival));
  store::kBids.PutBytesWithSeq(txn, store::Key(box_id, facts.digest), facts.record,
                               {BidRecord::kReceivedSeqFieldNumber, logged});
  const int64_t arrival_ns = absl::ToUnixNanos(act.call.arrival);
  store::v1::OrderRecord order;
  order.set_submission_digest(facts.digest);
  store::kOrder.Put(
      txn, absl::StrCat(store::VersionPrefix(*box), store::OrderKey(arrival_ns, facts.digest)),
      order);
  SupplierRecord::Bid* own = supplier.add_bids();
  own->set_notice_version(box->notice_version());
  own->set_submission_digest(facts.digest);
  own->set_submission_id(seal.submission_id());
  own->set_arrival_time_ns(arrival_ns);
  store::kSuppliers.Put(txn, supplier_key, supplier);
  store::v1::SubmissionRecord by_id;
  by_id.set_supplier_id(supplier_id);
  by_id.set_content_digest(act.content_digest);
  store::kSubmissions.Put(txn, submission_key, by_id);
  response->set_submission_id(seal.submission_id());
  response->set_submission_digest(facts.digest);
  response->set_arrival_time_ns(arrival_ns);
  response->set_deadline_ns(box->deadline_ns());
  return absl::OkStatus();
}

}  // namespace

void BiddingEngine::SubmitBid(const rpc::Call& call, const v1::SubmitBidRequest& request,
                              v1::SubmitBidResponse* response,
                              std::function<void(absl::Status)> done) {
  const procurement::Submitted submitted(request.seal(), request.ciphertext());
  kit::ActOptions options;
  options.attachment_sha256 = submitted.ciphertext_sha256;
  options.check = [&] { return CheckSizes(request); };
  options.claim_document = false;  // a submission id is taken once, and a supplier bids once
  kit::RunActAsync<Seal>(
      context_, call, request.seal(), request.request_id(), "seal", response,
      [&](kit::Act<Seal>& act) { return PrepareBid(act, submitted, request.ciphertext()); },
      CommitBid, options, std::move(done));
}

absl::Status BiddingEngine::CancelBid(const rpc::Call& call, const v1::CancelBidRequest& request,
                                      v1::CancelBidResponse* response) {
  using document::v1::BidCancellation;
  return kit::RunAct<BidCancellation>(
      context_, call, request.document(), request.request_id(), "bid.cancellation", response,
      [](const auto& act) { return kit::InShardOf(BoxIdOf(act.document)); },
      [](ledger::Txn& txn, const kit::Act<BidCancellation>& act,
         v1::CancelBidResponse*) -> absl::Status {
        const BidCancellation& d = act.document;
        const std::string box_id = BoxIdOf(d);
        if (box_id.empty()) return BoxNotFoundError();
        ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(txn, box_id));
        if (!box.has_value()) return BoxNotFoundError();
        RETURN_IF_ERROR(CheckTakes(*box, act.call.arrival, Event::kWithdraw));
        RETURN_IF_ERROR(CheckNoticeHash(*box, d.notice_hash()));
        const std::string key = store::SupplierKey({box_id, act.call.caller.user.organization_id});
        ASSIGN_OR_RETURN(auto supplier, store::kSuppliers.Find(txn, key));
        auto* own = supplier.has_value() ? BidFor(*box, *supplier) : nullptr;
        if (own == nullptr || own->submission_id() != d.submission_id()) return BidNotFoundError();
        if (own->cancelled()) return BidAlreadyCancelledError();
        ASSIGN_OR_RETURN(const BidRecord bid, LoadBid(txn, box_id, own->submission_digest()));
        own->set_cancelled(true);
        store::kSuppliers.Put(txn, key, *supplier);
        store::kOrder.Delete(
            txn, absl::StrCat(store::VersionPrefix(*box),
                              store::OrderKey(bid.arrival_time_ns(), bid.submission_digest())));
        // Kept for later disputes; its digest stands in no public event, as it would tell the
        // bidder.
        RETURN_IF_ERROR(ledger::PutChunked(
            txn, absl::StrCat("cancellation/", box_id, "/", bid.submission_digest()),
            act.stored.SerializeAsString()));
        event::v1::Event event;
        NameBox(*box, event.mutable_bid_cancelled());
        event.mutable_bid_cancelled()->set_submission_digest(bid.submission_digest());
        txn.Emit(kit::PublicEvent(event, kit::TenderName(d.tender_id()), kSupplierRole,
                                  act.call.arrival));
        return absl::OkStatus();
      });
}

absl::Status BiddingEngine::GetOwnBid(const rpc::Call& call, const v1::GetOwnBidRequest& request,
                                      v1::GetOwnBidResponse* response) {
  const std::string box_id = BoxIdAsked(request);
  if (box_id.empty()) return BoxNotFoundError();
  BidRecord bid;
  RETURN_IF_ERROR(
      context_.ledger->View(ledger::ShardOf(box_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(reader, box_id));
        if (!box.has_value()) return BoxNotFoundError();
        ASSIGN_OR_RETURN(
            const auto supplier,
            store::kSuppliers.Find(reader,
                                   store::SupplierKey({box_id, call.caller.user.organization_id})));
        if (!supplier.has_value() || supplier->bids().empty()) return BidNotFoundError();
        const SupplierRecord::Bid& own = *supplier->bids().rbegin();  // for the newest version
        ASSIGN_OR_RETURN(bid, LoadBid(reader, box_id, own.submission_digest()));
        FillSealed(bid, true, response->mutable_bid());
        if (store::StateOf(*box) == State::kOpened) {
          response->mutable_bid()->set_supplier_id(bid.supplier_id());
        }
        response->set_cancelled(own.cancelled());
        response->set_superseded(own.notice_version() != box->notice_version());
        return absl::OkStatus();
      }));
  // The record may be durable a moment before the checkpoint that covers its entry.
  context_.ledger->WaitForEntry(bid.received_seq(), kReceiptWait);
  ASSIGN_OR_RETURN(const ledger::Receipt receipt, context_.ledger->MakeReceipt(bid.received_seq()));
  *response->mutable_receipt() = kit::ToProto(receipt, context_.ledger->origin());
  return absl::OkStatus();
}

absl::Status BiddingEngine::ListSealedBids(const rpc::Call& call,
                                           const v1::ListSealedBidsRequest& request,
                                           v1::ListSealedBidsResponse* response) {
  const std::string box_id = BoxIdAsked(request);
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(box_id));
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
      absl::StrCat("sealed/", box_id, "/", request.with_ciphertext() ? 1 : 0);
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  RETURN_IF_ERROR(
      context_.ledger->View(ledger::ShardOf(box_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto rows,
                         store::kOrder.List(reader, store::VersionPrefix(box), after, size + 1));
        size_t bytes = 0;
        std::string last;
        for (const auto& row : rows) {
          ASSIGN_OR_RETURN(BidRecord bid, LoadBid(reader, box_id, row.record.submission_digest()));
          v1::SealedBid sealed;
          if (state == State::kOpened) sealed.set_supplier_id(bid.supplier_id());
          FillSealed(std::move(bid), request.with_ciphertext(), &sealed);
          bytes += sealed.ByteSizeLong();
          const size_t shown = static_cast<size_t>(response->bids_size());
          if (shown == size || (shown > 0 && bytes > kPageBytesMax)) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          *response->add_bids() = std::move(sealed);
          last = row.key;
        }
        return absl::OkStatus();
      }));
  if (state == State::kOpened || response->bids().empty()) return absl::OkStatus();
  event::v1::Event event;
  auto* read = event.mutable_seals_read();
  NameBox(box, read);
  read->set_member(member);
  read->set_seals(response->bids_size());
  read->set_with_ciphertext(request.with_ciphertext());
  return LogRead(*context_.ledger, event);
}

}  // namespace jodal::bidding
