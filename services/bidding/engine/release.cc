// The committee's shares: taken from each member in one or more documents, checked against the
// seals that they are of.
#include <algorithm>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/signed_document.h"
#include "common/ledger/chunked.h"
#include "common/status/macros.h"
#include "procurement/bid/open_bid.h"
#include "procurement/limits.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/bidding/engine/parallel.h"
#include "services/kit/act.h"
#include "services/kit/page.h"

namespace jodal::bidding {
namespace {

using document::v1::OpenShares;
using store::v1::BoxRecord;
using Progress = store::v1::BoxRecord::Release;

Progress* ProgressOf(BoxRecord& box, int i) {
  for (Progress& progress : *box.mutable_releases()) {
    if (progress.i() == i) return &progress;
  }
  Progress* added = box.add_releases();
  added->set_i(i);
  std::sort(box.mutable_releases()->begin(), box.mutable_releases()->end(),
            [](const Progress& a, const Progress& b) { return a.i() < b.i(); });
  return ProgressOf(box, i);
}

// All that the box itself decides about a document of shares; once before the shares are looked at
// and again in the transaction. Gives how far the member had come.
absl::StatusOr<Progress> CheckReleasable(BoxRecord box, const OpenShares& shares,
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
  Progress progress = *ProgressOf(box, shares.i());
  if (shares.first() != progress.shares()) {
    return SharesMismatchError(
        absl::StrCat("the member's shares go on at position ", progress.shares()),
        progress.shares());
  }
  const int64_t left = box.submissions() - progress.shares();
  const int64_t given = static_cast<int64_t>(shares.shares().size() / sealing::kShareBytes);
  if (shares.shares().size() % sealing::kShareBytes != 0 || given > left ||
      (given == 0 && left > 0)) {
    return SharesMismatchError(
        absl::StrCat("32 bytes for each of 1 to ", left, " bids must be given"), shares.first());
  }
  return progress;
}

}  // namespace

// The box is closed, so what is read here is what the transaction will find.
absl::StatusOr<std::string> BiddingEngine::CheckShares(const BoxRecord& box,
                                                       const OpenShares& shares,
                                                       absl::string_view through) const {
  ASSIGN_OR_RETURN(const std::vector<procurement::GivenShare> given,
                   procurement::GivenShares(shares));
  const sealing::Committee committee = SealingCommitteeOf(box);
  const std::string prefix = store::VersionPrefix(box);
  std::string after = through.empty() ? "" : absl::StrCat(prefix, through);
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(box.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        for (size_t done = 0; done < given.size();) {
          const size_t count = std::min(kShareCheckMax, given.size() - done);
          ASSIGN_OR_RETURN(const auto rows, store::kOrder.List(reader, prefix, after, count));
          if (rows.size() != count) return RecordMissingError("bid");
          std::vector<std::string> seals(count);
          for (size_t at = 0; at < count; ++at) {
            ASSIGN_OR_RETURN(
                auto bid,
                store::kBids.Find(
                    reader, store::Key(box.tender_id(), rows[at].record.submission_digest())));
            if (!bid.has_value()) return RecordMissingError("bid");
            seals[at] = std::move(*bid->mutable_seal()->mutable_document()->mutable_content());
          }
          RETURN_IF_ERROR(ForEachParallel(count, options_.threads, [&](size_t at) -> absl::Status {
            document::v1::Seal seal;
            RETURN_IF_ERROR(document::ParseStrictJson(seals[at], &seal));
            return procurement::CheckGivenShare(committee, shares.i(), seal, given[done + at]);
          }));
          done += count;
          after = rows.back().key;
        }
        return absl::OkStatus();
      }));
  return after.empty() ? "" : after.substr(prefix.size());
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

  if (signed_document.content().size() > procurement::kOpenSharesBytesMax) {
    return OpenSharesTooLargeError(signed_document.content().size());
  }
  const document::Expected expected = kit::ExpectedOf(context_, call, "open-share");
  OpenShares shares;
  ASSIGN_OR_RETURN(const document::VerifiedSignature signature,
                   document::OpenDocument(*context_.documents, signed_document, expected, &shares));
  ASSIGN_OR_RETURN(const BoxRecord seen, LoadBox(shares.tender_id()));
  ASSIGN_OR_RETURN(const Progress before, CheckReleasable(seen, shares, call));
  ASSIGN_OR_RETURN(const std::string through, CheckShares(seen, shares, before.through()));
  v1::Box shown;
  RETURN_IF_ERROR(FillBox(seen, call.arrival, &shown));  // with its log numbers

  update.shard = ledger::ShardOf(seen.tender_id());
  store::v1::ReleaseRecord release;
  release.set_i(shares.i());
  *release.mutable_document()->mutable_document() = signed_document;
  release.mutable_document()->set_cert_sha256(signature.cert_sha256);
  for (const std::string& e : signature.evidence_sha256) {
    release.mutable_document()->add_evidence_sha256(e);
  }
  release.mutable_document()->set_received_time_ns(absl::ToUnixNanos(call.arrival));
  *release.mutable_released() = NameOf(update);
  const int count = static_cast<int>(shares.shares().size() / sealing::kShareBytes);
  ASSIGN_OR_RETURN(
      const ledger::Committed committed,
      context_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto box, store::kBoxes.Find(txn, seen.tender_id()));
        if (!box.has_value()) return BoxNotFoundError();
        RETURN_IF_ERROR(CheckReleasable(*box, shares, call).status());
        Progress* progress = ProgressOf(*box, shares.i());
        const std::string key =
            store::ReleaseKey({box->tender_id(), shares.i(), progress->documents()});
        progress->set_shares(progress->shares() + count);
        progress->set_documents(progress->documents() + 1);
        progress->set_through(through);
        auto* released = box->mutable_released();
        if (progress->shares() == box->submissions()) {
          released->Add(shares.i());
          std::sort(released->begin(), released->end());
        }
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
        RETURN_IF_ERROR(ledger::PutChunked(txn, key, release.SerializeAsString()));
        event::v1::Event event;
        auto* e = event.mutable_share_released();
        e->set_tender_id(box->tender_id());
        e->set_i(shares.i());
        e->set_open_share_sha256(HexEncode(crypto::Sha256(signed_document.content())));
        e->set_first(shares.first());
        e->set_count(count);
        txn.Emit(kit::PublicEvent(event, kit::TenderName(box->tender_id()), kCommitteeRole));
        v1::ReleaseSharesResponse fresh;
        *fresh.mutable_box() = shown;
        fresh.mutable_box()->set_state(box->state());
        FillReleases(*box, fresh.mutable_box());
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
        for (const std::string& key : DocumentKeys(box)) {
          if (key <= after) continue;
          ASSIGN_OR_RETURN(auto record, LoadRelease(reader, key));
          bytes += record.ByteSizeLong();
          if (!names.empty() && bytes > kPageBytesMax) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          auto* out = response->add_shares();
          out->set_i(record.i());
          *out->mutable_document() = std::move(*record.mutable_document());
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

std::vector<std::string> DocumentKeys(const BoxRecord& box) {
  std::vector<std::string> out;
  for (const Progress& progress : box.releases()) {
    for (int document = 0; document < progress.documents(); ++document) {
      out.push_back(store::ReleaseKey({box.tender_id(), progress.i(), document}));
    }
  }
  return out;
}

absl::StatusOr<store::v1::ReleaseRecord> LoadRelease(const kv::Reader& reader,
                                                     const std::string& key) {
  ASSIGN_OR_RETURN(const auto stored, ledger::GetChunked(reader, key));
  store::v1::ReleaseRecord record;
  if (!stored.has_value() || !record.ParseFromString(*stored)) {
    return RecordMissingError("share document");
  }
  return record;
}

void FillReleases(const BoxRecord& box, v1::Box* out) {
  *out->mutable_released() = box.released();
  out->clear_releasing();
  for (const Progress& progress : box.releases()) {
    if (progress.shares() == box.submissions()) continue;
    auto* under_way = out->add_releasing();
    under_way->set_i(progress.i());
    under_way->set_shares(progress.shares());
  }
}

}  // namespace jodal::bidding
