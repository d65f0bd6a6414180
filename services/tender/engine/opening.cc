// From the closed box to the award.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/ledger/blobs.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/award/result.h"
#include "procurement/documents/read.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/tender/engine/internal.h"
#include "services/tender/engine/tender_engine.h"
#include "services/tender/errors.h"
#include "services/tender/limits.h"

namespace jodal::tender {

using internal::kOfficerRole;
using internal::kSystemRole;
using store::TenderRecord;

namespace {

constexpr char kCurrency[] = "KRW";  // the only one that a notice may name

// Closes the tender, if it waits for that. PUBLICATION_PENDING while the box is ahead of the
// notice: the follower tries again until the publication is finished.
absl::Status CloseTender(ledger::Txn& txn, const event::v1::BoxClosed& closed) {
  ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, closed.tender_id()));
  if (!record.has_value()) return absl::OkStatus();
  const State state = store::StateOf(*record);
  v1::Tender* tender = record->mutable_tender();
  const bool publishing = state == State::kPublishing || state == State::kAmending;
  if (publishing && closed.notice_hash() == tender->pending_hash()) {
    return PublicationPendingError();
  }
  if (closed.notice_hash() != tender->notice_hash()) return absl::OkStatus();
  if (state == State::kAmending) {
    // The correction came too late for its box: the notice in force has run its time.
    RETURN_IF_ERROR(internal::Step(Event::kAmendAbandoned, &*record));
    store::Work().Delete(txn, closed.tender_id());
  }
  if (store::StateOf(*record) != State::kPublished) return absl::OkStatus();
  RETURN_IF_ERROR(internal::Step(Event::kClose, &*record));
  internal::ClearPending(&*record);
  tender->set_bids(closed.count());
  tender->set_box_root(closed.root());
  store::Tenders().Put(txn, closed.tender_id(), *record);
  event::v1::Event event;
  auto* out = event.mutable_tender_closed();
  out->set_tender_id(closed.tender_id());
  out->set_bids(closed.count());
  out->set_box_root(closed.root());
  txn.Emit(kit::PublicEvent(event, kit::TenderName(closed.tender_id()), kSystemRole));
  return absl::OkStatus();
}

absl::Status OpenTender(ledger::Txn& txn, const event::v1::OpeningCompleted& completed) {
  ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, completed.tender_id()));
  if (!record.has_value() || store::StateOf(*record) != State::kClosed ||
      record->tender().notice_hash() != completed.notice_hash()) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(internal::Step(Event::kOpen, &*record));
  record->set_valid_bids(completed.valid());
  record->set_void_bids(completed.void_bids());
  store::Tenders().Put(txn, completed.tender_id(), *record);
  event::v1::Event event;
  auto* out = event.mutable_tender_opened();
  out->set_tender_id(completed.tender_id());
  out->set_valid(completed.valid());
  out->set_void_bids(completed.void_bids());
  txn.Emit(kit::PublicEvent(event, kit::TenderName(completed.tender_id()), kSystemRole));
  return absl::OkStatus();
}

