// One connection to a server of the PostgreSQL protocol, over libpq in pipeline mode: statements
// are queued without waiting, one Collect brings all their results in one round trip.
#ifndef JODAL_COMMON_KV_POSTGRES_CONNECTION_H_
#define JODAL_COMMON_KV_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::kv {

using Deadline = std::chrono::steady_clock::time_point;
inline Deadline DeadlineIn(absl::Duration duration) {
  return std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(duration);
}

// A statement that each connection prepares when it first needs it. Lives longer than they do.
struct PgStatement {
  const char* name;
  std::string sql;
  std::vector<Oid> types;  // of its parameters
};

// Parameters and results travel in the protocol's binary form.
inline constexpr Oid kPgBytes = 17;         // bytea
inline constexpr Oid kPgBytesArray = 1001;  // bytea[]
inline constexpr Oid kPgInt64 = 20;         // bigint
std::string PgInt64(int64_t value);
std::string PgBytesArray(const std::vector<absl::string_view>& items);

class PgResult {
 public:
  explicit PgResult(PGresult* result) : result_(result, &PQclear) {}
  int rows() const { return PQntuples(result_.get()); }
  bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  absl::string_view Bytes(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<size_t>(PQgetlength(result_.get(), row, column))};
  }
  int64_t Int64(int row, int column) const;  // the column is a bigint and not null

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

// One thread at a time. After an error it cannot be used again; its statements may or may not have
// taken effect, unless IsRefused.
class PgConnection {
 public:
  // OK if `conninfo` is well formed and holds no password. INVALID_ARGUMENT STORE_CONNINFO.
  static absl::Status CheckConninfo(const std::string& conninfo);

  // Connects to the first of the named hosts that takes writes. UNAVAILABLE STORE_FAILED,
  // FAILED_PRECONDITION STORE_NOT_DURABLE if the server does not sync what it acknowledges.
  static absl::StatusOr<std::unique_ptr<PgConnection>> Connect(const std::string& conninfo,
                                                               Deadline deadline);

  // Queues a statement behind those not yet collected. Errors show at Collect.
  void Queue(const PgStatement& statement, const std::vector<std::string>& parameters = {});
  // Sends what is queued as far as it goes without waiting.
  void Flush();
  // Waits for everything queued: one result each, in order. UNAVAILABLE STORE_FAILED, DATA_LOSS
  // STORE_DAMAGED.
  absl::StatusOr<std::vector<PgResult>> Collect(Deadline deadline);

 private:
  using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;
  explicit PgConnection(Handle connection) : connection_(std::move(connection)) {}

  absl::Status Prepare(Deadline deadline);
  absl::Status Await(Deadline deadline);
  absl::Status Lost(absl::string_view what) const;

  Handle connection_;
  std::set<absl::string_view> prepared_;
  std::deque<bool> owed_;  // results to come; is it somebody's or only a preparation's?
  bool failed_ = false;
};

// Whether another attempt on a new connection may succeed after `status` of Connect or Collect.
bool IsTransient(const absl::Status& status);
// Whether the server itself refused, so that the statements certainly had no effect.
bool IsRefused(const absl::Status& status);

}  // namespace jodal::kv

#endif  // JODAL_COMMON_KV_POSTGRES_CONNECTION_H_
