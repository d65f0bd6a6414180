// From a quorum's shares to the opened bids.
#include <algorithm>
#include <atomic>
#include <deque>

#include "absl/cleanup/cleanup.h"
#include "absl/synchronization/blocking_counter.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/signed_document.h"
#include "common/rpc/executor.h"
#include "common/status/macros.h"
#include "procurement/bid/submission.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/kit/act.h"
#include "services/kit/page.h"

namespace jodal::bidding {

using store::v1::BoxRecord;

namespace {

absl::StatusOr<v1::OpenedBid> OpenStored(const procurement::OpenEnv& env,
                                         const store::v1::BidRecord& bid,
                                         const procurement::QuorumShares& quorum) {
  document::v1::Seal seal;
  RETURN_IF_ERROR(document::ParseStrictJson(bid.seal().document().content(), &seal));
  return procurement::OpenBid(env,
                              {bid.submission_digest(), bid.supplier_id(), bid.person_id(),
                               absl::FromUnixNanos(bid.arrival_time_ns()), seal, bid.ciphertext()},
                              quorum);
}

}  // namespace

absl::Status BiddingEngine::ListOpenedBids(const rpc::Call&,
                                           const v1::ListOpenedBidsRequest& request,
                                           v1::ListOpenedBidsResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(BoxIdAsked(request)));
  if (store::StateOf(box) != State::kOpened) return BoxNotOpenedError();
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kOpenedPageMax, kOpenedPageMax));
  const std::string filter = absl::StrCat("opened/", store::BoxId(box));
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  return context_.ledger->View(
      ledger::ShardOf(store::BoxId(box)), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto rows,
                         store::kOpened.List(reader, store::VersionPrefix(box), after, size + 1));
        size_t bytes = 0;
        std::string last;
        for (auto& row : rows) {
          if (request.facts_only()) {
            row.record.mutable_bid()->clear_cek();
            row.record.mutable_bid()->clear_bid();
            row.record.mutable_bid()->clear_bid_signature();
            row.record.mutable_bid()->clear_evidence_sha256();
          }
          bytes += row.record.bid().ByteSizeLong();
          const size_t shown = static_cast<size_t>(response->bids_size());
          if (shown == size || (shown > 0 && bytes > kPageBytesMax)) {
            response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
            break;
          }
          row.record.mutable_bid()->set_opened_seq(row.record.opened_seq());
          *response->add_bids() = std::move(*row.record.mutable_bid());
          last = row.key;
        }
        return absl::OkStatus();
      });
}

absl::Status BiddingEngine::OpenBox(const std::string& box_id, const std::function<bool()>& stop) {
  ASSIGN_OR_RETURN(const auto box, FindBox(box_id));
  if (box.has_value() && store::StateOf(*box) == State::kOpening) {
    RETURN_IF_ERROR(OpenBids(*box, stop));
  }
  RefreshOpening(box_id);
  return absl::OkStatus();
}

absl::StatusOr<procurement::Quorum> BiddingEngine::LoadQuorum(const BoxRecord& box) const {
  procurement::Quorum quorum;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(store::BoxId(box)), [&](const kv::Reader& reader) -> absl::Status {
        for (const std::string& key : DocumentKeys(box)) {
          ASSIGN_OR_RETURN(const auto release, store::kReleases.Find(reader, key));
          if (!release.has_value()) return RecordMissingError("share document");
          if (std::find(box.openers().begin(), box.openers().end(), release->member()) ==
              box.openers().end()) {
            continue;
          }
          ASSIGN_OR_RETURN(const auto stored, LoadShares(reader, key));
          document::v1::OpenShares shares;
          RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &shares));
          quorum.Add(shares);
        }
        return absl::OkStatus();
      }));
  return quorum;
}

struct BiddingEngine::Group {
  explicit Group(int first) : first(first) {}

  const int first;  // position of its first bid
  struct Task {
    store::v1::BidRecord bid;
    procurement::QuorumShares quorum;
  };
  std::vector<Task> tasks;
  std::vector<std::string> keys;  // order keys
  std::vector<absl::StatusOr<v1::OpenedBid>> results;
  std::unique_ptr<absl::BlockingCounter> left;  // tasks without a result
};

