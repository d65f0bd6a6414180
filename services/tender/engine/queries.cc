#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/document/json.h"
#include "common/ledger/blobs.h"
#include "common/status/macros.h"
#include "services/kit/page.h"
#include "services/tender/engine/internal.h"
#include "services/tender/engine/tender_engine.h"
#include "services/tender/errors.h"
#include "services/tender/limits.h"

namespace jodal::tender {

using store::TenderRecord;

namespace internal {

bool IsOwn(const TenderRecord& record, const rpc::Call& call) {
  return call.caller.IsUser() && call.caller.user.organization_id == record.tender().agency_id();
}

bool IsVisible(const TenderRecord& record, const rpc::Call& call) {
  return record.tender().notice_version() > 0 || IsOwn(record, call);
}

absl::Status CheckOwn(const std::optional<TenderRecord>& record, const rpc::Call& call) {
  if (!record.has_value() || !IsVisible(*record, call)) return TenderNotFoundError();
  if (!IsOwn(*record, call)) return NotAllowedError();
  return absl::OkStatus();
}

absl::Status CheckRole(const rpc::Call& call, absl::string_view role) {
  return call.caller.IsUser() && call.caller.user.HasRole(role) ? absl::OkStatus()
                                                                : NotAllowedError();
}

v1::Tender View(const TenderRecord& record, const rpc::Call& call) {
  v1::Tender out = record.tender();
  if (!IsOwn(record, call)) {
    out.clear_pending_version();
    out.clear_pending_hash();
  }
  return out;
}

absl::Status Step(Event event, TenderRecord* record) {
  ASSIGN_OR_RETURN(const State next, Next(store::StateOf(*record), event));
  store::SetState(next, record);
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> StoredTime(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return RecordDamagedError();
  return time;
}

void ClearPending(TenderRecord* record) {
  record->mutable_tender()->clear_pending_version();
  record->mutable_tender()->clear_pending_hash();
  record->clear_pending_author();
  record->clear_pending_approval_sha256();
  record->clear_pending_approved_time_ns();
  record->clear_pending_holidays_known();
}

}  // namespace internal

bool IsTenderId(absl::string_view id) {
  constexpr absl::string_view kForm = "RddBKdddddddd";
  if (id.size() != kForm.size()) return false;
  for (size_t i = 0; i < id.size(); ++i) {
    const bool digit = id[i] >= '0' && id[i] <= '9';
    if (kForm[i] == 'd' ? !digit : id[i] != kForm[i]) return false;
  }
  return true;
}

absl::StatusOr<std::optional<TenderRecord>> TenderEngine::Find(absl::string_view tender_id) const {
  std::optional<TenderRecord> record;
  if (!IsTenderId(tender_id)) return record;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(tender_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(record, store::Tenders().Find(reader, tender_id));
        return absl::OkStatus();
      }));
  return record;
}

absl::StatusOr<TenderRecord> TenderEngine::LoadVisible(const rpc::Call& call,
                                                       absl::string_view tender_id) const {
  ASSIGN_OR_RETURN(auto record, Find(tender_id));
  if (!record.has_value() || !internal::IsVisible(*record, call)) return TenderNotFoundError();
  return *std::move(record);
}

absl::StatusOr<TenderRecord> TenderEngine::LoadOwn(const rpc::Call& call,
                                                   absl::string_view tender_id) const {
  ASSIGN_OR_RETURN(auto record, Find(tender_id));
  RETURN_IF_ERROR(internal::CheckOwn(record, call));
  return *std::move(record);
}

absl::StatusOr<document::v1::StoredDocument> TenderEngine::LoadNotice(
    absl::string_view tender_id, absl::string_view notice_hash) const {
  std::optional<document::v1::StoredDocument> notice;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(tender_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(notice, store::FindDocument(reader, {"notice", tender_id, notice_hash}));
        return absl::OkStatus();
      }));
  if (!notice.has_value()) return RecordDamagedError();
  return *std::move(notice);
}

absl::Status TenderEngine::GetTender(const rpc::Call& call, const v1::GetTenderRequest& request,
                                     v1::GetTenderResponse* response) const {
  ASSIGN_OR_RETURN(const TenderRecord record, LoadVisible(call, request.tender_id()));
  *response->mutable_tender() = internal::View(record, call);
  return absl::OkStatus();
}

