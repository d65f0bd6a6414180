// A store on a server of the PostgreSQL protocol: docs/stores.md has the SQL and the reasons.
//
// Reads. A store has one writer, so between two writes of this process all readers see the same
// state: they share one REPEATABLE READ transaction, which the first read begins and the last
// reader ends. Point reads that wait for each other go out as one statement: who finds the
// connection free takes along all that have come meanwhile.
//
// Writes. One statement sets the guard row and, if that row was as expected, everything else. The
// guard row's ver counts the guarded writes and names the instance that wrote (Version below). So a
// write whose answer was lost is simply sent again: it can take effect only once, and finds its own
// ver if it had. And each new snapshot looks whether the last write is this instance's own: a
// server that lags behind is not read, and an instance whose place another one has taken learns it
// from its next read.
#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "common/base/bytes.h"
#include "common/base/waiting.h"
#include "common/kv/backend.h"
#include "common/kv/errors.h"
#include "common/kv/postgres_connection.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::kv {
namespace {

using std::chrono::steady_clock;

constexpr auto kShareMax = std::chrono::seconds(1);  // then a new reader gets a new snapshot
constexpr auto kRetryDelayMin = std::chrono::milliseconds(5);
constexpr auto kRetryDelayMax = std::chrono::milliseconds(500);

struct Statements {
  explicit Statements(const std::string& schema) {
    for (PgStatement* statement :
         {&exists, &create_schema, &create_table, &no_compression, &version, &get, &scan, &scan_on,
          &scan_reverse, &scan_reverse_on, &write, &write_first, &write_after}) {
      statement->sql = absl::StrReplaceAll(statement->sql, {{"@", schema}});
    }
  }

  PgStatement exists{"exists",
                     "SELECT count(*) FROM information_schema.tables WHERE table_schema = '@' AND "
                     "table_name = 'kv'"};
  PgStatement create_schema{"create_schema", "CREATE SCHEMA IF NOT EXISTS @"};
  PgStatement create_table{"create_table",
                           "CREATE TABLE IF NOT EXISTS @.kv (k bytea PRIMARY KEY, v bytea NOT "
                           "NULL, ver bigint NOT NULL)"};
  // Values are sealed or hashed and do not compress; most fit into the row.
  PgStatement no_compression{"no_compression",
                             "ALTER TABLE @.kv ALTER COLUMN v SET STORAGE EXTERNAL, SET "
                             "(toast_tuple_target = 8160)"};