absl::StatusOr<std::unique_ptr<BiddingEngine::Group>> BiddingEngine::LoadGroup(
    const BoxRecord& box, const procurement::Quorum& quorum, int first,
    const std::string& after) const {
  auto group = std::make_unique<Group>(first);
  const std::string box_id = store::BoxId(box);
  const std::string prefix = store::VersionPrefix(box);
  RETURN_IF_ERROR(
      context_.ledger->View(ledger::ShardOf(box_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(
            const auto rows,
            store::kOrder.List(reader, prefix, after.empty() ? "" : absl::StrCat(prefix, after),
                               options_.open_group_max));
        size_t bytes = 0;
        for (const auto& row : rows) {
          const std::string& digest = row.record.submission_digest();
          ASSIGN_OR_RETURN(auto bid, store::kBids.Find(reader, store::Key(box_id, digest)));
          if (!bid.has_value()) return RecordMissingError("bid");
          bytes += bid->ciphertext().size() + kOpenedOverheadBytes;
          if (!group->tasks.empty() && bytes > kOpenGroupBytesMax) break;
          auto shares = quorum.At(first + static_cast<int>(group->tasks.size()));
          if (!shares.has_value()) return RecordMissingError("share");
          group->tasks.push_back({*std::move(bid), *std::move(shares)});
          group->keys.push_back(row.key.substr(prefix.size()));
        }
        return absl::OkStatus();
      }));
  group->results.resize(group->tasks.size());
  group->left = std::make_unique<absl::BlockingCounter>(static_cast<int>(group->tasks.size()));
  return group;
}

absl::Status BiddingEngine::OpenBids(const BoxRecord& box, const std::function<bool()>& stop) {
  ASSIGN_OR_RETURN(const procurement::Quorum quorum, LoadQuorum(box));
  ASSIGN_OR_RETURN(
      const sealing::CommitteeKeys committee,
      sealing::CommitteeKeys::Create(SealingCommitteeOf(box),
                                     static_cast<size_t>(box.submissions() - box.opened())));
  ASSIGN_OR_RETURN(const procurement::rules::RuleSet* rule_set,
                   procurement::rules::FindRuleSet(box.rule_set()));
  const procurement::OpenEnv env{context_.system, box.tender_id(),   box.notice_hash(), box.stage(),
                                 box.round(),     box.currency(),    box.lots(),        rule_set,
                                 &committee,      context_.documents};
  std::deque<std::unique_ptr<Group>> ahead;
  std::atomic<bool> abandoned = false;
  const auto open = [&](Group& group, size_t at) {
    if (!abandoned) {
      group.results[at] = OpenStored(env, group.tasks[at].bid, group.tasks[at].quorum);
      if (group.results[at].ok()) {
        group.results[at]->set_received_seq(group.tasks[at].bid.received_seq());
      }
    }
    group.left->DecrementCount();
  };
  // After all that the workers touch, so that it has ended before.
  rpc::Executor workers(options_.threads, (kOpenGroupsAhead + 1) * options_.open_group_max);
  const auto abandon = absl::MakeCleanup([&] { abandoned = true; });

  int next = box.opened();
  std::string after = box.opened_through();
  bool more = true;
  while (true) {
    while (more && ahead.size() < kOpenGroupsAhead) {
      ASSIGN_OR_RETURN(std::unique_ptr<Group> group, LoadGroup(box, quorum, next, after));
      more = !group->tasks.empty();
      if (!more) break;
      next += static_cast<int>(group->tasks.size());
      after = group->keys.back();
      ahead.push_back(std::move(group));
      for (size_t at = 0; at < ahead.back()->tasks.size(); ++at) {
        if (!workers.TrySubmit([&open, of = ahead.back().get(), at] { open(*of, at); })) {
          return absl::InternalError("the queue of the opening is too short");
        }
      }
    }
    if (stop()) return absl::OkStatus();
    if (ahead.empty()) return CompleteOpening(box);
    ahead.front()->left->Wait();
    ASSIGN_OR_RETURN(const bool ours, CommitGroup(box, *ahead.front()));
    if (!ours) return absl::OkStatus();
    ahead.pop_front();
  }
}

