#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/bytes.h"
#include "common/config/log_origin.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/documents/read.h"
#include "procurement/limits.h"
#include "procurement/notice/committee.h"
#include "procurement/notice/headline.h"
#include "procurement/notice/periods.h"
#include "procurement/notice/review.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/tender/engine/internal.h"
#include "services/tender/engine/tender_engine.h"
#include "services/tender/engine/violations.h"
#include "services/tender/errors.h"
#include "services/tender/limits.h"

namespace jodal::tender {

using internal::kApproverRole;
using internal::kOfficerRole;
using internal::kSaltBytes;
using procurement::HasErrors;
using procurement::Violation;
using store::TenderRecord;

namespace {

constexpr size_t kSeedBytes = 32;
constexpr uint64_t kTenderNumbers = 100'000'000;

// WRONG_STATE, DEADLINE_PASSED, NOTICE_VERSION_MISMATCH, NOTICE_VERSIONS_MAX,
// PREVIOUS_NOTICE_MISMATCH.
absl::Status CheckSubmittable(const TenderRecord& record, const document::v1::Notice& notice,
                              absl::Time now) {
  const v1::Tender& tender = record.tender();
  const State state = store::StateOf(record);
  if (state == State::kPublished) {
    ASSIGN_OR_RETURN(const absl::Time deadline, internal::StoredTime(tender.deadline()));
    if (now >= deadline) return DeadlinePassedError();
  } else if (state != State::kSubmitted) {
    RETURN_IF_ERROR(Next(state, Event::kSubmit).status());
  }
  if (tender.notice_version() >= kNoticeVersionsMax) return NoticeVersionsError();
  if (notice.notice_version() != tender.notice_version() + 1) {
    return NoticeVersionError(tender.notice_version() + 1);
  }
  if (notice.previous_notice_hash() != tender.notice_hash()) return NoticeChainError();
  return absl::OkStatus();
}

// WRONG_STATE, DEADLINE_PASSED, FOUR_EYES, NOTICE_HASH_MISMATCH.
absl::Status CheckApprovable(const TenderRecord& record, const document::v1::NoticeApproval& doc,
                             const rpc::Call& call) {
  const v1::Tender& tender = record.tender();
  const State state = store::StateOf(record);
  if (state == State::kPublished && tender.pending_version() > 0) {
    ASSIGN_OR_RETURN(const absl::Time deadline, internal::StoredTime(tender.deadline()));
    if (call.arrival >= deadline) return DeadlinePassedError();
  } else {
    RETURN_IF_ERROR(Next(state, Event::kApprove).status());
  }
  if (call.caller.user.person_id == record.pending_author()) return FourEyesError();
  if (doc.notice_hash() != tender.pending_hash()) return NoticeHashError();
  return absl::OkStatus();
}

absl::StatusOr<document::v1::Notice> OpenNotice(const document::v1::StoredDocument& stored) {
  return procurement::ReadDocument<document::v1::Notice>(stored.document().content());
}

// The commit of a publication under a name of its own: a repeat finds its answer and its receipt.
ledger::UpdateRequest PublicationUpdate(absl::string_view tender_id,
                                        absl::string_view notice_hash) {
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(tender_id);
  update.idempotency_scope = absl::StrCat("tender.publication/", tender_id);
  update.request_id = std::string(notice_hash);
  update.content_digest = crypto::Sha256("publication");
  return update;
}

// WRONG_STATE if this notice is not waiting for its box (any more).
absl::Status CheckPublishing(const TenderRecord& record, absl::string_view notice_hash) {
  const State state = store::StateOf(record);
  if (state != State::kAmending) RETURN_IF_ERROR(Next(state, Event::kBoxMade).status());
  return record.tender().pending_hash() == notice_hash ? absl::OkStatus() : NoticeHashError();
}

}  // namespace

std::string TenderIdCandidate(const TenderIdSeed& seed, int probe) {
  std::string bytes = "jodal tender id v1";
  bytes.push_back(static_cast<char>(seed.agency_id.size()));
  absl::StrAppend(&bytes, seed.agency_id, seed.request_id);
  bytes.push_back(static_cast<char>(probe));
  const uint64_t number = ReadU64Be(crypto::Sha256(bytes)) % kTenderNumbers;
  const auto year = absl::ToCivilSecond(seed.now, procurement::KoreanTime()).year();
  return absl::StrFormat("R%02dBK%08d", year % 100, number);
}

absl::Status TenderEngine::CreateTender(const rpc::Call& call,
                                        const v1::CreateTenderRequest& request,
                                        v1::CreateTenderResponse* response) {
  RETURN_IF_ERROR(internal::CheckRole(call, kOfficerRole));
  const std::string& agency_id = call.caller.user.organization_id;
  const std::string salt = context_.random->Bytes(kSaltBytes);
  for (int probe = 0; probe < kTenderIdProbesMax; ++probe) {
    const std::string id =
        TenderIdCandidate({agency_id, request.request_id(), call.arrival}, probe);
    const absl::Status status = kit::RunUpdate(
        context_, call, request.request_id(), "CreateTender", response,
        [&] { return kit::InShardOf(id); },
        [&](ledger::Txn& txn, v1::CreateTenderResponse* r) -> absl::Status {
          ASSIGN_OR_RETURN(const auto existing, store::Tenders().Find(txn, id));
          if (existing.has_value()) return TenderIdTakenError();
          TenderRecord record;
          record.mutable_tender()->set_tender_id(id);
          record.mutable_tender()->set_agency_id(agency_id);
          store::SetState(State::kDraft, &record);
          store::Tenders().Put(txn, id, record);
          event::v1::Event event;
          auto* created = event.mutable_tender_created();
          created->set_tender_id(id);
          created->set_agency_id(agency_id);
          created->set_person_id(call.caller.user.person_id);
          txn.Emit(kit::RestrictedEvent(event, kit::TenderName(id), kOfficerRole, salt));
          *r->mutable_tender() = record.tender();
          return absl::OkStatus();
        });
    if (ErrorReason(status) != "TENDER_ID_TAKEN") return status;
  }
  return TenderIdsExhaustedError();
}

absl::StatusOr<TenderEngine::Reviewed> TenderEngine::Review(const TenderRecord& record,
                                                            const document::v1::Notice& notice,
                                                            absl::Time now) const {
  Reviewed out;
  ASSIGN_OR_RETURN(const auto facts, ports_.calendar->HolidayFacts());
  out.holidays_known = static_cast<int>(facts.size());
  procurement::NoticeReview review;
  review.holidays = procurement::HolidaysOf(facts);
  review.bid_log_origin = config::LogOrigin(
      {.system = context_.system, .training = context_.training, .service = "bidding"});
  review.training = context_.training;
  review.now = now;
  if (record.tender().notice_version() > 0) {
    ASSIGN_OR_RETURN(const absl::Time deadline, internal::StoredTime(record.tender().deadline()));
    review.in_force = procurement::NoticeReview::InForce{
        absl::FromUnixNanos(record.first_published_time_ns()), deadline};
  }
  out.violations = procurement::ReviewNotice(notice, review);
  const procurement::Committee committee = procurement::CommitteeOf(notice);
  // A committee that is too large is a violation of its own; nobody looks people up by thousands.
  if (committee.members.size() > procurement::kCommitteeMax) return out;
  for (size_t at = 0; at < committee.members.size(); ++at) {
    const procurement::CommitteeMember& member = committee.members[at];
    ASSIGN_OR_RETURN(const auto person, ports_.people->FindPerson(member.person_id));
    for (Violation& v : procurement::CheckMember(member, at, notice.agency_id(), person)) {
      out.violations.push_back(std::move(v));
    }
  }
  return out;
}

absl::Status TenderEngine::ValidateNotice(const rpc::Call& call,
                                          const v1::ValidateNoticeRequest& request,
                                          v1::ValidateNoticeResponse* response) {
  if (!call.caller.IsUser() ||
      (!call.caller.user.HasRole(kOfficerRole) && !call.caller.user.HasRole(kApproverRole))) {
    return NotAllowedError();
  }
  if (request.content().size() > kNoticeBytesMax) return DocumentTooLargeError(kNoticeBytesMax);
  document::v1::Notice notice;
  RETURN_IF_ERROR(document::ParseStrictJson(request.content(), &notice));

  const auto add = [&](const std::string& code, absl::string_view field,
                       absl::string_view message) {
    auto* violation = response->add_violations();
    violation->set_code(code);
    violation->set_field(std::string(field));
    violation->set_message(std::string(message));
  };
  if (notice.kind() != "notice") add("DOCUMENT_KIND", "kind", "must be \"notice\"");
  const int version = document::SchemaVersion(*document::v1::Notice::descriptor());
  if (notice.version() != version) {
    add("DOCUMENT_VERSION", "version", absl::StrCat("must be ", version));
  }
  if (notice.system() != context_.system) {
    add("DOCUMENT_SYSTEM", "system", absl::StrCat("must be \"", context_.system, "\""));
  }
  if (notice.agency_id() != call.caller.user.organization_id) {
    add(procurement::ViolationCode("AGENCY_MISMATCH"), "agency_id",
        "must be the caller's organisation");
  }
  TenderRecord record;
  const auto own = LoadOwn(call, notice.tender_id());
  if (own.ok()) {
    record = *own;
    const absl::Status fits = CheckSubmittable(record, notice, call.arrival);
    if (!fits.ok()) add(ErrorReason(fits), "notice_version", fits.message());
  } else if (absl::IsNotFound(own.status()) || absl::IsPermissionDenied(own.status())) {
    add(ErrorReason(own.status()), "tender_id", own.status().message());
  } else {
    return own.status();
  }
  ASSIGN_OR_RETURN(const Reviewed reviewed, Review(record, notice, call.arrival));
  for (const Violation& v : reviewed.violations) *response->add_violations() = ToProto(v);
  return absl::OkStatus();
}

absl::Status TenderEngine::SubmitNotice(const rpc::Call& call,
                                        const v1::SubmitNoticeRequest& request,
                                        v1::SubmitNoticeResponse* response) {
  using Doc = document::v1::Notice;
  RETURN_IF_ERROR(internal::CheckRole(call, kOfficerRole));
  const std::string salt = context_.random->Bytes(kSaltBytes);
  const std::string seed = context_.random->Bytes(kSeedBytes);
  using Violations = std::vector<Violation>;
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "notice", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<Violations>> {
        const Doc& doc = act.document;
        if (doc.agency_id() != call.caller.user.organization_id) return NotAllowedError();
        if (request.document().content().size() > kNoticeBytesMax) {
          return DocumentTooLargeError(kNoticeBytesMax);
        }
        ASSIGN_OR_RETURN(const TenderRecord record, LoadOwn(call, doc.tender_id()));
        RETURN_IF_ERROR(CheckSubmittable(record, doc, call.arrival));
        ASSIGN_OR_RETURN(Reviewed reviewed, Review(record, doc, call.arrival));
        Violations& violations = reviewed.violations;
        if (HasErrors(violations)) return NoticeInvalidError(ErrorCodes(violations));
        return kit::Prepared<Violations>{doc.tender_id(), std::move(violations)};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const Violations& warnings,
          v1::SubmitNoticeResponse* r) -> absl::Status {
        const Doc& doc = act.document;
        const std::string& id = doc.tender_id();
        ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, id));
        RETURN_IF_ERROR(internal::CheckOwn(record, call));
        RETURN_IF_ERROR(CheckSubmittable(*record, doc, call.arrival));
        const State state = store::StateOf(*record);
        // A notice that waits is withdrawn by the one that takes its place.
        if (state == State::kSubmitted) RETURN_IF_ERROR(internal::Step(Event::kReturn, &*record));
        if (state != State::kPublished) RETURN_IF_ERROR(internal::Step(Event::kSubmit, &*record));
        v1::Tender* tender = record->mutable_tender();
        if (record->seed().empty()) {
          record->set_seed(seed);
          tender->set_seed_commit(HexEncode(crypto::Sha256(seed)));
        }
        internal::ClearPending(&*record);
        tender->set_pending_version(doc.notice_version());
        tender->set_pending_hash(act.sha256);
        record->set_pending_author(doc.signer());
        // While the first one waits, only its agency sees it.
        if (tender->notice_version() == 0) procurement::CopyHeadline(doc, tender);
        store::Tenders().Put(txn, id, *record);
        RETURN_IF_ERROR(store::PutDocument(txn, {"notice", id, act.sha256}, act.stored));
        event::v1::Event event;
        auto* submitted = event.mutable_notice_submitted();
        submitted->set_tender_id(id);
        submitted->set_notice_version(doc.notice_version());
        submitted->set_notice_hash(act.sha256);
        txn.Emit(kit::RestrictedEvent(event, kit::TenderName(id), kOfficerRole, salt));
        *r->mutable_tender() = record->tender();
        for (const Violation& v : warnings) *r->add_warnings() = ToProto(v);
        return absl::OkStatus();
      });
}

