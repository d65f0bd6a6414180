#include "common/kv/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/bytes.h"
#include "common/base/waiting.h"
#include "common/kv/errors.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::kv {
namespace {

// What a conninfo may override: a dead peer is noticed in seconds.
constexpr const char* kDefaults[][2] = {
    {"connect_timeout", "5"},     {"tcp_user_timeout", "10000"}, {"keepalives_idle", "5"},
    {"keepalives_interval", "2"}, {"keepalives_count", "3"},
};
// And what it may not.
constexpr const char* kFixed[][2] = {
    {"target_session_attrs", "read-write"},
    {"client_encoding", "UTF8"},
    {"fallback_application_name", "jodal"},
};

const PgStatement& Isolation() {
  static const auto* statement = new PgStatement{
      "isolation", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ"};
  return *statement;
}

// A reader that hangs must not hold up the server's vacuum.
const PgStatement& IdleLimit() {
  static const auto* statement =
      new PgStatement{"idle_limit", "SET idle_in_transaction_session_timeout = '60s'"};
  return *statement;
}

const PgStatement& Durability() {
  static const auto* statement = new PgStatement{
      "durability",
      "SELECT current_setting('fsync', true), current_setting('synchronous_commit', true)"};
  return *statement;
}

// Every statement goes through the primary key. The planner would take a sequential scan while it
// believes the table to be small, and keep that plan while the table grows. These are PostgreSQL's
// own settings; another engine refuses them and has its own ways.
const PgStatement& Planner() {
  static const auto* statement = new PgStatement{
      "planner",
      "SELECT set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', "
      "false), set_config('enable_sort', 'off', false), set_config('plan_cache_mode', "
      "'force_generic_plan', false), set_config('jit', 'off', false)"};
  return *statement;
}

absl::Status Failed(absl::string_view what, absl::string_view sqlstate) {
  return MakeError(kErrors["STORE_FAILED"],
                   absl::StrCat("the store failed: ", absl::StripAsciiWhitespace(what)),
                   {{"sqlstate", std::string(sqlstate)}});
}

absl::Status ErrorOf(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const absl::string_view sqlstate = field == nullptr ? "" : field;
  const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = text == nullptr ? PQresultErrorMessage(result) : text;
  if (sqlstate == "XX001" || sqlstate == "XX002") {
    return MakeError(kErrors["STORE_DAMAGED"],
                     absl::StrCat("stored data fails its checks: ", message));
  }
  return Failed(message, sqlstate);
}

std::string SqlState(const absl::Status& status) { return ErrorMetadataOf(status)["sqlstate"]; }

absl::StatusOr<std::string> Describe(const std::string& conninfo) {
  char* error = nullptr;
  PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), &error);
  const std::string why = error == nullptr ? "" : error;
  PQfreemem(error);
  if (options == nullptr) return absl::InvalidArgumentError(why);
  std::string given;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) absl::StrAppend(&given, " ", option->keyword, " ");
  }
  PQconninfoFree(options);
  return given;
}

}  // namespace

std::string PgInt64(int64_t value) {
  std::string out;
  AppendU64Be(out, static_cast<uint64_t>(value));
  return out;
}

// Dimensions, may there be nulls, the items' type, their number, the first index; each item after
// its length (array_recv in PostgreSQL's arrayfuncs.c).
std::string PgBytesArray(const std::vector<absl::string_view>& items) {
  std::string out;
  AppendU32Be(out, items.empty() ? 0 : 1);
  AppendU32Be(out, 0);
  AppendU32Be(out, kPgBytes);
  if (items.empty()) return out;
  AppendU32Be(out, static_cast<uint32_t>(items.size()));
  AppendU32Be(out, 1);
  for (const absl::string_view item : items) {
    AppendU32Be(out, static_cast<uint32_t>(item.size()));
    out.append(item.data(), item.size());
  }
  return out;
}

int64_t PgResult::Int64(int row, int column) const {
  return static_cast<int64_t>(ReadU64Be(Bytes(row, column)));
}

bool IsTransient(const absl::Status& status) {
  if (ErrorReason(status) != "STORE_FAILED") return false;
  const std::string state = SqlState(status);
  // No state: the connection was lost or never came about. 08: connection exceptions. 40001, 40P01:
  // lost against another transaction. 57P: the server is going down or coming up. 25006: it takes
  // no writes any more. 53300: too many connections for now.
  return state.empty() || absl::StartsWith(state, "08") || state == "40001" || state == "40P01" ||
         absl::StartsWith(state, "57P") || state == "25006" || state == "53300";
}

bool IsRefused(const absl::Status& status) {
  // 08 and 57P may come after the commit (a backend that is terminated while it waits for a standby
  // has committed).
  const std::string state = SqlState(status);
  return !state.empty() && !absl::StartsWith(state, "08") && !absl::StartsWith(state, "57");
}

absl::Status PgConnection::CheckConninfo(const std::string& conninfo) {
  const auto given = Describe(conninfo);
  std::string wrong;
  if (!given.ok()) {
    wrong = std::string(given.status().message());
  } else if (absl::StrContains(*given, " password ")) {
    wrong = "a password does not belong here; name a passfile, or a service with servicefile";
  }
  if (wrong.empty()) return absl::OkStatus();
  return MakeError(kErrors["STORE_CONNINFO"],
                   absl::StrCat("the conninfo: ", absl::StripAsciiWhitespace(wrong)));
}