absl::StatusOr<bool> BiddingEngine::CommitGroup(const BoxRecord& box, const Group& group) {
  const std::string box_id = store::BoxId(box);
  std::vector<store::v1::OpenedRecord> records;
  for (size_t at = 0; at < group.tasks.size(); ++at) {
    RETURN_IF_ERROR(group.results[at].status());
    *records.emplace_back().mutable_bid() = *group.results[at];
  }
  const auto committed =
      context_.ledger->Update(InBoxShard(box_id), [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto current, store::kBoxes.Find(txn, box_id));
        if (!current.has_value()) return BoxNotFoundError();
        if (current->opened() != group.first) return absl::OkStatus();
        RETURN_IF_ERROR(Next(store::StateOf(*current), Event::kOpenBid).status());
        for (size_t at = 0; at < records.size(); ++at) {
          const v1::OpenedBid& bid = records[at].bid();
          current->set_opened(current->opened() + 1);
          if (!bid.void_reason().empty()) current->set_void_bids(current->void_bids() + 1);
          event::v1::Event event;
          auto* e = event.mutable_bid_opened();
          NameBox(*current, e);
          e->set_submission_id(bid.submission_id());
          e->set_submission_digest(bid.submission_digest());
          e->set_supplier_id(bid.supplier_id());
          e->set_void_reason(bid.void_reason());
          if (!bid.bid().empty()) e->set_bid_sha256(HexEncode(crypto::Sha256(bid.bid())));
          int64_t amount = 0;
          for (const v1::OpenedOffer& from : bid.offers()) {
            auto* offer = e->add_offers();
            offer->set_lot(from.lot());
            offer->set_amount(from.amount());
            *offer->mutable_picks() = from.picks();
            offer->set_void_reason(from.void_reason());
            // Of amounts that count there are few enough and they are small enough.
            if (from.void_reason().empty()) amount += from.amount();
          }
          e->set_amount(amount);
          const ledger::EventHandle logged =
              txn.Emit(kit::PublicEvent(event, kit::TenderName(box.tender_id()), kSystemRole));
          store::kOpened.PutWithSeq(
              txn, absl::StrCat(store::VersionPrefix(*current), group.keys[at]), records[at],
              {store::v1::OpenedRecord::kOpenedSeqFieldNumber, logged});
        }
        current->set_opened_through(group.keys.back());
        store::kBoxes.Put(txn, box_id, *current);
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(committed.status());
  return !committed->receipts.empty();
}

absl::Status BiddingEngine::CompleteOpening(const BoxRecord& box) {
  const std::string box_id = store::BoxId(box);
  return context_.ledger
      ->Update(
          InBoxShard(box_id),
          [&](ledger::Txn& txn) -> absl::Status {
            ASSIGN_OR_RETURN(auto current, store::kBoxes.Find(txn, box_id));
            if (!current.has_value()) return BoxNotFoundError();
            if (store::StateOf(*current) == State::kOpened) return absl::OkStatus();
            ASSIGN_OR_RETURN(const State next, Next(store::StateOf(*current), Event::kComplete));
            store::SetState(next, &*current);
            store::kWork.Delete(txn, box_id);
            event::v1::Event event;
            auto* e = event.mutable_opening_completed();
            NameBox(*current, e);
            e->set_notice_hash(current->notice_hash());
            e->set_valid(current->opened() - current->void_bids());
            e->set_void_bids(current->void_bids());
            e->set_box_root(current->root());
            const ledger::EventHandle logged =
                txn.Emit(kit::PublicEvent(event, kit::TenderName(box.tender_id()), kSystemRole));
            store::kBoxes.PutWithSeq(txn, box_id, *current,
                                     {BoxRecord::kCompletedSeqFieldNumber, logged});
            return absl::OkStatus();
          })
      .status();
}

}  // namespace jodal::bidding