absl::Status TenderEngine::ApproveNotice(const rpc::Call& call,
                                         const v1::ApproveNoticeRequest& request,
                                         v1::ApproveNoticeResponse* response) {
  using Doc = document::v1::NoticeApproval;
  RETURN_IF_ERROR(internal::CheckRole(call, kApproverRole));
  const std::string salt = context_.random->Bytes(kSaltBytes);
  v1::ApproveNoticeResponse approved;
  RETURN_IF_ERROR(kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "notice.approval", &approved,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<int>> {
        const Doc& doc = act.document;
        if (request.document().content().size() > kFormBytesMax) {
          return DocumentTooLargeError(kFormBytesMax);
        }
        ASSIGN_OR_RETURN(const TenderRecord record, LoadOwn(call, doc.tender_id()));
        RETURN_IF_ERROR(CheckApprovable(record, doc, call));
        ASSIGN_OR_RETURN(const auto stored, LoadNotice(doc.tender_id(), doc.notice_hash()));
        ASSIGN_OR_RETURN(const auto notice, OpenNotice(stored));
        ASSIGN_OR_RETURN(const Reviewed reviewed, Review(record, notice, call.arrival));
        if (HasErrors(reviewed.violations)) {
          return NoticeInvalidError(ErrorCodes(reviewed.violations));
        }
        return kit::Prepared<int>{doc.tender_id(), reviewed.holidays_known};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const int& holidays_known,
          v1::ApproveNoticeResponse* r) -> absl::Status {
        const std::string& id = act.document.tender_id();
        ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, id));
        RETURN_IF_ERROR(internal::CheckOwn(record, call));
        RETURN_IF_ERROR(CheckApprovable(*record, act.document, call));
        const bool correction = store::StateOf(*record) == State::kPublished;
        RETURN_IF_ERROR(internal::Step(correction ? Event::kAmend : Event::kApprove, &*record));
        record->set_pending_approval_sha256(act.sha256);
        record->set_pending_approved_time_ns(absl::ToUnixNanos(call.arrival));
        record->set_pending_holidays_known(holidays_known);
        record->set_box_asked(true);
        store::Tenders().Put(txn, id, *record);
        store::Work().Put(txn, id, {});
        RETURN_IF_ERROR(
            store::PutDocument(txn, {"approval", id, act.document.notice_hash()}, act.stored));
        event::v1::Event event;
        auto* out = event.mutable_notice_approved();
        out->set_tender_id(id);
        out->set_notice_version(record->tender().pending_version());
        out->set_notice_hash(act.document.notice_hash());
        // The law's day of the notice, for anyone who checks it later.
        txn.Emit(
            kit::RestrictedEvent(event, kit::TenderName(id), kApproverRole, salt, call.arrival));
        *r->mutable_tender() = record->tender();
        return absl::OkStatus();
      }));
  const std::string tender_id = approved.tender().tender_id();
  AddWork(tender_id);
  return FinishPublishing(tender_id, approved.tender().pending_hash(), response);
}