absl::StatusOr<std::unique_ptr<PgConnection>> PgConnection::Connect(const std::string& conninfo,
                                                                    Deadline deadline) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  // A later one wins, and "dbname" expands to all that the conninfo names.
  for (const auto& [name, value] : kDefaults) add(name, value);
  add("dbname", conninfo.c_str());
  for (const auto& [name, value] : kFixed) add(name, value);
  add(nullptr, nullptr);
  Handle handle(PQconnectdbParams(names.data(), values.data(), 1), &PQfinish);
  if (PQstatus(handle.get()) != CONNECTION_OK) return Failed(PQerrorMessage(handle.get()), "");
  PQsetNoticeProcessor(
      handle.get(), [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(handle.get(), 1) != 0 || PQenterPipelineMode(handle.get()) != 1) {
    return Failed(PQerrorMessage(handle.get()), "");
  }
  std::unique_ptr<PgConnection> connection(new PgConnection(std::move(handle)));
  RETURN_IF_ERROR(connection->Prepare(deadline));
  return connection;
}

absl::Status PgConnection::Prepare(Deadline deadline) {
  Queue(Isolation());
  Queue(IdleLimit());
  Queue(Durability());
  ASSIGN_OR_RETURN(const auto results, Collect(deadline));
  const PgResult& settings = results.back();
  for (int column = 0; column < 2; ++column) {
    if (settings.IsNull(0, column) || settings.Bytes(0, column) != "off") continue;
    return MakeError(kErrors["STORE_NOT_DURABLE"],
                     absl::StrCat("the database acknowledges what it has not synced: ",
                                  column == 0 ? "fsync" : "synchronous_commit", " is off"));
  }
  Queue(Planner());
  const absl::Status hinted = Collect(deadline).status();
  if (!hinted.ok() && !IsRefused(hinted)) return hinted;
  failed_ = false;
  return absl::OkStatus();
}

void PgConnection::Queue(const PgStatement& statement, const std::vector<std::string>& parameters) {
  if (failed_) return;
  PGconn* const connection = connection_.get();
  if (prepared_.insert(statement.name).second) {
    failed_ = PQsendPrepare(connection, statement.name, statement.sql.c_str(),
                            static_cast<int>(statement.types.size()), statement.types.data()) != 1;
    if (failed_) return;
    owed_.push_back(false);
  }
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::string& parameter : parameters) {
    values.push_back(parameter.data());
    lengths.push_back(static_cast<int>(parameter.size()));
  }
  const std::vector<int> binary(parameters.size(), 1);
  failed_ = PQsendQueryPrepared(connection, statement.name, static_cast<int>(parameters.size()),
                                values.data(), lengths.data(), binary.data(), 1) != 1;
  if (!failed_) owed_.push_back(true);
}

void PgConnection::Flush() {
  if (!failed_ && PQsendFlushRequest(connection_.get()) == 1) PQflush(connection_.get());
}

absl::Status PgConnection::Lost(absl::string_view what) const {
  const char* error = PQerrorMessage(connection_.get());
  return Failed(*error == '\0' ? what : error, "");
}

// Returns when a result can be taken without waiting.
absl::Status PgConnection::Await(Deadline deadline) {
  PGconn* const connection = connection_.get();
  while (true) {
    const int unsent = PQflush(connection);
    if (unsent < 0) return Lost("the connection broke");
    if (PQisBusy(connection) == 0) return absl::OkStatus();
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Failed("no answer in time", "");
    pollfd ready{PQsocket(connection), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN),
                 0};
    const ScopedWait waiting;
    const int polled =
        poll(&ready, 1, static_cast<int>(std::min<int64_t>(left.count(), 1'000'000)));
    if (polled < 0 && errno != EINTR) return Failed("poll failed", "");
    if (polled > 0 && (ready.revents & ~POLLOUT) != 0 && PQconsumeInput(connection) != 1) {
      return Lost("the connection broke");
    }
  }
}

absl::StatusOr<std::vector<PgResult>> PgConnection::Collect(Deadline deadline) {
  PGconn* const connection = connection_.get();
  if (failed_ || PQpipelineSync(connection) != 1) {
    failed_ = true;
    return Lost("the connection is closed");
  }
  failed_ = true;  // until all is well
  std::vector<PgResult> results;
  absl::Status error;
  while (true) {
    RETURN_IF_ERROR(Await(deadline));
    PGresult* const taken = PQgetResult(connection);
    if (taken == nullptr) {  // between two statements
      if (PQstatus(connection) != CONNECTION_OK) return Lost("the connection broke");
      continue;
    }
    PgResult result(taken);
    const ExecStatusType status = PQresultStatus(taken);
    if (status == PGRES_PIPELINE_SYNC) {
      failed_ = !error.ok();
      if (failed_) return error;
      return results;
    }
    const bool wanted = !owed_.empty() && owed_.front();
    if (!owed_.empty()) owed_.pop_front();
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      if (wanted) results.push_back(std::move(result));
    } else if (status != PGRES_PIPELINE_ABORTED) {  // what was behind the first error
      if (error.ok()) error = ErrorOf(taken);
      if (PQstatus(connection) != CONNECTION_OK) return error;
    }
  }
}

}  // namespace jodal::kv