  PgStatement begin{"begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
  PgStatement commit{"commit", "COMMIT"};
  PgStatement version{"version", "SELECT ver FROM @.kv WHERE k = $1", {kPgBytes}};
  PgStatement get{"get", "SELECT k, v FROM @.kv WHERE k = ANY($1)", {kPgBytesArray}};
  PgStatement scan{"scan",
                   "SELECT k, v FROM @.kv WHERE k >= $1 AND k < $2 ORDER BY k LIMIT $3",
                   {kPgBytes, kPgBytes, kPgInt64}};
  PgStatement scan_on{
      "scan_on", "SELECT k, v FROM @.kv WHERE k >= $1 ORDER BY k LIMIT $2", {kPgBytes, kPgInt64}};
  PgStatement scan_reverse{"scan_reverse",
                           "SELECT k, v FROM @.kv WHERE k >= $1 AND k < $2 ORDER BY k DESC LIMIT "
                           "$3",
                           {kPgBytes, kPgBytes, kPgInt64}};
  PgStatement scan_reverse_on{"scan_reverse_on",
                              "SELECT k, v FROM @.kv WHERE k >= $1 ORDER BY k DESC LIMIT $2",
                              {kPgBytes, kPgInt64}};

  // $1 keys to delete, $2 and $3 keys and values to put, $4 ver, $5 and $6 the guard's key and
  // value, $7 what it is expected to hold. Gives the number of guards set and, if none, the ver
  // that stands in its place.
  PgStatement write{"write",
                    "WITH d AS (DELETE FROM @.kv WHERE k = ANY($1)), "
                    "p AS (INSERT INTO @.kv (k, v, ver) SELECT t.k, t.v, $4 FROM unnest($2, $3) AS "
                    "t (k, v) ON CONFLICT (k) DO UPDATE SET v = excluded.v, ver = excluded.ver) "
                    "SELECT 1::bigint, NULL::bigint",
                    {kPgBytesArray, kPgBytesArray, kPgBytesArray, kPgInt64}};
  PgStatement write_first{
      "write_first",
      absl::StrCat("WITH g AS (INSERT INTO @.kv (k, v, ver) VALUES ($5, $6, "
                   "$4) ON CONFLICT (k) DO NOTHING RETURNING 1), ",
                   kGuarded),
      {kPgBytesArray, kPgBytesArray, kPgBytesArray, kPgInt64, kPgBytes, kPgBytes}};
  PgStatement write_after{
      "write_after",
      absl::StrCat("WITH g AS (UPDATE @.kv SET v = $6, ver = $4 WHERE k = $5 "
                   "AND v = $7 RETURNING 1), ",
                   kGuarded),
      {kPgBytesArray, kPgBytesArray, kPgBytesArray, kPgInt64, kPgBytes, kPgBytes, kPgBytes}};

 private:
  static constexpr char kGuarded[] =
      "d AS (DELETE FROM @.kv WHERE k = ANY($1) AND EXISTS (SELECT 1 FROM g)), "
      "p AS (INSERT INTO @.kv (k, v, ver) SELECT t.k, t.v, $4 FROM unnest($2, $3) AS t (k, v) "
      "WHERE EXISTS (SELECT 1 FROM g) "
      "ON CONFLICT (k) DO UPDATE SET v = excluded.v, ver = excluded.ver) "
      "SELECT (SELECT count(*) FROM g), (SELECT ver FROM @.kv WHERE k = $5)";
};

// A guard row's ver: u40 count of guarded writes ‖ u23 instance, so that it grows with every write
// and tells whose it is.
constexpr int kInstanceBits = 23;
struct Version {
  int64_t count = 0;
  int64_t instance = 0;
  static Version Of(int64_t ver) {
    return {ver >> kInstanceBits, ver & ((int64_t{1} << kInstanceBits) - 1)};
  }
  int64_t Encode() const { return (count << kInstanceBits) | instance; }
};

// Connections that nobody uses at the moment, and the bound on how many there are.
class Pool {
 public:
  Pool(std::string conninfo, size_t max) : conninfo_(std::move(conninfo)), left_(max) {}

  // Pairs with Put, also after an error of the connection (null).
  absl::StatusOr<std::unique_ptr<PgConnection>> Take(Deadline deadline) {
    {
      const auto some = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return left_ > 0; };
      const ScopedWait waiting;
      absl::MutexLock lock(&mu_);
      const auto wait = std::max(steady_clock::duration::zero(), deadline - steady_clock::now());
      if (!mu_.AwaitWithTimeout(absl::Condition(&some), absl::FromChrono(wait))) {
        return MakeError(kErrors["STORE_BUSY"], "too many snapshots of the store are open");
      }
      --left_;
      if (!idle_.empty()) {
        std::unique_ptr<PgConnection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    auto connection = PgConnection::Connect(conninfo_, deadline);
    if (!connection.ok()) Put(nullptr);
    return connection;
  }
  void Put(std::unique_ptr<PgConnection> connection) {
    absl::MutexLock lock(&mu_);
    ++left_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }
  // Where one connection has broken, the others are of a server that is no more, or is no more the
  // one that takes writes.
  void Clear() {
    absl::MutexLock lock(&mu_);
    idle_.clear();
  }

 private:
  const std::string conninfo_;
  absl::Mutex mu_;
  size_t left_ ABSL_GUARDED_BY(mu_);
  std::vector<std::unique_ptr<PgConnection>> idle_ ABSL_GUARDED_BY(mu_);
};

// What the snapshots and the writer of a store share.
struct Shared {
  Shared(const PostgresOptions& options, int64_t instance)
      : statements(options.schema),
        instance(instance),
        patience(options.patience),
        pool(options.conninfo, options.snapshots_max) {}