absl::Status TenderEngine::FinishPublishing(const std::string& tender_id,
                                            const std::string& notice_hash,
                                            v1::ApproveNoticeResponse* response) {
  absl::MutexLock lock(&BoxMutex(tender_id));
  const ledger::UpdateRequest update = PublicationUpdate(tender_id, notice_hash);
  ASSIGN_OR_RETURN(const auto earlier, context_.ledger->FindCommitted(update));
  if (earlier.has_value()) return kit::FinishResponse(*context_.ledger, *earlier, response);

  ASSIGN_OR_RETURN(const auto before, Find(tender_id));
  if (!before.has_value()) return TenderNotFoundError();
  RETURN_IF_ERROR(CheckPublishing(*before, notice_hash));
  ASSIGN_OR_RETURN(const auto stored, LoadNotice(tender_id, notice_hash));
  ASSIGN_OR_RETURN(const auto notice, OpenNotice(stored));
  bidding::v1::CreateBoxRequest create;
  create.set_tender_id(tender_id);
  *create.mutable_notice() = stored;
  ASSIGN_OR_RETURN(const bidding::v1::Box box, ports_.boxes->CreateBox(create));
  if (box.tender_id() != tender_id || box.notice_hash() != notice_hash) return BoxMismatchError();

  ASSIGN_OR_RETURN(
      const ledger::Committed committed,
      context_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, tender_id));
        if (!record.has_value()) return TenderNotFoundError();
        RETURN_IF_ERROR(CheckPublishing(*record, notice_hash));
        const bool correction = store::StateOf(*record) == State::kAmending;
        RETURN_IF_ERROR(internal::Step(correction ? Event::kAmended : Event::kBoxMade, &*record));
        v1::Tender* tender = record->mutable_tender();
        event::v1::Event event;
        auto* published = event.mutable_notice_published();
        published->set_tender_id(tender_id);
        published->set_notice_version(tender->pending_version());
        published->set_notice_hash(notice_hash);
        published->set_approval_sha256(record->pending_approval_sha256());
        published->set_previous_notice_hash(tender->notice_hash());
        published->set_agency_id(tender->agency_id());
        procurement::CopyHeadline(notice, published);
        published->set_round(notice.round());
        published->set_seed_commit(tender->seed_commit());
        published->set_holidays_known(record->pending_holidays_known());
        txn.Emit(kit::PublicEvent(event, kit::TenderName(tender_id), kApproverRole));

        tender->set_notice_version(tender->pending_version());
        tender->set_notice_hash(notice_hash);
        procurement::CopyHeadline(notice, tender);
        tender->set_round(notice.round());
        record->add_notice_hashes(notice_hash);
        if (record->first_published_time_ns() == 0) {
          record->set_first_published_time_ns(record->pending_approved_time_ns());
        }
        internal::ClearPending(&*record);
        store::Tenders().Put(txn, tender_id, *record);
        store::Work().Delete(txn, tender_id);
        v1::ApproveNoticeResponse answer;
        *answer.mutable_tender() = *tender;
        txn.SetResponse(answer.SerializeAsString());
        return absl::OkStatus();
      }));
  RemoveWork(tender_id);
  return kit::FinishResponse(*context_.ledger, committed, response);
}

