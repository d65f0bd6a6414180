#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_format.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/signed_document.h"
#include "common/ledger/chunked.h"
#include "common/status/macros.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/bidding/engine/submission.h"
#include "services/kit/act.h"
#include "services/kit/page.h"

namespace jodal::bidding {
namespace {

using document::v1::OpenShares;
using store::v1::BoxRecord;

// All that the box itself decides about a release; once before the shares are looked at and again
// in the transaction.
absl::Status CheckReleasable(const BoxRecord& box, const OpenShares& shares,
                             const rpc::Call& call) {
  const bool is_seat =
      std::any_of(box.committee().begin(), box.committee().end(), [&](const auto& member) {
        return member.i() == shares.i() && member.person_id() == call.caller.user.person_id;
      });
  if (!is_seat) return NotCommitteeMemberError();
  const State state = store::StateOf(box);
  if (state == State::kOpen) return BoxNotClosedError();
  RETURN_IF_ERROR(Next(state, Event::kRelease).status());
  const absl::Time open_at = absl::FromUnixNanos(box.open_at_ns());
  if (call.arrival < open_at) return TooEarlyError({open_at, call.arrival});
  if (std::find(box.released().begin(), box.released().end(), shares.i()) != box.released().end()) {
    return SharesAlreadyReleasedError(shares.i());
  }
  RETURN_IF_ERROR(CheckNoticeHash(box, shares.notice_hash()));
  if (shares.box_root() != box.root()) return BoxRootMismatchError();
  return absl::OkStatus();
}

absl::Status CheckOneShare(const BoxRecord& box, int i, const document::v1::OpenShare& share,
                           const document::v1::Seal& seal) {
  const std::string& id = share.submission_id();
  if (share.share().empty() != share.bad_wrap() ||
      (!share.bad_wrap() && !share.bad_wrap_proof().empty())) {
    return SharesMismatchError("each entry has either a share or says that the wrap gives none",
                               id);
  }
  if (i > seal.shares_size()) return RecordMissingError("share of a seal");
  const sealing::Wrapped wrapped = WrappedOf(seal.shares(i - 1));
  const std::string notice_hash = HexDecode(box.notice_hash()).value_or("");
  if (!share.share().empty()) {
    if (!sealing::CheckShare(notice_hash, wrapped, share.share()).ok()) {
      return ShareCommitMismatchError(id);
    }
    return absl::OkStatus();
  }
  const std::string dealer = HexDecode(seal.bidder_cert_sha256()).value_or("");
  if (!sealing::VerifyBadWrap({notice_hash, dealer}, {i, box.committee(i - 1).spki()}, wrapped,
                              share.bad_wrap_proof())
           .ok()) {
    return BadWrapProofInvalidError(id);
  }
  return absl::OkStatus();
}

}  // namespace

// The box is closed, so what is read here is what the transaction will find.
absl::Status BiddingEngine::CheckShares(const BoxRecord& box, const OpenShares& shares,
                                        const rpc::Call& call) const {
  return context_.ledger->View(
      ledger::ShardOf(box.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto rows,
                         store::kOrder.List(reader, store::VersionPrefix(box), "", kBoxRowsMax));
        if (rows.size() != static_cast<size_t>(shares.shares_size())) {
          return SharesMismatchError(
              absl::StrCat("the box holds ", rows.size(), " submissions, the document names ",
                           shares.shares_size()),
              "");
        }
        for (size_t at = 0; at < rows.size(); ++at) {
          const auto& share = shares.shares(static_cast<int>(at));
          ASSIGN_OR_RETURN(
              const auto bid,
              store::kBids.Find(reader,
                                store::Key(box.tender_id(), rows[at].record.submission_digest())));
          if (!bid.has_value()) return RecordMissingError("bid");
          if (bid->submission_id() != share.submission_id()) {
            return SharesMismatchError("the entries are not one per submission in box order",
                                       share.submission_id());
          }
          document::v1::Seal seal;
          RETURN_IF_ERROR(document::ParseStrictJson(bid->seal().document().content(), &seal));
          RETURN_IF_ERROR(CheckOneShare(box, shares.i(), share, seal));
        }
        return absl::OkStatus();
      });
}