  // The last guarded write of this instance, and the row that shows it.
  struct Written {
    std::string guard_key;  // empty: none yet
    int64_t ver = 0;
  };

  const Statements statements;
  const int64_t instance;
  const absl::Duration patience;
  Pool pool;
  absl::Mutex mu;
  Written written ABSL_GUARDED_BY(mu);
};

// Waits before the next attempt; false if there is no time for one.
class Backoff {
 public:
  explicit Backoff(Deadline deadline) : deadline_(deadline) {}
  Deadline deadline() const { return deadline_; }
  bool Wait() {
    if (steady_clock::now() + delay_ >= deadline_) return false;
    std::this_thread::sleep_for(delay_);
    delay_ = std::min<steady_clock::duration>(2 * delay_, kRetryDelayMax);
    return true;
  }

 private:
  const Deadline deadline_;
  steady_clock::duration delay_ = kRetryDelayMin;
};

// One transaction that many readers share. Thread-safe.
class Snapshot {
 public:
  explicit Snapshot(Shared* shared) : shared_(shared) {}
  ~Snapshot() {
    if (connection_ == nullptr) return;
    connection_->Queue(shared_->statements.commit);
    connection_->Flush();
    shared_->pool.Put(std::move(connection_));
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // May a new reader join, or has it been open for too long, or failed?
  bool Fresh() const {
    absl::MutexLock lock(&mu_);
    return !closed_ && (!opened_ || steady_clock::now() < opened_at_ + kShareMax);
  }

  using Values = std::vector<std::optional<std::string>>;
  // The values of `keys`, which outlive the call.
  absl::StatusOr<Values> Get(std::vector<absl::string_view> keys) {
    Waiting me;
    me.keys = std::move(keys);
    const auto turn = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return me.done || !busy_; };
    std::vector<Waiting*> merged;
    {
      const ScopedWait waiting;
      absl::MutexLock lock(&mu_);
      waiting_.push_back(&me);
      mu_.Await(absl::Condition(&turn));
      if (me.done) return std::move(me.values);
      busy_ = true;
      merged.swap(waiting_);
    }
    Fill(merged);
    absl::MutexLock lock(&mu_);
    for (Waiting* waiting : merged) waiting->done = true;
    busy_ = false;
    return std::move(me.values);
  }

  absl::StatusOr<std::vector<KeyValue>> Scan(const PgStatement& statement,
                                             const std::vector<std::string>& parameters) {
    const auto free = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !busy_; };
    {
      const ScopedWait waiting;
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(&free));
      busy_ = true;
    }
    const auto result = Run(statement, parameters);
    {
      absl::MutexLock lock(&mu_);
      busy_ = false;
    }
    if (!result.ok()) return result.status();
    std::vector<KeyValue> out;
    out.reserve(static_cast<size_t>(result->rows()));
    for (int row = 0; row < result->rows(); ++row) {
      out.push_back({std::string(result->Bytes(row, 0)), std::string(result->Bytes(row, 1))});
    }
    return out;
  }

 private:
  struct Waiting {
    std::vector<absl::string_view> keys;
    absl::StatusOr<Values> values;
    bool done = false;  // under mu_
  };

  void Fill(const std::vector<Waiting*>& merged) {
    std::vector<absl::string_view> keys;
    for (const Waiting* waiting : merged) {
      keys.insert(keys.end(), waiting->keys.begin(), waiting->keys.end());
    }
    const auto result = Run(shared_->statements.get, {PgBytesArray(keys)});
    absl::flat_hash_map<absl::string_view, int> rows;
    for (int row = 0; result.ok() && row < result->rows(); ++row) rows[result->Bytes(row, 0)] = row;
    for (Waiting* waiting : merged) {
      if (!result.ok()) {
        waiting->values = result.status();
        continue;
      }
      Values values(waiting->keys.size());
      for (size_t i = 0; i < values.size(); ++i) {
        const auto row = rows.find(waiting->keys[i]);
        if (row != rows.end()) values[i] = std::string(result->Bytes(row->second, 1));
      }
      waiting->values = std::move(values);
    }
  }

