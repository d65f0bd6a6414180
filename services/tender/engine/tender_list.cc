// Lists of tenders: how they follow the log, and how they are read.
#include "services/tender/store/tender_list.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/text.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/rules/rule_sets.h"
#include "services/kit/event.h"
#include "services/kit/page.h"
#include "services/tender/engine/internal.h"
#include "services/tender/engine/tender_engine.h"
#include "services/tender/errors.h"
#include "services/tender/limits.h"

namespace jodal::tender {

using store::TenderRecord;
using store::v1::ListRow;

namespace {

constexpr size_t kRowsAtOnce = 512;

struct ListQuery {
  store::ListRange range;
  v1::Tender::State state = v1::Tender::STATE_UNSPECIFIED;
  std::string procurement_kind;
  int64_t deadline_from_ns = 0;
  int64_t deadline_until_ns = std::numeric_limits<int64_t>::max();
  std::string text;
  bool nothing = false;  // the caller asks for what is not his to see
};

bool Fits(const ListRow& row, const ListQuery& query) {
  return (query.state == v1::Tender::STATE_UNSPECIFIED || row.state() == query.state) &&
         (query.procurement_kind.empty() || row.procurement_kind() == query.procurement_kind) &&
         row.deadline_ns() >= query.deadline_from_ns &&
         row.deadline_ns() < query.deadline_until_ns && absl::StrContains(row.text(), query.text);
}

absl::Status CheckKind(absl::string_view word) {
  using procurement::rules::Kind;
  for (const Kind kind :
       {Kind::kWorks, Kind::kGeneralServices, Kind::kTechnicalServices, Kind::kGoods}) {
    if (word == absl::AsciiStrToLower(procurement::rules::Name(kind))) return absl::OkStatus();
  }
  return FilterInvalidError("procurement_kind",
                            "it is none of works, general_services, technical_services, goods");
}

absl::StatusOr<int64_t> FilterTime(absl::string_view field, const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return FilterInvalidError(field, "it is no time like 2026-03-12T10:00:00+09:00");
  }
  const int64_t ns = absl::ToUnixNanos(time);
  if (ns < 0 || ns == std::numeric_limits<int64_t>::max()) {
    return FilterInvalidError(field, "it lies outside the years 1970 to 2261");
  }
  return ns;
}

absl::StatusOr<ListQuery> QueryOf(const rpc::Call& call, const v1::ListTendersRequest& request) {
  ListQuery query;
  query.state = request.state();
  if (!v1::Tender::State_IsValid(request.state())) {
    return FilterInvalidError("state", "there is no such state");
  }
  query.procurement_kind = request.procurement_kind();
  if (!query.procurement_kind.empty()) {
    RETURN_IF_ERROR(CheckKind(query.procurement_kind));
  }
  if (!request.deadline_from().empty()) {
    ASSIGN_OR_RETURN(query.deadline_from_ns, FilterTime("deadline_from", request.deadline_from()));
  }
  if (!request.deadline_until().empty()) {
    ASSIGN_OR_RETURN(query.deadline_until_ns,
                     FilterTime("deadline_until", request.deadline_until()));
  }
  query.text = store::SearchText(request.text());
  // What no title may hold is found in none: it is a mistake, and said to be one.
  const absl::string_view problem =
      TextProblem(query.text, {.characters_max = kListTextMax, .may_be_empty = true});
  if (!problem.empty()) return FilterInvalidError("text", problem);

  if (request.agency_id().size() > kIdBytesMax || absl::StrContains(request.agency_id(), "/")) {
    return FilterInvalidError("agency_id", "it is no id of an agency");
  }
  // What was never public is only in its agency's own list.
  const bool never_public =
      query.state == v1::Tender::DRAFT || query.state == v1::Tender::SUBMITTED;
  const std::string own = call.caller.IsUser() ? call.caller.user.organization_id : "";
  query.range.agency_id = request.agency_id().empty() && never_public ? own : request.agency_id();
  query.range.unpublished = !own.empty() && query.range.agency_id == own;
  query.nothing = never_public && !query.range.unpublished;
  switch (request.order()) {
    case v1::ListTendersRequest::ORDER_UNSPECIFIED:
    case v1::ListTendersRequest::PUBLISHED_LAST_FIRST:
      break;
    case v1::ListTendersRequest::DEADLINE_LAST_FIRST:
    case v1::ListTendersRequest::DEADLINE_SOONEST_FIRST:
      query.range.order = store::ListOrder::kDeadline;
      query.range.last_first = request.order() == v1::ListTendersRequest::DEADLINE_LAST_FIRST;
      query.range.from_ns = query.deadline_from_ns;
      if (!request.deadline_until().empty()) query.range.until_ns = query.deadline_until_ns;
      break;
    default:
      return FilterInvalidError("order", "there is no such order");
  }
  return query;
}

}  // namespace