absl::Status BiddingEngine::ReleaseShares(const rpc::Call& call,
                                          const v1::ReleaseSharesRequest& request,
                                          v1::ReleaseSharesResponse* response) {
  RETURN_IF_ERROR(kit::CheckRequestId(request.request_id()));
  const document::v1::SignedDocument& signed_document = request.document();
  ledger::UpdateRequest update;
  update.idempotency_scope = kit::IdempotencyScope(call);
  update.request_id = request.request_id();
  update.content_digest = crypto::Sha256(absl::StrCat("open-share\n", signed_document.content()));
  ASSIGN_OR_RETURN(const auto earlier, context_.ledger->FindCommitted(update));
  if (earlier.has_value()) return kit::FinishResponse(*context_.ledger, *earlier, response);

  if (signed_document.content().size() > kOpenSharesBytesMax) {
    return OpenSharesTooLargeError(signed_document.content().size());
  }
  document::Expected expected;
  expected.kind = "open-share";
  expected.system = context_.system;
  expected.signer_id = call.caller.user.person_id;
  expected.cert_sha256 = call.caller.user.cert_sha256;
  expected.at = call.arrival;
  OpenShares shares;
  ASSIGN_OR_RETURN(const document::OpenedDocument opened,
                   document::OpenDocument(*context_.documents, signed_document, expected, &shares));
  ASSIGN_OR_RETURN(const BoxRecord seen, LoadBox(shares.tender_id()));
  RETURN_IF_ERROR(CheckReleasable(seen, shares, call));
  RETURN_IF_ERROR(CheckShares(seen, shares, call));
  v1::Box shown;
  RETURN_IF_ERROR(FillBox(seen, call.arrival, &shown));  // with its log numbers

  update.shard = ledger::ShardOf(seen.tender_id());
  store::v1::ReleaseRecord release;
  release.set_i(shares.i());
  *release.mutable_document()->mutable_document() = signed_document;
  release.mutable_document()->set_cert_sha256(opened.signature.cert_sha256);
  for (const std::string& e : opened.signature.evidence_sha256) {
    release.mutable_document()->add_evidence_sha256(e);
  }
  release.mutable_document()->set_received_time_ns(absl::ToUnixNanos(call.arrival));
  *release.mutable_released() = NameOf(update);
  ASSIGN_OR_RETURN(
      const ledger::Committed committed,
      context_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto box, store::kBoxes.Find(txn, seen.tender_id()));
        if (!box.has_value()) return BoxNotFoundError();
        RETURN_IF_ERROR(CheckReleasable(*box, shares, call));
        auto* released = box->mutable_released();
        released->Add(shares.i());
        std::sort(released->begin(), released->end());
        if (store::StateOf(*box) == State::kClosed && released->size() >= box->k()) {
          ASSIGN_OR_RETURN(const State next, Next(State::kClosed, Event::kQuorum));
          store::SetState(next, &*box);
          // Fixed now, so that an opening that is interrupted goes on with the same shares.
          *box->mutable_quorum() = *released;
          store::v1::WorkRecord work;
          work.set_deadline_ns(box->deadline_ns());
          work.set_opening(true);
          store::kWork.Put(txn, box->tender_id(), work);
        }
        store::kBoxes.Put(txn, box->tender_id(), *box);
        RETURN_IF_ERROR(ledger::PutChunked(txn, store::ReleaseKey(box->tender_id(), shares.i()),
                                           release.SerializeAsString()));
        event::v1::Event event;
        auto* e = event.mutable_share_released();
        e->set_tender_id(box->tender_id());
        e->set_i(shares.i());
        e->set_open_share_sha256(HexEncode(opened.sha256));
        txn.Emit(kit::PublicEvent(event, kit::TenderName(box->tender_id()), kCommitteeRole));
        v1::ReleaseSharesResponse fresh;
        *fresh.mutable_box() = shown;
        fresh.mutable_box()->set_state(box->state());
        *fresh.mutable_box()->mutable_released() = box->released();
        txn.SetResponse(fresh.SerializeAsString());
        return absl::OkStatus();
      }));
  RefreshAgenda(seen.tender_id());
  return kit::FinishResponse(*context_.ledger, committed, response);
}

absl::Status BiddingEngine::ListShares(const rpc::Call&, const v1::ListSharesRequest& request,
                                       v1::ListSharesResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(request.tender_id()));
  if (store::StateOf(box) != State::kOpened) return BoxNotOpenedError();
  const std::string filter = absl::StrCat("shares/", box.tender_id());
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  std::vector<store::v1::CommitName> names;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(box.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        size_t bytes = 0;
        std::string last;
        for (const int i : box.released()) {
          const std::string key = store::ReleaseKey(box.tender_id(), i);
          if (key <= after) continue;
          ASSIGN_OR_RETURN(const auto stored, ledger::GetChunked(reader, key));
          store::v1::ReleaseRecord record;
          if (!stored.has_value() || !record.ParseFromString(*stored)) {
            return RecordMissingError("share document");
          }
          bytes += stored->size();
          if (!names.empty() && bytes > kPageBytesMax) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          auto* out = response->add_shares();
          out->set_i(i);
          *out->mutable_document() = record.document();
          names.push_back(record.released());
          last = key;
        }
        return absl::OkStatus();
      }));
  for (size_t at = 0; at < names.size(); ++at) {
    ASSIGN_OR_RETURN(const uint64_t seq, SeqOf(names[at]));
    response->mutable_shares(static_cast<int>(at))->set_log_seq(seq);
  }
  return absl::OkStatus();
}