absl::Status TenderEngine::CancelTender(const rpc::Call& call,
                                        const v1::CancelTenderRequest& request,
                                        v1::CancelTenderResponse* response) {
  using Doc = document::v1::TenderCancellation;
  RETURN_IF_ERROR(internal::CheckRole(call, kOfficerRole));
  const std::string salt = context_.random->Bytes(kSaltBytes);
  RETURN_IF_ERROR(kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "tender.cancellation", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<>> {
        if (request.document().content().size() > kFormBytesMax) {
          return DocumentTooLargeError(kFormBytesMax);
        }
        RETURN_IF_ERROR(LoadOwn(call, act.document.tender_id()).status());
        return kit::InShardOf(act.document.tender_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, v1::CancelTenderResponse* r) -> absl::Status {
        const std::string& id = act.document.tender_id();
        ASSIGN_OR_RETURN(auto record, store::Tenders().Find(txn, id));
        RETURN_IF_ERROR(internal::CheckOwn(record, call));
        RETURN_IF_ERROR(internal::Step(Event::kCancel, &*record));
        if (act.document.notice_hash() != record->tender().notice_hash()) return NoticeHashError();
        internal::ClearPending(&*record);
        record->set_cancellation_sha256(act.sha256);
        record->set_cancelled_time_ns(absl::ToUnixNanos(call.arrival));
        store::Tenders().Put(txn, id, *record);
        RETURN_IF_ERROR(store::PutDocument(txn, {"cancellation", id, ""}, act.stored));
        if (record->box_asked()) store::Work().Put(txn, id, {});
        event::v1::Event event;
        event.mutable_tender_cancelled()->set_tender_id(id);
        event.mutable_tender_cancelled()->set_cancellation_sha256(act.sha256);
        const std::string name = kit::TenderName(id);
        // Of a tender that never was public, the log says no more than that something happened.
        txn.Emit(record->tender().notice_version() > 0
                     ? kit::PublicEvent(event, name, kOfficerRole, call.arrival)
                     : kit::RestrictedEvent(event, name, kOfficerRole, salt));
        *r->mutable_tender() = record->tender();
        return absl::OkStatus();
      }));
  AddWork(response->tender().tender_id());
  return absl::OkStatus();
}