  // Runs a read in the transaction; only whoever has set busy_.
  absl::StatusOr<PgResult> Run(const PgStatement& statement,
                               const std::vector<std::string>& parameters) {
    RETURN_IF_ERROR(lost_);
    absl::StatusOr<PgResult> result = absl::UnknownError("");
    if (connection_ == nullptr) {
      result = Open(statement, parameters);
      absl::MutexLock lock(&mu_);
      opened_ = true;
      opened_at_ = steady_clock::now();
    } else {
      connection_->Queue(statement, parameters);
      auto results = connection_->Collect(DeadlineIn(shared_->patience));
      if (results.ok()) return std::move(results->back());
      result = !IsTransient(results.status())
                   ? results.status()
                   : MakeError(kErrors["STORE_SNAPSHOT_LOST"],
                               "the connection of the snapshot broke; begin again");
      connection_ = nullptr;
      shared_->pool.Put(nullptr);
      shared_->pool.Clear();
    }
    if (!result.ok()) {
      lost_ = result.status();
      absl::MutexLock lock(&mu_);
      closed_ = true;
    }
    return result;
  }

  // Nothing has been read yet, so attempts on other connections are free.
  absl::StatusOr<PgResult> Open(const PgStatement& statement,
                                const std::vector<std::string>& parameters) {
    Backoff backoff(DeadlineIn(shared_->patience));
    while (true) {
      auto connection = shared_->pool.Take(backoff.deadline());
      absl::Status error = connection.status();
      if (connection.ok()) {
        auto result = OpenOn(**connection, statement, parameters, backoff.deadline());
        if (result.ok()) {
          connection_ = *std::move(connection);
          return result;
        }
        error = result.status();
        shared_->pool.Put(nullptr);
        shared_->pool.Clear();
      }
      if (!IsTransient(error) || !backoff.Wait()) return error;
    }
  }

  absl::StatusOr<PgResult> OpenOn(PgConnection& connection, const PgStatement& statement,
                                  const std::vector<std::string>& parameters, Deadline deadline) {
    Shared::Written written;
    {
      absl::MutexLock lock(&shared_->mu);
      written = shared_->written;
    }
    const bool verify = !written.guard_key.empty();
    connection.Queue(shared_->statements.begin);
    if (verify) connection.Queue(shared_->statements.version, {written.guard_key});
    connection.Queue(statement, parameters);
    ASSIGN_OR_RETURN(auto results, connection.Collect(deadline));
    if (verify) {
      const PgResult& found = results[results.size() - 2];
      const int64_t ver = found.rows() == 0 ? 0 : found.Int64(0, 0);
      if (Version::Of(ver).count < Version::Of(written.ver).count) {
        return MakeError(kErrors["STORE_FAILED"],
                         "the database that answers lacks what was written last");
      }
      if (ver != written.ver && Version::Of(ver).instance != shared_->instance) {
        return ConflictError();
      }
    }
    return std::move(results.back());
  }

  Shared* const shared_;

  // Only whoever has set busy_ may touch these two.
  std::unique_ptr<PgConnection> connection_;
  absl::Status lost_;