// AWARD_MISMATCH unless every lot that has a candidate goes to the first one.
absl::Status CheckAwards(const TenderRecord& record, const document::v1::AwardDecision& decision) {
  if (decision.awards_size() != record.candidates_size()) return AwardMismatchError("awards");
  for (int i = 0; i < decision.awards_size(); ++i) {
    const document::v1::AwardDecision::Award& award = decision.awards(i);
    const TenderRecord::Candidate& candidate = record.candidates(i);
    const auto mismatch = [&](absl::string_view field) {
      return AwardMismatchError(absl::StrCat("awards[", i, "].", field));
    };
    if (award.lot() != candidate.lot()) return mismatch("lot");
    if (award.submission_id() != candidate.submission_id()) return mismatch("submissionId");
    if (award.supplier_id() != candidate.supplier_id()) return mismatch("supplierId");
    if (award.amount() != candidate.amount()) return mismatch("amount");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<ledger::FollowUpdate>> TenderEngine::OnBiddingEntry(
    const ledger::LoggedEntry& entry) const {
  log::v1::Entry head;
  if (!head.ParseFromString(entry.entry)) return RecordDamagedError();
  if (head.type() != kClosedType && head.type() != kOpenedType) return std::nullopt;
  ASSIGN_OR_RETURN(const event::v1::Event event, kit::ParseEvent(entry.body));
  ledger::FollowUpdate update;
  if (event.has_box_closed()) {
    update.shard = ledger::ShardOf(event.box_closed().tender_id());
    update.body = [closed = event.box_closed()](ledger::Txn& txn) {
      return CloseTender(txn, closed);
    };
  } else if (event.has_opening_completed()) {
    update.shard = ledger::ShardOf(event.opening_completed().tender_id());
    update.body = [completed = event.opening_completed()](ledger::Txn& txn) {
      return OpenTender(txn, completed);
    };
  } else {
    return RecordDamagedError();
  }
  return update;
}

struct TenderEngine::Evaluated {
  std::string tender_id;
  std::string notice_hash;
  std::string box_root;
  v1::EvaluationResult result;
  procurement::ResultDocuments documents;
  std::string sha256;  // hex; of the summary
};

absl::StatusOr<TenderEngine::Evaluated> TenderEngine::Evaluate(
    const rpc::Call& call, const std::string& tender_id,
    const document::v1::EnteredPrices* entered) const {
  ASSIGN_OR_RETURN(const TenderRecord record, LoadOwn(call, tender_id));
  RETURN_IF_ERROR(Next(store::StateOf(record), Event::kEvaluate).status());
  Evaluated out;
  out.tender_id = tender_id;
  out.notice_hash = record.tender().notice_hash();
  out.box_root = record.tender().box_root();

  procurement::ResultInput input;
  ASSIGN_OR_RETURN(const auto notice, LoadNotice(tender_id, out.notice_hash));
  ASSIGN_OR_RETURN(input.notice,
                   procurement::ReadDocument<document::v1::Notice>(notice.document().content()));
  input.notice_hash = out.notice_hash;
  input.seed = record.seed();
  input.box_root = out.box_root;
  if (entered != nullptr) input.entered_prices = *entered;
  ASSIGN_OR_RETURN(input.bids, ports_.bids->List(tender_id));
  int valid = 0;
  for (const auto& bid : input.bids) valid += bid.void_reason().empty() ? 1 : 0;
  if (static_cast<int>(input.bids.size()) != record.tender().bids() ||
      valid != record.valid_bids()) {
    return OpenedBidsIncompleteError();
  }
  ASSIGN_OR_RETURN(out.result, procurement::ComputeResult(input));
  ASSIGN_OR_RETURN(out.documents, procurement::ToDocuments(out.result));
  out.sha256 = HexEncode(crypto::Sha256(out.documents.summary));
  // Before the commit that names their digests, so that it is whole from the first moment on.
  RETURN_IF_ERROR(
      ledger::PutBlobs(*context_.ledger, ledger::ShardOf(tender_id), out.documents.pages));
  return out;
}

absl::Status TenderEngine::CommitResult(ledger::Txn& txn, const rpc::Call& call,
                                        const Evaluated& evaluated,
                                        absl::string_view entered_sha256,
                                        v1::EvaluateTenderResponse* response) const {
  const std::string& id = evaluated.tender_id;
  ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, id));
  RETURN_IF_ERROR(internal::CheckOwn(record, call));
  RETURN_IF_ERROR(internal::Step(Event::kEvaluate, &*record));
  if (record->tender().notice_hash() != evaluated.notice_hash ||
      record->tender().box_root() != evaluated.box_root) {
    return TenderChangedError();
  }
  const std::string name = kit::TenderName(id);
  record->mutable_tender()->set_result_sha256(evaluated.sha256);
  event::v1::Event event;
  auto* out = event.mutable_tender_evaluated();
  out->set_tender_id(id);
  out->set_notice_hash(evaluated.notice_hash);
  out->set_result_sha256(evaluated.sha256);
  out->set_seed(HexEncode(record->seed()));
  out->set_entered_prices_sha256(std::string(entered_sha256));
  txn.Emit(kit::PublicEvent(event, name, kOfficerRole, call.arrival));
  for (const v1::EvaluationResult::Lot& lot : evaluated.result.lots()) {
    if (lot.candidates().empty()) continue;
    auto* candidate = record->add_candidates();
    candidate->set_lot(lot.lot());
    candidate->set_submission_id(lot.candidates(0).submission_id());
    candidate->set_supplier_id(lot.candidates(0).supplier_id());
    candidate->set_amount(lot.candidates(0).amount());
  }
  if (record->candidates().empty()) {
    RETURN_IF_ERROR(internal::Step(Event::kFail, &*record));
    event::v1::Event failed;
    failed.mutable_tender_failed()->set_tender_id(id);
    failed.mutable_tender_failed()->set_reason(evaluated.result.lots(0).outcome_detail());
    failed.mutable_tender_failed()->set_result_sha256(evaluated.sha256);
    txn.Emit(kit::PublicEvent(failed, name, kOfficerRole, call.arrival));
  }
  store::Tenders().Put(txn, id, *record);
  RETURN_IF_ERROR(store::PutResult(txn, {id, evaluated.documents.summary}));
  *response->mutable_tender() = record->tender();
  return absl::OkStatus();
}

