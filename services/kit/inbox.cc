#include "services/kit/inbox.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/ledger/table.h"
#include "common/status/macros.h"
#include "jodal/inbox/store/v1/inbox_store.pb.h"
#include "services/kit/errors.h"
#include "services/kit/event.h"
#include "services/kit/follow.h"
#include "services/kit/page.h"

namespace jodal::kit {
namespace {

using inbox::store::v1::CaseRows;
using inbox::store::v1::WaitingRow;
using procurement::Waiting;

// A name of its own makes the follower, and with it the index, anew where the rows change.
constexpr char kFollower[] = "inbox";
constexpr int kPageSizeDefault = 50;
constexpr int kPageSizeMax = 200;
// Rows that one call looks at: other people's of the organisation are passed over.
constexpr size_t kScanMax = 5000;
constexpr size_t kRowsAtOnce = 256;

uint16_t Shard() { return ledger::ShardOf("inbox"); }

const ledger::Table<WaitingRow>& Rows() {
  static const auto& table =
      *new ledger::Table<WaitingRow>(absl::StrCat(ledger::kHousekeepingPrefix, "inbox/row/"));
  return table;
}
const ledger::Table<CaseRows>& Cases() {
  static const auto& table =
      *new ledger::Table<CaseRows>(absl::StrCat(ledger::kHousekeepingPrefix, "inbox/case/"));
  return table;
}

int64_t NsOf(absl::Time time) {
  return time == absl::InfiniteFuture() ? 0 : absl::ToUnixNanos(time);
}

std::string KeyOf(const std::string& case_id, const Waiting& waiting) {
  const int64_t until_ns = NsOf(waiting.until);
  const std::string until =
      until_ns == 0 ? "~" : absl::StrFormat("%016x", static_cast<uint64_t>(until_ns));
  return absl::StrCat(waiting.organization_id, "/", until, "/", waiting.rule->id, "/", case_id);
}

WaitingRow RowOf(const std::string& case_id, const Waiting& waiting, int64_t since_ns) {
  WaitingRow row;
  row.set_rule(std::string(waiting.rule->id));
  row.set_case_id(case_id);
  row.set_role(std::string(waiting.rule->role));
  *row.mutable_only() = {waiting.only.begin(), waiting.only.end()};
  *row.mutable_except() = {waiting.except.begin(), waiting.except.end()};
  row.set_since_ns(since_ns);
  row.set_until_ns(NsOf(waiting.until));
  row.set_lapses_ns(NsOf(waiting.lapses));
  *row.mutable_command() = {waiting.command.begin(), waiting.command.end()};
  return row;
}

// The rows of a case take the place of those before. What goes on waiting keeps its beginning.
absl::Status PutCase(ledger::Txn& txn, const Inbox::Case& one, const log::v1::Entry& entry) {
  std::map<std::string, int64_t> since;  // by rule
  std::set<std::string> left;            // keys
  ASSIGN_OR_RETURN(const auto before, Cases().Find(txn, one.id));
  if (before.has_value()) {
    for (const std::string& key : before->keys()) {
      ASSIGN_OR_RETURN(const auto row, Rows().Find(txn, key));
      if (row.has_value()) since.emplace(row->rule(), row->since_ns());
      left.insert(key);
    }
  }
  CaseRows now;
  for (const Waiting& waiting : one.waiting) {
    const auto known = since.find(std::string(waiting.rule->id));
    const bool begins = known == since.end() || entry.type() == waiting.rule->opens;
    const std::string key = KeyOf(one.id, waiting);
    Rows().Put(txn, key, RowOf(one.id, waiting, begins ? entry.commit_time_ns() : known->second));
    left.erase(key);
    now.add_keys(key);
  }
  for (const std::string& key : left) Rows().Delete(txn, key);
  if (now.keys().empty()) {
    if (before.has_value()) Cases().Delete(txn, one.id);
  } else {
    Cases().Put(txn, one.id, now);
  }
  return absl::OkStatus();
}

bool IsFor(const WaitingRow& row, const rpc::Principal& person, absl::Time now) {
  const auto has = [&](const auto& ids) {
    return std::find(ids.begin(), ids.end(), person.person_id) != ids.end();
  };
  return (row.role().empty() || person.HasRole(row.role())) &&
         (row.only().empty() || has(row.only())) && !has(row.except()) &&
         (row.lapses_ns() == 0 || absl::ToUnixNanos(now) < row.lapses_ns());
}

inbox::v1::InboxItem ToApi(const WaitingRow& row, absl::Time now) {
  const procurement::DeadlineRule& rule = procurement::DeadlineRuleOf(row.rule());
  inbox::v1::InboxItem out;
  out.set_case_id(row.case_id());
  out.set_rule(row.rule());
  out.set_what(std::string(rule.en));
  out.set_what_ko(std::string(rule.ko));
  out.set_since_ns(row.since_ns());
  out.set_until_ns(row.until_ns());
  out.set_article(std::string(rule.article));
  out.set_overdue(row.until_ns() != 0 && absl::ToUnixNanos(now) >= row.until_ns());
  *out.mutable_command() = row.command();
  return out;
}

}  // namespace

void Inbox::Start() {
  follower_ = FollowOwn(context_, kFollower,
                        [this](const ledger::LoggedEntry& entry) { return OnEntry(entry); });
}

absl::StatusOr<std::optional<ledger::FollowUpdate>> Inbox::OnEntry(
    const ledger::LoggedEntry& read) const {
  Logged logged;
  logged.body = read.body;
  if (!logged.entry.ParseFromString(read.entry)) {
    return MakeError(kErrors["STORED_ENTRY_DAMAGED"], "an entry of the log does not parse");
  }
  ASSIGN_OR_RETURN(auto one, case_of_(logged));
  if (!one.has_value()) return std::nullopt;
  // Most entries change nothing of what waits: then nothing is written either.
  bool known = false;
  RETURN_IF_ERROR(context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto rows, Cases().Find(reader, one->id));
    known = rows.has_value();
    return absl::OkStatus();
  }));
  if (!known && one->waiting.empty()) return std::nullopt;
  ledger::FollowUpdate update;
  update.shard = Shard();
  update.body = [one = *std::move(one), entry = std::move(logged.entry)](ledger::Txn& txn) {
    return PutCase(txn, one, entry);
  };
  return update;
}