absl::Status BiddingEngine::ListOpenedBids(const rpc::Call&,
                                           const v1::ListOpenedBidsRequest& request,
                                           v1::ListOpenedBidsResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(request.tender_id()));
  if (store::StateOf(box) != State::kOpened) return BoxNotOpenedError();
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kOpenedPageMax, kOpenedPageMax));
  const std::string filter = absl::StrCat("opened/", box.tender_id());
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  std::vector<store::v1::CommitName> names;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(box.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto rows,
                         store::kOpened.List(reader, store::VersionPrefix(box), after, size + 1));
        size_t bytes = 0;
        std::string last;
        for (auto& row : rows) {
          bytes += row.record.bid().ByteSizeLong();
          if (names.size() == size || (!names.empty() && bytes > kPageBytesMax)) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          *response->add_bids() = std::move(*row.record.mutable_bid());
          names.push_back(row.record.opened());
          last = row.key;
        }
        return absl::OkStatus();
      }));
  // The events of a commit are numbered in a row.
  std::string commit;
  uint64_t first_seq = 0;
  for (size_t at = 0; at < names.size(); ++at) {
    if (names[at].request_id() != commit) {
      commit = names[at].request_id();
      ASSIGN_OR_RETURN(const uint64_t seq, SeqOf(names[at]));
      first_seq = seq - static_cast<uint64_t>(names[at].index());
    }
    response->mutable_bids(static_cast<int>(at))
        ->set_opened_seq(first_seq + static_cast<uint64_t>(names[at].index()));
  }
  return absl::OkStatus();
}

absl::Status BiddingEngine::OpenBox(const std::string& tender_id,
                                    const std::function<bool()>& stop) {
  ASSIGN_OR_RETURN(const auto box, FindBox(tender_id));
  if (box.has_value() && store::StateOf(*box) == State::kOpening) {
    ASSIGN_OR_RETURN(const SharesBySubmission quorum, LoadQuorum(*box));
    while (!stop()) {
      ASSIGN_OR_RETURN(const bool more, OpenGroup(tender_id, quorum));
      if (!more) break;
    }
  }
  RefreshAgenda(tender_id);
  return absl::OkStatus();
}

absl::StatusOr<BiddingEngine::SharesBySubmission> BiddingEngine::LoadQuorum(
    const BoxRecord& box) const {
  SharesBySubmission out;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(box.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        for (const int i : box.quorum()) {
          ASSIGN_OR_RETURN(const auto stored,
                           ledger::GetChunked(reader, store::ReleaseKey(box.tender_id(), i)));
          store::v1::ReleaseRecord record;
          if (!stored.has_value() || !record.ParseFromString(*stored)) {
            return RecordMissingError("share document");
          }
          OpenShares shares;
          RETURN_IF_ERROR(
              document::ParseStrictJson(record.document().document().content(), &shares));
          for (const auto& share : shares.shares()) {
            QuorumShares& of = out[share.submission_id()];
            if (share.bad_wrap()) {
              of.bad_wrap = true;
            } else {
              of.shares.push_back({i, share.share()});
            }
          }
        }
        return absl::OkStatus();
      }));
  return out;
}