absl::StatusOr<std::optional<ledger::FollowUpdate>> TenderEngine::OnOwnEntry(
    const ledger::LoggedEntry& entry) const {
  log::v1::Entry head;
  if (!head.ParseFromString(entry.entry)) return RecordDamagedError();
  absl::string_view tender_id = head.subject();
  if (!absl::ConsumePrefix(&tender_id, kit::TenderName(""))) return std::nullopt;
  // Not what the entry says but how the tender is by now: later entries find that nothing is left
  // to do, and a list that is made anew is made from few writes.
  ASSIGN_OR_RETURN(const auto record, Find(tender_id));
  if (!record.has_value()) return RecordDamagedError();
  ASSIGN_OR_RETURN(ListRow row, store::ListRowOf(*record));
  std::optional<ListRow> listed;
  RETURN_IF_ERROR(
      context_.ledger->View(store::ListShard(), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(listed, store::FindListRow(reader, tender_id));
        return absl::OkStatus();
      }));
  if (listed.has_value() && listed->SerializeAsString() == row.SerializeAsString()) {
    return std::nullopt;
  }
  ledger::FollowUpdate update;
  update.shard = store::ListShard();
  update.body = [row = std::move(row)](ledger::Txn& txn) { return store::PutListRow(txn, row); };
  return update;
}

absl::Status TenderEngine::ListTenders(const rpc::Call& call, const v1::ListTendersRequest& request,
                                       v1::ListTendersResponse* response) const {
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  ASSIGN_OR_RETURN(const ListQuery query, QueryOf(call, request));
  v1::ListTendersRequest filter_of = request;
  filter_of.clear_page_size();
  filter_of.clear_page_token();
  const std::string filter =
      absl::StrCat("tenders\n", query.range.unpublished ? query.range.agency_id : "", "\n",
                   filter_of.SerializeAsString());
  ASSIGN_OR_RETURN(std::string position,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  if (query.nothing) return absl::OkStatus();

  std::vector<std::string> ids;
  bool more = true;
  RETURN_IF_ERROR(
      context_.ledger->View(store::ListShard(), [&](const kv::Reader& reader) -> absl::Status {
        size_t step = size + 1;  // enough unless the filters leave rows out
        for (size_t looked_at = 0; more && looked_at < kListScanMax && ids.size() < size;) {
          step = std::min(step, kListScanMax - looked_at);
          ASSIGN_OR_RETURN(const auto rows, store::ReadList(reader, query.range, position, step));
          more = rows.size() == step;
          step = kRowsAtOnce;
          for (size_t at = 0; at < rows.size(); ++at) {
            ++looked_at;
            position = rows[at].position;
            if (!Fits(rows[at].row, query)) continue;
            ids.push_back(rows[at].row.tender_id());
            if (ids.size() < size) continue;
            more = more || at + 1 < rows.size();
            break;
          }
        }
        return absl::OkStatus();
      }));
  if (more) {
    response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, position));
  }
  for (const std::string& id : ids) {
    // The lists are a little behind. What is shown, and to whom, is decided on the tender itself.
    ASSIGN_OR_RETURN(const auto record, Find(id));
    if (!record.has_value()) return RecordDamagedError();
    ASSIGN_OR_RETURN(const ListRow now, store::ListRowOf(*record));
    if (internal::IsVisible(*record, call) && Fits(now, query)) {
      *response->add_tenders() = internal::View(*record, call);
    }
  }
  return absl::OkStatus();
}

}  // namespace jodal::tender