  mutable absl::Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;
  bool opened_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  Deadline opened_at_ ABSL_GUARDED_BY(mu_);
  std::vector<Waiting*> waiting_ ABSL_GUARDED_BY(mu_);
};

class PostgresReader : public Reader {
 public:
  PostgresReader(const Statements* statements, std::shared_ptr<Snapshot> snapshot)
      : statements_(statements), snapshot_(std::move(snapshot)) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    const auto fetched = fetched_.find(key);
    if (fetched != fetched_.end()) return fetched->second;
    ASSIGN_OR_RETURN(auto values, snapshot_->Get({key}));
    return std::move(values[0]);
  }
  void Prefetch(const std::vector<std::string>& keys) const override {
    auto values = snapshot_->Get({keys.begin(), keys.end()});
    if (!values.ok()) return;  // Get will say so
    for (size_t i = 0; i < keys.size(); ++i) fetched_[keys[i]] = std::move((*values)[i]);
  }
  absl::StatusOr<std::vector<KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                             size_t limit) const override {
    return Scan({begin, end}, limit, {&statements_->scan, &statements_->scan_on});
  }
  absl::StatusOr<std::vector<KeyValue>> ScanReverse(absl::string_view begin, absl::string_view end,
                                                    size_t limit) const override {
    return Scan({begin, end}, limit, {&statements_->scan_reverse, &statements_->scan_reverse_on});
  }

 private:
  struct Range {
    absl::string_view begin, end;
  };
  struct Forms {
    const PgStatement* bounded;
    const PgStatement* open;
  };
  absl::StatusOr<std::vector<KeyValue>> Scan(Range range, size_t limit, Forms forms) const {
    if (limit == 0 || (!range.end.empty() && range.begin >= range.end)) {
      return std::vector<KeyValue>();
    }
    std::vector<std::string> parameters = {std::string(range.begin)};
    if (!range.end.empty()) parameters.emplace_back(range.end);
    parameters.push_back(PgInt64(static_cast<int64_t>(std::min<size_t>(limit, INT64_MAX))));
    return snapshot_->Scan(range.end.empty() ? *forms.open : *forms.bounded, parameters);
  }

  const Statements* const statements_;
  const std::shared_ptr<Snapshot> snapshot_;
  mutable absl::flat_hash_map<std::string, std::optional<std::string>> fetched_;
};

class PostgresBackend : public Backend {
 public:
  PostgresBackend(PostgresOptions options, int64_t instance)
      : options_(std::move(options)), shared_(options_, instance) {}

  absl::Status CreateTable();

  std::unique_ptr<Reader> NewSnapshot() const override {
    absl::MutexLock lock(&mu_);
    std::shared_ptr<Snapshot> snapshot = current_.lock();
    if (snapshot == nullptr || !snapshot->Fresh()) {
      snapshot = std::make_shared<Snapshot>(&shared_);
      current_ = snapshot;
    }
    return std::make_unique<PostgresReader>(&shared_.statements, std::move(snapshot));
  }

  absl::Status Write(const WriteBatch& batch) override;