// --- What the bidding service has still to be told

absl::Status TenderEngine::FinishCancelling(const TenderRecord& record) {
  const std::string& tender_id = record.tender().tender_id();
  absl::MutexLock lock(&BoxMutex(tender_id));
  const absl::Status cancelled = ports_.boxes->CancelBox(tender_id);
  if (absl::IsNotFound(cancelled)) {
    const absl::Time settled = absl::FromUnixNanos(record.cancelled_time_ns()) + kBoxSettleTime;
    if (context_.clock->Now() < settled) return BoxNotSettledError();
  } else if (!cancelled.ok() && !absl::IsFailedPrecondition(cancelled)) {
    return cancelled;
  }
  // Acknowledged, or there is nothing to be cancelled any more: an opened box stays opened.
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(tender_id);
  update.housekeeping = true;
  RETURN_IF_ERROR(context_.ledger
                      ->Update(update,
                               [&](ledger::Txn& txn) -> absl::Status {
                                 store::Work().Delete(txn, tender_id);
                                 return absl::OkStatus();
                               })
                      .status());
  RemoveWork(tender_id);
  return absl::OkStatus();
}

absl::Status TenderEngine::Finish(const std::string& tender_id) {
  std::optional<TenderRecord> record;
  bool work = false;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(tender_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(record, store::Tenders().Find(reader, tender_id));
        ASSIGN_OR_RETURN(const auto row, store::Work().Find(reader, tender_id));
        work = row.has_value();
        return absl::OkStatus();
      }));
  if (record.has_value() && work) {
    switch (store::StateOf(*record)) {
      case State::kPublishing:
      case State::kAmending: {
        v1::ApproveNoticeResponse ignored;
        return FinishPublishing(tender_id, record->tender().pending_hash(), &ignored);
      }
      case State::kCancelled:
        return FinishCancelling(*record);
      default:
        break;
    }
  }
  RemoveWork(tender_id);
  return absl::OkStatus();
}