absl::Status TenderEngine::GetNotice(const rpc::Call& call, const v1::GetNoticeRequest& request,
                                     v1::GetNoticeResponse* response) const {
  ASSIGN_OR_RETURN(const TenderRecord record, LoadVisible(call, request.tender_id()));
  const v1::Tender& tender = record.tender();
  int version = request.notice_version();
  if (version == 0) {
    version = tender.notice_version() > 0 ? tender.notice_version() : tender.pending_version();
  }
  std::string hash;
  if (version > 0 && version <= record.notice_hashes_size()) {
    hash = record.notice_hashes(version - 1);
  } else if (version > 0 && version == tender.pending_version() && internal::IsOwn(record, call)) {
    hash = tender.pending_hash();
  } else {
    return NoticeNotFoundError();
  }
  return context_.ledger->View(
      ledger::ShardOf(tender.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto notice,
                         store::FindDocument(reader, {"notice", tender.tender_id(), hash}));
        ASSIGN_OR_RETURN(auto approval,
                         store::FindDocument(reader, {"approval", tender.tender_id(), hash}));
        if (!notice.has_value()) return RecordDamagedError();
        response->set_notice_hash(hash);
        *response->mutable_notice() = *std::move(notice);
        if (approval.has_value()) *response->mutable_approval() = *std::move(approval);
        return absl::OkStatus();
      });
}

absl::Status TenderEngine::GetResult(const rpc::Call& call, const v1::GetResultRequest& request,
                                     v1::GetResultResponse* response) const {
  ASSIGN_OR_RETURN(const TenderRecord record, LoadVisible(call, request.tender_id()));
  if (record.tender().result_sha256().empty()) return ResultNotReadyError();
  const std::string& tender_id = record.tender().tender_id();
  return context_.ledger->View(
      ledger::ShardOf(tender_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto result, store::FindResult(reader, tender_id));
        ASSIGN_OR_RETURN(auto entered, store::FindDocument(reader, {"entered", tender_id, ""}));
        ASSIGN_OR_RETURN(auto award, store::FindDocument(reader, {"award", tender_id, ""}));
        if (!result.has_value()) return RecordDamagedError();
        response->set_result(*std::move(result));
        response->set_seed(record.seed());
        if (entered.has_value()) *response->mutable_entered_prices() = *std::move(entered);
        if (award.has_value()) *response->mutable_award() = *std::move(award);
        return absl::OkStatus();
      });
}

absl::Status TenderEngine::ListResultPages(const rpc::Call& call,
                                           const v1::ListResultPagesRequest& request,
                                           v1::ListResultPagesResponse* response) const {
  ASSIGN_OR_RETURN(const TenderRecord record, LoadVisible(call, request.tender_id()));
  if (record.tender().result_sha256().empty()) return ResultNotReadyError();
  const std::string& tender_id = record.tender().tender_id();
  const std::string filter = absl::StrCat("result/", tender_id);
  ASSIGN_OR_RETURN(const std::string token,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  int next = 0;
  if (!token.empty() && !absl::SimpleAtoi(token, &next)) return RecordDamagedError();
  return context_.ledger->View(
      ledger::ShardOf(tender_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto summary, store::FindResult(reader, tender_id));
        if (!summary.has_value()) return RecordDamagedError();
        v1::EvaluationResult result;
        RETURN_IF_ERROR(document::ParseStrictJson(*summary, &result));
        std::vector<const std::string*> digests;
        for (const v1::EvaluationResult::Lot& lot : result.lots()) {
          for (const std::string& sha256 : lot.row_pages()) digests.push_back(&sha256);
        }
        const int pages = static_cast<int>(digests.size());
        if (next < 0) return RecordDamagedError();
        for (size_t bytes = 0; next < pages; ++next) {
          ASSIGN_OR_RETURN(const std::string sha256,
                           HexDecode(*digests[static_cast<size_t>(next)]));
          ASSIGN_OR_RETURN(std::string page, ledger::GetBlob(reader, sha256));
          bytes += page.size();
          if (response->pages_size() > 0 && bytes > kResultAnswerBytesMax) {
            response->set_next_page_token(
                kit::MakePageToken(context_.page_key, filter, absl::StrCat(next)));
            break;
          }
          response->add_pages(std::move(page));
        }
        return absl::OkStatus();
      });
}

}  // namespace jodal::tender