absl::Status TenderEngine::EvaluateTender(const rpc::Call& call,
                                          const v1::EvaluateTenderRequest& request,
                                          v1::EvaluateTenderResponse* response) {
  using Doc = document::v1::EnteredPrices;
  RETURN_IF_ERROR(internal::CheckRole(call, kOfficerRole));
  const std::string& tender_id = request.tender_id();
  const auto evaluate = [&](const Doc* entered) -> absl::StatusOr<kit::Prepared<Evaluated>> {
    ASSIGN_OR_RETURN(Evaluated evaluated, Evaluate(call, tender_id, entered));
    return kit::Prepared<Evaluated>{tender_id, std::move(evaluated)};
  };
  if (!request.has_entered_prices()) {
    return kit::RunUpdate(
        context_, call, request.request_id(), absl::StrCat("EvaluateTender\n", tender_id), response,
        [&] { return evaluate(nullptr); },
        [&](ledger::Txn& txn, const Evaluated& evaluated, v1::EvaluateTenderResponse* r) {
          return CommitResult(txn, call, evaluated, "", r);
        });
  }
  return kit::RunAct<Doc>(
      context_, call, request.entered_prices(), request.request_id(), "entered-prices", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<Evaluated>> {
        if (request.entered_prices().content().size() > kFormBytesMax) {
          return DocumentTooLargeError(kFormBytesMax);
        }
        if (act.document.tender_id() != tender_id) return EnteredPricesTenderError();
        return evaluate(&act.document);
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const Evaluated& evaluated,
          v1::EvaluateTenderResponse* r) -> absl::Status {
        RETURN_IF_ERROR(CommitResult(txn, call, evaluated, act.sha256, r));
        return store::PutDocument(txn, {"entered", tender_id, ""}, act.stored);
      });
}

absl::Status TenderEngine::DecideAward(const rpc::Call& call, const v1::DecideAwardRequest& request,
                                       v1::DecideAwardResponse* response) {
  using Doc = document::v1::AwardDecision;
  RETURN_IF_ERROR(internal::CheckRole(call, kOfficerRole));
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "award.decision", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<>> {
        if (request.document().content().size() > kFormBytesMax) {
          return DocumentTooLargeError(kFormBytesMax);
        }
        RETURN_IF_ERROR(LoadOwn(call, act.document.tender_id()).status());
        return kit::InShardOf(act.document.tender_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, v1::DecideAwardResponse* r) -> absl::Status {
        const Doc& doc = act.document;
        const std::string& id = doc.tender_id();
        ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, id));
        RETURN_IF_ERROR(internal::CheckOwn(record, call));
        RETURN_IF_ERROR(internal::Step(Event::kAward, &*record));
        v1::Tender* tender = record->mutable_tender();
        if (record->candidates().empty()) return NoCandidateError();
        if (doc.notice_hash() != tender->notice_hash()) return AwardMismatchError("noticeHash");
        if (doc.result_sha256() != tender->result_sha256()) {
          return AwardMismatchError("resultSha256");
        }
        RETURN_IF_ERROR(CheckAwards(*record, doc));
        tender->set_award_sha256(act.sha256);
        store::Tenders().Put(txn, id, *record);
        RETURN_IF_ERROR(store::PutDocument(txn, {"award", id, ""}, act.stored));
        // An entry for each lot: each begins a contract of its own.
        for (const document::v1::AwardDecision::Award& award : doc.awards()) {
          event::v1::Event event;
          auto* out = event.mutable_award_decided();
          out->set_tender_id(id);
          out->set_award_sha256(act.sha256);
          out->set_result_sha256(tender->result_sha256());
          out->set_lot(award.lot());
          out->set_submission_id(award.submission_id());
          out->set_supplier_id(award.supplier_id());
          out->set_agency_id(tender->agency_id());
          out->set_amount(award.amount());
          out->set_currency(kCurrency);
          out->set_title(tender->title());
          txn.Emit(kit::PublicEvent(event, kit::TenderName(id), kOfficerRole, call.arrival));
        }
        *r->mutable_tender() = *tender;
        return absl::OkStatus();
      });
}

}  // namespace jodal::tender