absl::StatusOr<bool> BiddingEngine::OpenGroup(const std::string& tender_id,
                                              const SharesBySubmission& quorum) {
  std::optional<BoxRecord> box;
  std::vector<OpenTask> tasks;
  std::vector<std::string> keys;
  const uint16_t shard = ledger::ShardOf(tender_id);
  RETURN_IF_ERROR(context_.ledger->View(shard, [&](const kv::Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(box, store::kBoxes.Find(reader, tender_id));
    if (!box.has_value() || store::StateOf(*box) != State::kOpening) return absl::OkStatus();
    const std::string prefix = store::VersionPrefix(*box);
    const std::string after =
        box->opened_through().empty() ? "" : absl::StrCat(prefix, box->opened_through());
    ASSIGN_OR_RETURN(const auto rows, store::kOrder.List(reader, prefix, after, kOpenGroupMax));
    size_t bytes = 0;
    for (const auto& row : rows) {
      OpenTask task;
      const std::string& digest = row.record.submission_digest();
      ASSIGN_OR_RETURN(auto bid, store::kBids.Find(reader, store::Key(tender_id, digest)));
      ASSIGN_OR_RETURN(auto ciphertext, reader.Get(store::CipherKey(tender_id, digest)));
      if (!bid.has_value() || !ciphertext.has_value()) return RecordMissingError("bid");
      bytes += ciphertext->size() + kOpenedOverheadBytes;
      if (!tasks.empty() && bytes > kOpenGroupBytesMax) break;
      task.bid = *std::move(bid);
      task.ciphertext = *std::move(ciphertext);
      const auto shares = quorum.find(task.bid.submission_id());
      if (shares == quorum.end()) return RecordMissingError("share");
      task.quorum = shares->second;
      tasks.push_back(std::move(task));
      keys.push_back(row.key.substr(prefix.size()));
    }
    return absl::OkStatus();
  }));
  if (!box.has_value() || store::StateOf(*box) != State::kOpening) return false;

  if (tasks.empty()) {
    const auto completed = context_.ledger->Update(
        UpdateAs(BoxCommit(*box, "completed"), tender_id), [&](ledger::Txn& txn) -> absl::Status {
          ASSIGN_OR_RETURN(auto current, store::kBoxes.Find(txn, tender_id));
          if (!current.has_value()) return BoxNotFoundError();
          ASSIGN_OR_RETURN(const State next, Next(store::StateOf(*current), Event::kComplete));
          store::SetState(next, &*current);
          store::kBoxes.Put(txn, tender_id, *current);
          store::kWork.Delete(txn, tender_id);
          event::v1::Event event;
          auto* e = event.mutable_opening_completed();
          e->set_tender_id(tender_id);
          e->set_notice_hash(current->notice_hash());
          e->set_valid(current->opened() - current->void_());
          e->set_void_(current->void_());
          e->set_box_root(current->root());
          txn.Emit(kit::PublicEvent(event, kit::TenderName(tender_id), kSystemRole));
          return absl::OkStatus();
        });
    RETURN_IF_ERROR(completed.status());
    return false;
  }

  const OpenEnv env{&*box, context_.system, context_.documents};
  std::vector<absl::StatusOr<v1::OpenedBid>> results(tasks.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t at; (at = next.fetch_add(1)) < tasks.size();) results[at] = OpenBid(env, tasks[at]);
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < kOpenThreads && tasks.size() > 1; ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();

  const store::v1::CommitName name = BoxCommit(*box, absl::StrFormat("opened-%06d", box->opened()));
  std::vector<store::v1::OpenedRecord> records;
  for (size_t at = 0; at < tasks.size(); ++at) {
    ASSIGN_OR_RETURN(v1::OpenedBid opened, std::move(results[at]));
    ASSIGN_OR_RETURN(const uint64_t received, SeqOf(tasks[at].bid.received()));
    opened.set_received_seq(received);
    store::v1::OpenedRecord record;
    *record.mutable_bid() = std::move(opened);
    *record.mutable_opened() = name;
    record.mutable_opened()->set_index(static_cast<int>(at));
    records.push_back(std::move(record));
  }
  const auto committed =
      context_.ledger->Update(UpdateAs(name, tender_id), [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto current, store::kBoxes.Find(txn, tender_id));
        if (!current.has_value()) return BoxNotFoundError();
        RETURN_IF_ERROR(Next(store::StateOf(*current), Event::kOpenBid).status());
        if (current->opened() != box->opened()) return absl::OkStatus();  // done by someone else
        for (size_t at = 0; at < records.size(); ++at) {
          const v1::OpenedBid& bid = records[at].bid();
          store::kOpened.Put(txn, absl::StrCat(store::VersionPrefix(*current), keys[at]),
                             records[at]);
          current->set_opened(current->opened() + 1);
          if (!bid.void_reason().empty()) current->set_void_(current->void_() + 1);
          event::v1::Event event;
          auto* e = event.mutable_bid_opened();
          e->set_tender_id(tender_id);
          e->set_submission_id(bid.submission_id());
          e->set_submission_digest(bid.submission_digest());
          e->set_supplier_id(bid.supplier_id());
          e->set_void_reason(bid.void_reason());
          if (!bid.bid().empty()) e->set_bid_sha256(HexEncode(crypto::Sha256(bid.bid())));
          e->set_price(bid.price());
          *e->mutable_picks() = bid.picks();
          txn.Emit(kit::PublicEvent(event, kit::TenderName(tender_id), kSystemRole));
        }
        current->set_opened_through(keys.back());
        store::kBoxes.Put(txn, tender_id, *current);
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(committed.status());
  return true;
}

}  // namespace jodal::bidding
