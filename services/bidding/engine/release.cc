// The committee's shares: taken from each member in one or more documents, checked against the
// seals that they are of.
#include <algorithm>

#include "common/document/signed_document.h"
#include "common/ledger/chunked.h"
#include "common/status/macros.h"
#include "procurement/bid/open_bid.h"
#include "procurement/limits.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/bidding/engine/parallel.h"
#include "services/kit/act.h"
#include "services/kit/errors.h"
#include "services/kit/page.h"

namespace jodal::bidding {
namespace {

using document::v1::OpenShares;
using store::v1::BoxRecord;
using Progress = store::v1::BoxRecord::Release;

Progress* ProgressOf(BoxRecord& box, int member) {
  for (Progress& progress : *box.mutable_releases()) {
    if (progress.member() == member) return &progress;
  }
  Progress* added = box.add_releases();
  added->set_member(member);
  std::sort(box.mutable_releases()->begin(), box.mutable_releases()->end(),
            [](const Progress& a, const Progress& b) { return a.member() < b.member(); });
  return ProgressOf(box, member);
}

// What is known of a document of shares once each of them has been checked.
struct CheckedShares {
  std::string through;  // order key of the last bid that it has a share for
};

std::string SharesKey(const std::string& release_key) { return "shares/" + release_key; }

// All that the box itself decides about a document of shares; once before the shares are looked at
// and again in the transaction. Gives how far the member had come.
absl::StatusOr<Progress> CheckReleasable(BoxRecord box, const OpenShares& shares,
                                         const rpc::Call& call) {
  const bool is_seat =
      std::any_of(box.committee().begin(), box.committee().end(), [&](const auto& member) {
        return member.member() == shares.member() &&
               member.person_id() == call.caller.user.person_id;
      });
  if (!is_seat) return NotCommitteeMemberError();
  const State state = store::StateOf(box);
  if (state == State::kOpen) return BoxNotClosedError();
  RETURN_IF_ERROR(Next(state, Event::kRelease).status());
  const absl::Time open_at = absl::FromUnixNanos(box.open_at_ns());
  if (call.arrival < open_at) return TooEarlyError({open_at, call.arrival});
  if (std::find(box.released().begin(), box.released().end(), shares.member()) !=
      box.released().end()) {
    return SharesAlreadyReleasedError(shares.member());
  }
  RETURN_IF_ERROR(CheckNoticeHash(box, shares.notice_hash()));
  if (shares.box_root() != box.root()) return BoxRootMismatchError();
  Progress progress = *ProgressOf(box, shares.member());
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
      ledger::ShardOf(store::BoxId(box)), [&](const kv::Reader& reader) -> absl::Status {
        for (size_t done = 0; done < given.size();) {
          const size_t count = std::min(kShareCheckMax, given.size() - done);
          ASSIGN_OR_RETURN(const auto rows, store::kOrder.List(reader, prefix, after, count));
          if (rows.size() != count) return RecordMissingError("bid");
          std::vector<std::string> seals(count);
          for (size_t at = 0; at < count; ++at) {
            ASSIGN_OR_RETURN(
                auto bid,
                store::kBids.Find(
                    reader, store::Key(store::BoxId(box), rows[at].record.submission_digest())));
            if (!bid.has_value()) return RecordMissingError("bid");
            seals[at] = std::move(*bid->mutable_seal()->mutable_document()->mutable_content());
          }
          RETURN_IF_ERROR(ForEachParallel(count, options_.threads, [&](size_t at) -> absl::Status {
            document::v1::Seal seal;
            RETURN_IF_ERROR(document::ParseStrictJson(seals[at], &seal));
            return procurement::CheckGivenShare(committee, shares.member(), seal, given[done + at]);
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
  using Act = kit::Act<OpenShares>;
  kit::ActOptions options;
  options.check = [&]() -> absl::Status {
    const size_t size = request.document().content().size();
    return size > procurement::kOpenSharesBytesMax
               ? kit::DocumentTooLargeError(procurement::kOpenSharesBytesMax)
               : absl::OkStatus();
  };
  RETURN_IF_ERROR(kit::RunAct<OpenShares>(
      context_, call, request.document(), request.request_id(), "open-share", response,
      [&](const Act& act) -> absl::StatusOr<kit::Prepared<CheckedShares>> {
        const OpenShares& shares = act.document;
        ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(BoxIdOf(shares)));
        ASSIGN_OR_RETURN(const Progress before, CheckReleasable(box, shares, call));
        ASSIGN_OR_RETURN(std::string through, CheckShares(box, shares, before.through()));
        return kit::Prepared<CheckedShares>{store::BoxId(box), {std::move(through)}};
      },
      [](ledger::Txn& txn, const Act& act, const CheckedShares& checked,
         v1::ReleaseSharesResponse* r) -> absl::Status {
        const OpenShares& shares = act.document;
        const std::string box_id = BoxIdOf(shares);
        ASSIGN_OR_RETURN(auto box, store::kBoxes.Find(txn, box_id));
        if (!box.has_value()) return BoxNotFoundError();
        RETURN_IF_ERROR(CheckReleasable(*box, shares, act.call).status());
        Progress* progress = ProgressOf(*box, shares.member());
        const std::string key = store::ReleaseKey({box_id, shares.member(), progress->documents()});
        const int count = static_cast<int>(shares.shares().size() / sealing::kShareBytes);
        progress->set_shares(progress->shares() + count);
        progress->set_documents(progress->documents() + 1);
        progress->set_through(checked.through);
        auto* released = box->mutable_released();
        if (progress->shares() == box->submissions()) {
          released->Add(shares.member());
          std::sort(released->begin(), released->end());
        }
        if (store::StateOf(*box) == State::kClosed && released->size() >= box->quorum()) {
          ASSIGN_OR_RETURN(const State next, Next(State::kClosed, Event::kQuorum));
          store::SetState(next, &*box);
          // Fixed now, so that an opening that is interrupted goes on with the same shares.
          *box->mutable_openers() = *released;
          store::kWork.Put(txn, box_id, {});
        }
        store::kBoxes.Put(txn, box_id, *box);
        event::v1::Event event;
        auto* e = event.mutable_share_released();
        NameBox(*box, e);
        e->set_member(shares.member());
        e->set_open_share_sha256(act.sha256);
        e->set_first(shares.first());
        e->set_count(count);
        const ledger::EventHandle logged =
            txn.Emit(kit::PublicEvent(event, kit::TenderName(box->tender_id()), kCommitteeRole));
        store::v1::ReleaseRecord release;
        release.set_member(shares.member());
        store::kReleases.PutWithSeq(txn, key, release,
                                    {store::v1::ReleaseRecord::kReleasedSeqFieldNumber, logged});
        RETURN_IF_ERROR(ledger::PutChunked(txn, SharesKey(key), act.stored.SerializeAsString()));
        FillBox(*box, act.call.arrival, r->mutable_box());
        return absl::OkStatus();
      },
      options));
  RefreshOpening(BoxIdOf(response->box()));
  return absl::OkStatus();
}

absl::Status BiddingEngine::ListShares(const rpc::Call&, const v1::ListSharesRequest& request,
                                       v1::ListSharesResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(BoxIdAsked(request)));
  if (store::StateOf(box) != State::kOpened) return BoxNotOpenedError();
  const std::string filter = absl::StrCat("shares/", store::BoxId(box));
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  return context_.ledger->View(
      ledger::ShardOf(store::BoxId(box)), [&](const kv::Reader& reader) -> absl::Status {
        size_t bytes = 0;
        std::string last;
        for (const std::string& key : DocumentKeys(box)) {
          if (key <= after) continue;
          ASSIGN_OR_RETURN(const auto record, store::kReleases.Find(reader, key));
          if (!record.has_value()) return RecordMissingError("share document");
          ASSIGN_OR_RETURN(auto stored, LoadShares(reader, key));
          bytes += stored.ByteSizeLong();
          if (!response->shares().empty() && bytes > kPageBytesMax) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          auto* out = response->add_shares();
          out->set_member(record->member());
          *out->mutable_document() = std::move(stored);
          out->set_log_seq(record->released_seq());
          last = key;
        }
        return absl::OkStatus();
      });
}

std::vector<std::string> DocumentKeys(const BoxRecord& box) {
  std::vector<std::string> out;
  for (const Progress& progress : box.releases()) {
    for (int document = 0; document < progress.documents(); ++document) {
      out.push_back(store::ReleaseKey({store::BoxId(box), progress.member(), document}));
    }
  }
  return out;
}

absl::StatusOr<document::v1::StoredDocument> LoadShares(const kv::Reader& reader,
                                                        const std::string& key) {
  ASSIGN_OR_RETURN(const auto bytes, ledger::GetChunked(reader, SharesKey(key)));
  document::v1::StoredDocument stored;
  if (!bytes.has_value() || !stored.ParseFromString(*bytes)) {
    return RecordMissingError("share document");
  }
  return stored;
}

void FillReleases(const BoxRecord& box, v1::Box* out) {
  *out->mutable_released() = box.released();
  out->clear_releasing();
  for (const Progress& progress : box.releases()) {
    if (progress.shares() == box.submissions()) continue;
    auto* under_way = out->add_releasing();
    under_way->set_member(progress.member());
    under_way->set_shares(progress.shares());
  }
}

}  // namespace jodal::bidding