 private:
  absl::Status Connect(Deadline deadline) {
    if (connection_ != nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(connection_, PgConnection::Connect(options_.conninfo, deadline));
    return absl::OkStatus();
  }
  absl::StatusOr<int64_t> NextVersion(const std::string& guard_key, Deadline deadline);

  const PostgresOptions options_;
  mutable Shared shared_;
  std::unique_ptr<PgConnection> connection_;  // the writer's own

  mutable absl::Mutex mu_;
  mutable std::weak_ptr<Snapshot> current_ ABSL_GUARDED_BY(mu_);
};

absl::Status PostgresBackend::CreateTable() {
  const Statements& statements = shared_.statements;
  const Deadline deadline = DeadlineIn(options_.patience);
  RETURN_IF_ERROR(Connect(deadline));
  connection_->Queue(statements.exists);
  ASSIGN_OR_RETURN(const auto found, connection_->Collect(deadline));
  if (found[0].Int64(0, 0) > 0) return absl::OkStatus();
  connection_->Queue(statements.create_schema);
  connection_->Queue(statements.create_table);
  connection_->Queue(statements.no_compression);
  return connection_->Collect(deadline).status();
}

// What the guard row's ver is to become.
absl::StatusOr<int64_t> PostgresBackend::NextVersion(const std::string& guard_key,
                                                     Deadline deadline) {
  int64_t last = 0;
  {
    absl::MutexLock lock(&shared_.mu);
    if (shared_.written.guard_key == guard_key) last = shared_.written.ver;
  }
  if (last == 0) {
    connection_->Queue(shared_.statements.version, {guard_key});
    ASSIGN_OR_RETURN(const auto found, connection_->Collect(deadline));
    if (found[0].rows() > 0) last = found[0].Int64(0, 0);
  }
  return Version{Version::Of(last).count + 1, shared_.instance}.Encode();
}

absl::Status PostgresBackend::Write(const WriteBatch& batch) {
  // A statement may meet a row only once: the last operation on a key stands.
  std::vector<const WriteBatch::Op*> ops;
  ops.reserve(batch.ops.size());
  for (const WriteBatch::Op& op : batch.ops) ops.push_back(&op);
  std::stable_sort(ops.begin(), ops.end(),
                   [](const auto* a, const auto* b) { return a->key < b->key; });
  std::vector<absl::string_view> deletes, keys, values;
  for (size_t i = 0; i < ops.size(); ++i) {
    if (i + 1 < ops.size() && ops[i + 1]->key == ops[i]->key) continue;
    if (ops[i]->value.has_value()) {
      keys.push_back(ops[i]->key);
      values.push_back(*ops[i]->value);
    } else {
      deletes.push_back(ops[i]->key);
    }
  }
  const auto& guard = batch.guard;
  std::vector<std::string> parameters = {PgBytesArray(deletes), PgBytesArray(keys),
                                         PgBytesArray(values), ""};
  const PgStatement* statement = &shared_.statements.write;
  if (guard.has_value()) {
    parameters.insert(parameters.end(), {guard->key, guard->value});
    statement = &shared_.statements.write_first;
    if (guard->expected.has_value()) {
      parameters.push_back(*guard->expected);
      statement = &shared_.statements.write_after;
    }
  }

  Backoff backoff(DeadlineIn(options_.patience));
  int64_t ver = 0;
  bool unknown = false;  // may an earlier attempt have taken effect?
  const auto attempt = [&]() -> absl::Status {
    RETURN_IF_ERROR(Connect(backoff.deadline()));
    if (ver == 0 && guard.has_value()) {
      ASSIGN_OR_RETURN(ver, NextVersion(guard->key, backoff.deadline()));
    }
    parameters[3] = PgInt64(ver);
    connection_->Queue(*statement, parameters);
    const auto results = connection_->Collect(backoff.deadline());
    if (!results.ok()) {
      unknown = unknown || !IsRefused(results.status());
      return results.status();
    }
    const PgResult& result = results->back();
    if (result.Int64(0, 0) > 0) return absl::OkStatus();
    if (!result.IsNull(0, 1) && result.Int64(0, 1) == ver) return absl::OkStatus();
    return ConflictError();
  };
  absl::Status status = attempt();
  while (!status.ok() && IsTransient(status) && backoff.Wait()) {
    connection_ = nullptr;
    shared_.pool.Clear();
    status = attempt();
  }
  if (status.ok() && guard.has_value()) {
    absl::MutexLock lock(&shared_.mu);
    shared_.written = {guard->key, ver};
  }
  if (!status.ok()) connection_ = nullptr;
  {
    absl::MutexLock lock(&mu_);
    current_.reset();
  }
  if (unknown && ErrorReason(status) == "STORE_CONFLICT") {
    return MakeError(kErrors["STORE_OUTCOME_UNKNOWN"],
                     "another writer came in while the outcome of a write was being found out");
  }
  return status;
}

bool IsSchemaName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

}  // namespace

absl::Status CheckPostgresConninfo(const std::string& conninfo) {
  return PgConnection::CheckConninfo(conninfo);
}

absl::StatusOr<std::unique_ptr<Backend>> OpenPostgresBackend(const PostgresOptions& options,
                                                             crypto::Random& random) {
  RETURN_IF_ERROR(CheckPostgresConninfo(options.conninfo));
  if (!IsSchemaName(options.schema)) {
    return MakeError(kErrors["STORE_CONNINFO"],
                     "a schema's name has small letters, digits and underscores");
  }
  const int64_t instance =
      static_cast<int64_t>(ReadU32Be(random.Bytes(4)) & ((uint32_t{1} << kInstanceBits) - 1));
  auto backend = std::make_unique<PostgresBackend>(options, instance);
  RETURN_IF_ERROR(backend->CreateTable());
  return backend;
}

}  // namespace jodal::kv
