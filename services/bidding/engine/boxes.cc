#include <algorithm>
#include <limits>
#include <thread>

#include "absl/strings/match.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/acts/deadlines.h"
#include "procurement/bid/submission.h"
#include "procurement/notice/notice_facts.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/kit/event.h"

namespace jodal::bidding {
namespace {

using store::v1::BoxRecord;

constexpr int kNoticeVersionMax = 999'999;  // six digits of a key

// Whether `notice` makes a committee, by the rule that its publication went by.
absl::Status CopyCommittee(const procurement::Committee& committee, bool training, BoxRecord* box) {
  const auto violations = procurement::CheckCommittee(committee, training);
  if (!violations.empty()) return NoticeInvalidError(violations[0].field, violations[0].rule);
  box->set_quorum(committee.quorum);
  for (const procurement::CommitteeMember& from : committee.members) {
    auto* member = box->add_committee();
    member->set_member(from.number);
    member->set_person_id(from.person_id);
    member->set_spki(from.spki);
  }
  return absl::OkStatus();
}

kit::Deadline CloseOf(const BoxRecord& box) {
  return {absl::FromUnixNanos(box.deadline_ns()), std::string(procurement::kBoxClose),
          store::BoxId(box)};
}

}  // namespace

BiddingEngine::BiddingEngine(const host::ModuleContext& context, const Options& options)
    : context_(context),
      options_({options.threads != 0 ? options.threads
                                     : std::max<size_t>(1, std::thread::hardware_concurrency()),
                options.open_group_max, nullptr}),
      gate_(context.clock),
      deadlines_({.ledger = context.ledger,
                  .clock = context.clock,
                  .rules = {{std::string(procurement::kBoxClose),
                             [this](const kit::Deadline& due) { return CloseBox(due); }}},
                  .on_error = options.on_deadline_error}) {}

absl::StatusOr<BoxRecord> BiddingEngine::NoticeToBox(const rpc::Call& call,
                                                     const v1::CreateBoxRequest& request) const {
  const std::string& content = request.notice().document().content();
  document::v1::Notice notice;
  RETURN_IF_ERROR(document::ParseStrictJson(content, &notice));
  if (notice.kind() != "notice") return NoticeInvalidError("kind", "must be \"notice\"");
  if (notice.version() != document::SchemaVersion(*document::v1::Notice::descriptor())) {
    return NoticeInvalidError("version", "is not the one in use");
  }
  if (notice.system() != context_.system) return NoticeInvalidError("system", "is another one");
  if (!IsTenderId(notice.tender_id()) || notice.tender_id() != request.tender_id()) {
    return NoticeInvalidError("tenderId", "is not the one of the request");
  }
  if (notice.notice_version() < 1 || notice.notice_version() > kNoticeVersionMax) {
    return NoticeInvalidError("noticeVersion", "must be 1 or more");
  }
  if (!notice.log_origin().empty() && notice.log_origin() != context_.ledger->origin()) {
    return NoticeInvalidError("logOrigin", "is not this service's log");
  }
  if (notice.currency().empty()) return NoticeInvalidError("currency", "is missing");
  BoxRecord box;
  box.set_tender_id(notice.tender_id());
  store::SetState(State::kOpen, &box);
  box.set_notice_version(notice.notice_version());
  box.set_notice_hash(HexEncode(crypto::Sha256(content)));
  box.set_currency(notice.currency());
  const auto facts = procurement::ParseNotice(notice);
  if (!facts.ok()) {
    return NoticeInvalidError(ErrorMetadataOf(facts.status())["field"], facts.status().message());
  }
  const auto rule_set = procurement::rules::FindRuleSet(facts->rule_set_id);
  if (!rule_set.ok()) return NoticeInvalidError("rule_set", rule_set.status().message());
  box.set_rule_set(facts->rule_set_id);
  const int stage = std::max(1, request.stage());
  if (stage > static_cast<int>(facts->stages.size())) {
    return NoticeInvalidError("stages", "has no such stage");
  }
  if (facts->round < 1) return NoticeInvalidError("round", "must be 1 or more");
  box.set_stage(stage);
  box.set_round(facts->round);
  box.set_lots(static_cast<int>(facts->lots.size()));
  const procurement::StageFacts& times = facts->stages[static_cast<size_t>(stage) - 1];
  if (times.bid_start >= times.deadline || times.deadline > times.open_at) {
    return NoticeInvalidError("deadline", "must be after bid_start and not after open_at");
  }
  box.set_bid_start_ns(absl::ToUnixNanos(times.bid_start));
  box.set_deadline_ns(absl::ToUnixNanos(times.deadline));
  box.set_open_at_ns(absl::ToUnixNanos(times.open_at));
  RETURN_IF_ERROR(CopyCommittee(facts->committee, context_.training, &box));
  return box;
}

absl::Status BiddingEngine::CreateBox(const rpc::Call& call, const v1::CreateBoxRequest& request,
                                      v1::CreateBoxResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord fresh, NoticeToBox(call, request));
  document::v1::Notice notice;
  RETURN_IF_ERROR(document::ParseStrictJson(request.notice().document().content(), &notice));
  const std::string box_id = store::BoxId(fresh);
  const auto committed =
      context_.ledger->Update(InBoxShard(box_id), [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(const auto current, store::kBoxes.Find(txn, box_id));
        BoxRecord next = fresh;
        const absl::Time deadline = absl::FromUnixNanos(fresh.deadline_ns());
        if (current.has_value()) {
          if (current->notice_hash() == fresh.notice_hash()) return absl::OkStatus();
          if (current->notice_version() >= fresh.notice_version()) {
            return NoticeVersionStaleError(current->notice_version());
          }
          const State state = StateAt(store::StateOf(*current),
                                      {absl::ToUnixNanos(call.arrival), current->deadline_ns()});
          RETURN_IF_ERROR(Next(state, Event::kSupersede).status());
          if (call.arrival >= deadline) return DeadlinePassedError({deadline, call.arrival});
          if (notice.previous_notice_hash() != current->notice_hash()) return NoticeChainError();
          kit::RemoveDeadline(txn, CloseOf(*current));
          *next.mutable_past_notice_hashes() = current->past_notice_hashes();
          next.add_past_notice_hashes(current->notice_hash());
        } else if (call.arrival >= deadline) {
          return DeadlinePassedError({deadline, call.arrival});
        }
        kit::PutDeadline(txn, CloseOf(next));
        event::v1::Event event;
        auto* created = event.mutable_box_created();
        NameBox(next, created);
        created->set_notice_version(next.notice_version());
        created->set_notice_hash(next.notice_hash());
        created->set_deadline(notice.stages(next.stage() - 1).deadline());
        created->set_quorum(next.quorum());
        created->set_members(next.committee_size());
        const ledger::EventHandle logged =
            txn.Emit(kit::PublicEvent(event, kit::TenderName(next.tender_id()), kSystemRole));
        store::kBoxes.PutWithSeq(txn, box_id, next, {BoxRecord::kCreatedSeqFieldNumber, logged});
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(committed.status());
  deadlines_.Refresh(box_id);
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(box_id));
  FillBox(box, call.arrival, response->mutable_box());
  return absl::OkStatus();
}

absl::Status BiddingEngine::CancelBox(const rpc::Call& call, const v1::CancelBoxRequest& request,
                                      v1::CancelBoxResponse* response) {
  const std::string box_id = BoxIdAsked(request);
  if (box_id.empty()) return BoxNotFoundError();
  const auto committed =
      context_.ledger->Update(InBoxShard(box_id), [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto box, store::kBoxes.Find(txn, box_id));
        if (!box.has_value()) return BoxNotFoundError();
        if (store::StateOf(*box) == State::kCancelled) return absl::OkStatus();
        ASSIGN_OR_RETURN(const State next, Next(store::StateOf(*box), Event::kCancel));
        store::SetState(next, &*box);
        store::kBoxes.Put(txn, box_id, *box);
        kit::RemoveDeadline(txn, CloseOf(*box));
        store::kWork.Delete(txn, box_id);
        event::v1::Event event;
        NameBox(*box, event.mutable_box_cancelled());
        txn.Emit(kit::PublicEvent(event, kit::TenderName(box->tender_id()), kSystemRole));
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(committed.status());
  deadlines_.Refresh(box_id);
  RefreshOpening(box_id);
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(box_id));
  FillBox(box, call.arrival, response->mutable_box());
  return absl::OkStatus();
}

absl::Status BiddingEngine::GetBox(const rpc::Call& call, const v1::GetBoxRequest& request,
                                   v1::GetBoxResponse* response) {
  ASSIGN_OR_RETURN(const BoxRecord box, LoadBox(BoxIdAsked(request)));
  FillBox(box, call.arrival, response->mutable_box());
  return absl::OkStatus();
}

absl::StatusOr<std::optional<BoxRecord>> BiddingEngine::FindBox(const std::string& box_id) const {
  std::optional<BoxRecord> box;
  if (box_id.empty()) return box;
  RETURN_IF_ERROR(
      context_.ledger->View(ledger::ShardOf(box_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(box, store::kBoxes.Find(reader, box_id));
        return absl::OkStatus();
      }));
  return box;
}

absl::StatusOr<BoxRecord> BiddingEngine::LoadBox(const std::string& box_id) const {
  ASSIGN_OR_RETURN(auto box, FindBox(box_id));
  if (!box.has_value()) return BoxNotFoundError();
  return *std::move(box);
}

void FillBox(const BoxRecord& box, absl::Time now, v1::Box* out) {
  const State stored = store::StateOf(box);
  out->set_tender_id(box.tender_id());
  out->set_stage(box.stage());
  out->set_round(box.round());
  out->set_state(
      static_cast<v1::Box::State>(StateAt(stored, {absl::ToUnixNanos(now), box.deadline_ns()})));
  out->set_notice_version(box.notice_version());
  out->set_notice_hash(box.notice_hash());
  out->set_bid_start_ns(box.bid_start_ns());
  out->set_deadline_ns(box.deadline_ns());
  out->set_open_at_ns(box.open_at_ns());
  out->set_quorum(box.quorum());
  out->set_members(box.committee_size());
  out->set_submissions(box.submissions());
  out->set_root(box.root());
  FillReleases(box, out);
  out->set_opened(box.opened());
  out->set_void_bids(box.void_bids());
  out->set_created_seq(box.created_seq());
  out->set_closed_seq(box.closed_seq());
  out->set_completed_seq(box.completed_seq());
}

// --- Background work

absl::Status BiddingEngine::Recover() {
  for (int shard = 0; shard < ledger::kShards; ++shard) {
    std::vector<std::string> boxes;
    RETURN_IF_ERROR(context_.ledger->View(
        static_cast<uint16_t>(shard), [&](const kv::Reader& reader) -> absl::Status {
          return store::kWork.ForEach(reader, "", "", [&](auto& row) {
            boxes.push_back(row.key);
            return absl::OkStatus();
          });
        }));
    for (const std::string& box_id : boxes) RefreshOpening(box_id);
  }
  return absl::OkStatus();
}

// Reads under the mutex, so that of two refreshes the later one has seen the later state.
void BiddingEngine::RefreshOpening(const std::string& box_id) {
  absl::MutexLock lock(&opening_mu_);
  std::optional<store::v1::WorkRecord> work;
  const absl::Status read =
      context_.ledger->View(ledger::ShardOf(box_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(work, store::kWork.Find(reader, box_id));
        return absl::OkStatus();
      });
  if (!read.ok()) return;  // what was on the list stays there and finds out for itself
  if (work.has_value()) {
    opening_.insert(box_id);
  } else {
    opening_.erase(box_id);
  }
}

absl::StatusOr<bool> BiddingEngine::CloseBox(const kit::Deadline& due) {
  if (!gate_.MayClose(due.at, kCloseGrace)) return false;
  const std::string& box_id = due.case_id;
  const int64_t now_ns = absl::ToUnixNanos(context_.clock->Now());
  const auto committed =
      context_.ledger->Update(InBoxShard(box_id), [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto box, store::kBoxes.Find(txn, box_id));
        if (!box.has_value() || store::StateOf(*box) != State::kOpen ||
            box->deadline_ns() > now_ns) {
          return absl::OkStatus();
        }
        ASSIGN_OR_RETURN(const State next, Next(State::kOpen, Event::kClose));
        // The scan belongs here: by it the close conflicts with a bid that slips in after the grace
        // period (docs/adr/0021).
        std::vector<std::string> digests;
        RETURN_IF_ERROR(store::kOrder.ForEach(txn, store::VersionPrefix(*box), "", [&](auto& row) {
          digests.push_back(std::move(*row.record.mutable_submission_digest()));
          return absl::OkStatus();
        }));
        ASSIGN_OR_RETURN(const std::string root, procurement::BoxRoot(digests));
        store::SetState(next, &*box);
        box->set_submissions(static_cast<int>(digests.size()));
        box->set_root(root);
        kit::RemoveDeadline(txn, CloseOf(*box));
        event::v1::Event event;
        auto* closed = event.mutable_box_closed();
        NameBox(*box, closed);
        closed->set_notice_hash(box->notice_hash());
        closed->set_count(box->submissions());
        closed->set_root(root);
        const ledger::EventHandle logged =
            txn.Emit(kit::PublicEvent(event, kit::TenderName(box->tender_id()), kSystemRole));
        store::kBoxes.PutWithSeq(txn, box_id, *box, {BoxRecord::kClosedSeqFieldNumber, logged});
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(committed.status());
  return true;
}

absl::Status BiddingEngine::OpenPending(const std::function<bool()>& stop) {
  std::vector<std::string> boxes;
  {
    absl::MutexLock lock(&opening_mu_);
    boxes.assign(opening_.begin(), opening_.end());
  }
  absl::Status first;
  for (const std::string& box_id : boxes) {
    if (stop()) break;
    first.Update(OpenBox(box_id, stop));
  }
  return first;
}

}  // namespace jodal::bidding