absl::Status TenderEngine::Recover() {
  constexpr size_t kRows = 1000;
  for (int shard = 0; shard < ledger::kShards; ++shard) {
    std::string after;
    for (bool more = true; more;) {
      RETURN_IF_ERROR(context_.ledger->View(
          static_cast<uint16_t>(shard), [&](const kv::Reader& reader) -> absl::Status {
            ASSIGN_OR_RETURN(const auto rows, store::Work().List(reader, "", after, kRows));
            for (const auto& row : rows) AddWork(after = row.key);
            more = rows.size() == kRows;
            return absl::OkStatus();
          }));
    }
  }
  return absl::OkStatus();
}

absl::Status TenderEngine::FinishPending(const std::function<bool()>& stop) {
  std::vector<std::string> tenders;
  {
    absl::MutexLock lock(&work_mu_);
    tenders.assign(work_.begin(), work_.end());
  }
  absl::Status first;
  for (const std::string& tender_id : tenders) {
    if (stop()) break;
    first.Update(Finish(tender_id));
  }
  return first;
}

void TenderEngine::AddWork(const std::string& tender_id) {
  absl::MutexLock lock(&work_mu_);
  work_.insert(tender_id);
}

void TenderEngine::RemoveWork(const std::string& tender_id) {
  absl::MutexLock lock(&work_mu_);
  work_.erase(tender_id);
}

absl::Mutex& TenderEngine::BoxMutex(absl::string_view tender_id) {
  return box_mu_[ledger::ShardOf(tender_id) % box_mu_.size()];
}

}  // namespace jodal::tender