absl::Status Inbox::List(const rpc::Call& call, const inbox::v1::ListInboxRequest& request,
                         inbox::v1::ListInboxResponse* response) const {
  if (!call.caller.IsUser()) return NotAllowedError();
  const rpc::Principal& person = call.caller.user;
  ASSIGN_OR_RETURN(const size_t size,
                   PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  const std::string filter = absl::StrCat("inbox\n", person.person_id);
  ASSIGN_OR_RETURN(std::string last,
                   OpenPageToken(context_.page_key, filter, request.page_token()));
  const std::string prefix = absl::StrCat(person.organization_id, "/");
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    for (size_t looked_at = 0; looked_at < kScanMax;) {
      ASSIGN_OR_RETURN(const auto rows, Rows().List(reader, prefix, last, kRowsAtOnce));
      for (const auto& row : rows) {
        ++looked_at;
        if (IsFor(row.record, person, call.arrival)) {
          if (static_cast<size_t>(response->items_size()) == size) {
            response->set_next_page_token(MakePageToken(context_.page_key, filter, last));
            return absl::OkStatus();
          }
          *response->add_items() = ToApi(row.record, call.arrival);
        }
        last = row.key;
      }
      if (rows.size() < kRowsAtOnce) return absl::OkStatus();
    }
    response->set_next_page_token(MakePageToken(context_.page_key, filter, last));
    return absl::OkStatus();
  });
}

}  // namespace jodal::kit
