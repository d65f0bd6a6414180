#include "services/tender/store/tender_list.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/ledger/errors.h"
#include "common/ledger/table.h"
#include "common/status/macros.h"

namespace jodal::tender::store {
namespace {

constexpr char kAll[] = "all";

const std::string& ListPrefix() {
  static const auto* prefix = new std::string(absl::StrCat(ledger::kHousekeepingPrefix, "list/"));
  return *prefix;
}

const ledger::Table<v1::ListRow>& Rows() {
  static const auto* table = new ledger::Table<v1::ListRow>(absl::StrCat(ListPrefix(), "row/"));
  return *table;
}

std::string PrefixOf(absl::string_view which, ListOrder order) {
  return absl::StrCat(ListPrefix(), which,
                      order == ListOrder::kDeadline ? "/deadline/" : "/published/");
}

std::string OfAgency(absl::string_view agency_id) { return absl::StrCat("agency/", agency_id); }
std::string Own(absl::string_view agency_id) { return absl::StrCat("own/", agency_id); }

std::string Date(int64_t ns) { return absl::StrFormat("%016x", ns); }

std::set<std::string> KeysOf(const v1::ListRow& row) {
  std::set<std::string> keys;
  for (const ListOrder order : {ListOrder::kDeadline, ListOrder::kPublished}) {
    const std::string place =
        absl::StrCat(Date(order == ListOrder::kDeadline ? row.deadline_ns() : row.published_ns()),
                     "/", row.tender_id());
    keys.insert(absl::StrCat(PrefixOf(Own(row.agency_id()), order), place));
    if (row.published_ns() == 0) continue;
    keys.insert(absl::StrCat(PrefixOf(kAll, order), place));
    keys.insert(absl::StrCat(PrefixOf(OfAgency(row.agency_id()), order), place));
  }
  return keys;
}

}  // namespace

uint16_t ListShard() { return ledger::ShardOf("tender lists"); }

std::string SearchText(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

absl::StatusOr<v1::ListRow> ListRowOf(const TenderRecord& record) {
  const tender::v1::Tender& tender = record.tender();
  v1::ListRow row;
  row.set_tender_id(tender.tender_id());
  row.set_state(tender.state());
  row.set_agency_id(tender.agency_id());
  row.set_procurement_kind(tender.procurement_kind());
  if (!tender.deadline().empty()) {
    absl::Time deadline;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, tender.deadline(), &deadline, &error)) {
      return ledger::RecordDamagedError(Tenders().KeyOf(tender.tender_id()));
    }
    row.set_deadline_ns(absl::ToUnixNanos(deadline));
  }
  if (tender.notice_version() > 0) row.set_published_ns(record.first_published_time_ns());
  // A line for each, so that nothing is found that begins in one and ends in the other.
  row.set_text(absl::StrCat(SearchText(tender.title()), "\n", SearchText(tender.title_en())));
  return row;
}

absl::StatusOr<std::optional<v1::ListRow>> FindListRow(const kv::Reader& reader,
                                                       absl::string_view tender_id) {
  return Rows().Find(reader, tender_id);
}

absl::Status PutListRow(ledger::Txn& txn, const v1::ListRow& row) {
  const std::set<std::string> keys = KeysOf(row);
  ASSIGN_OR_RETURN(const auto before, Rows().Find(txn, row.tender_id()));
  if (before.has_value()) {
    for (const std::string& key : KeysOf(*before)) {
      if (keys.count(key) == 0) txn.Delete(key);
    }
  }
  for (const std::string& key : keys) txn.Put(key, row.SerializeAsString());
  Rows().Put(txn, row.tender_id(), row);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ListedRow>> ReadList(const kv::Reader& reader, const ListRange& range,
                                                absl::string_view position, size_t limit) {
  const std::string prefix = PrefixOf(range.agency_id.empty() ? kAll
                                      : range.unpublished     ? Own(range.agency_id)
                                                              : OfAgency(range.agency_id),
                                      range.order);
  std::string begin = absl::StrCat(prefix, Date(range.from_ns));
  std::string end = range.until_ns.has_value() ? absl::StrCat(prefix, Date(*range.until_ns))
                                               : kv::PrefixEnd(prefix);
  std::vector<kv::KeyValue> pairs;
  if (range.last_first) {
    if (!position.empty()) end = absl::StrCat(prefix, position);
    ASSIGN_OR_RETURN(pairs, reader.ScanReverse(begin, end, limit));
  } else {
    if (!position.empty()) begin = absl::StrCat(prefix, position, absl::string_view("\0", 1));
    ASSIGN_OR_RETURN(pairs, reader.Scan(begin, end, limit));
  }
  std::vector<ListedRow> out;
  out.reserve(pairs.size());
  for (const kv::KeyValue& pair : pairs) {
    ListedRow listed;
    listed.position = pair.key.substr(prefix.size());
    if (!listed.row.ParseFromString(pair.value)) return ledger::RecordDamagedError(pair.key);
    out.push_back(std::move(listed));
  }
  return out;
}

}  // namespace jodal::tender::store
