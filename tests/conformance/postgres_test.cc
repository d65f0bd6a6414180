// What is particular to the PostgreSQL engine: lost connections, lost answers, other writers.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/crypto/random.h"
#include "common/ledger/check_ledger.h"
#include "common/ledger/ledger.h"
#include "common/ledger/testing.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "tests/conformance/cutting_proxy.h"
#include "tests/conformance/stores.h"
#include "tests/support/postgres/test_postgres.h"

namespace jodal::conformance {
namespace {

using kv::WriteBatch;
using ledger::kTestOrigin;
using ledger::Ledger;
using testing_support::FreshName;
using testing_support::RunSql;
using testing_support::SharedTestPostgres;
using testing_support::TestPostgres;
using Cut = CuttingProxy::Cut;

// Folder of the socket in "host=FOLDER user=... ".
std::string HostOf(const std::string& conninfo) {
  const size_t begin = conninfo.find("host=") + 5;
  return conninfo.substr(begin, conninfo.find(' ', begin) - begin);
}

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto conninfo = SharedTestPostgres();
    if (absl::IsNotFound(conninfo.status())) GTEST_SKIP() << conninfo.status().message();
    ASSERT_TRUE(conninfo.ok()) << conninfo.status();
    conninfo_ = *conninfo;
    proxy_ = std::make_unique<CuttingProxy>(HostOf(conninfo_));
  }
  void TearDown() override {
    if (!conninfo_.empty()) Sql(absl::StrCat("DROP SCHEMA IF EXISTS ", schema_, " CASCADE"));
  }

  std::string Sql(const std::string& sql) {
    auto result = RunSql(conninfo_, sql);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : "";
  }
  std::unique_ptr<kv::Backend> Open(kv::PostgresOptions options = {}) {
    if (options.conninfo.empty()) options.conninfo = conninfo_;
    options.schema = schema_;
    auto opened = kv::OpenPostgresBackend(options, crypto::SystemRandom());
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  std::string ThroughProxy() const {
    return absl::StrReplaceAll(conninfo_, {{HostOf(conninfo_), proxy_->dir()}});
  }
  std::unique_ptr<Ledger> OpenLedger(std::unique_ptr<kv::Backend> backend) {
    auto opened = Ledger::Open(std::move(backend), ledger::TestOptions(&clock_));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  // A batch that adds `value` to those that were written: "1", "12", "123".
  static WriteBatch Chained(const std::string& before, const std::string& value) {
    return {.ops = {{"a" + value, value}},
            .guard = WriteBatch::Guard{
                "g", before.empty() ? std::nullopt : std::optional<std::string>(before),
                before + value}};
  }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  const std::string schema_ = FreshName();
  std::string conninfo_;
  std::unique_ptr<CuttingProxy> proxy_;
};

TEST_F(PostgresTest, ALostRequestIsSentAgain) {
  const auto backend = Open({.conninfo = ThroughProxy()});
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  proxy_->SetPlan({.cut = Cut::kRequest, .mark = "a2"});
  EXPECT_EQ(backend->Write(Chained("1", "2")), absl::OkStatus());
  proxy_->AwaitCut();
  EXPECT_EQ(backend->NewSnapshot()->Get("g").value(), "12");
  EXPECT_EQ(backend->NewSnapshot()->Get("a2").value(), "2");
  EXPECT_EQ(backend->Write(Chained("12", "3")), absl::OkStatus());
}

TEST_F(PostgresTest, ACommitWhoseAnswerIsLostIsFound) {
  const auto backend = Open({.conninfo = ThroughProxy()});
  // The very first one too, which inserts the guard.
  proxy_->SetPlan({.cut = Cut::kAnswer, .mark = "a1"});
  EXPECT_EQ(backend->Write(Chained("", "1")), absl::OkStatus());
  proxy_->AwaitCut();
  proxy_->SetPlan({.cut = Cut::kAnswer, .mark = "a2"});
  EXPECT_EQ(backend->Write(Chained("1", "2")), absl::OkStatus());
  proxy_->AwaitCut();
  EXPECT_EQ(backend->NewSnapshot()->Get("g").value(), "12");
  EXPECT_EQ(Sql(absl::StrCat("SELECT ver >> 23 FROM ", schema_, ".kv WHERE k = 'g'")), "2")
      << "written twice in all";
}

TEST_F(PostgresTest, AWriteThatFindsNoServerInTimeIsUnknownAndItsRequestIdTells) {
  for (const Cut cut : {Cut::kAnswer, Cut::kRequest}) {
    const std::string id = cut == Cut::kAnswer ? "request that arrives" : "request that does not";
    const ledger::UpdateRequest request{
        .idempotency_scope = "s", .request_id = id, .content_digest = "d"};
    const auto body = [&](ledger::Txn& txn) {
      txn.Put("key of " + id, "1");
      txn.Emit({.type = "test"});
      txn.SetResponse("answer to " + id);
      return absl::OkStatus();
    };
    {
      const auto ledger =
          OpenLedger(Open({.conninfo = ThroughProxy(), .patience = absl::Seconds(2)}));
      proxy_->SetPlan({.cut = cut, .mark = "key of " + id, .refuse = true});
      const absl::Status unknown = ledger->Update(request, body).status();
      EXPECT_EQ(unknown.code(), absl::StatusCode::kUnavailable);
      EXPECT_EQ(ErrorReason(unknown), "COMMIT_UNKNOWN");
      EXPECT_TRUE(ledger->stopped());
      proxy_->Admit();
      EXPECT_EQ(ErrorReason(ledger->Update(request, body).status()), "LEDGER_STOPPED");
    }
    const auto ledger = OpenLedger(Open());
    const auto again = ledger->Update(request, body);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->repeated, cut == Cut::kAnswer);
    EXPECT_EQ(again->response, "answer to " + id);
    EXPECT_EQ(again->receipts.size(), 1u);
  }
  EXPECT_EQ(Sql(absl::StrCat("SELECT count(*) FROM ", schema_, ".kv WHERE k LIKE 'E%'")), "2");
}

TEST_F(PostgresTest, AnotherWriterThatComesInMeanwhileMakesTheOutcomeUnknown) {
  const auto backend = Open({.conninfo = ThroughProxy()});
  const auto other = Open();
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  proxy_->SetPlan({.cut = Cut::kAnswer, .mark = "a2", .refuse = true});
  absl::Status outcome;
  std::thread writer([&] { outcome = backend->Write(Chained("1", "2")); });
  proxy_->AwaitCut();
  ASSERT_EQ(other->Write(Chained("12", "3")), absl::OkStatus());
  proxy_->Admit();
  writer.join();
  EXPECT_EQ(outcome.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(outcome), "STORE_OUTCOME_UNKNOWN");
  EXPECT_EQ(ErrorReason(backend->Write(Chained("12", "4"))), "STORE_CONFLICT");
}

// The process is gone, but not what it had sent.
TEST_F(PostgresTest, AWriteOnItsWayCannotComeInAfterATakeover) {
  const auto put = [](const std::string& value) {
    return [value](ledger::Txn& txn) {
      txn.Put("k", value);
      txn.Emit({.type = "test"});
      return absl::OkStatus();
    };
  };
  const auto first = OpenLedger(Open({.conninfo = ThroughProxy()}));
  ASSERT_TRUE(first->Update({}, put("before")).ok());
  proxy_->SetPlan({.cut = Cut::kHold, .mark = "on its way"});
  absl::Status outcome;
  std::thread writer([&] { outcome = first->Update({}, put("on its way")).status(); });
  proxy_->AwaitCut();
  const auto second = OpenLedger(Open());
  proxy_->Admit();
  writer.join();
  EXPECT_EQ(ErrorReason(outcome), "LEDGER_FENCED");
  EXPECT_EQ(second->Size(), 1u);
  ASSERT_TRUE(second->Update({}, put("after")).ok());
  EXPECT_EQ(ledger::CheckLedger(*Open(), kTestOrigin), absl::OkStatus());
}

TEST_F(PostgresTest, AReaderLearnsThatAnotherOneWrites) {
  const auto backend = Open();
  const auto other = Open();
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  EXPECT_EQ(other->NewSnapshot()->Get("g").value(), "1") << "who only reads may read";
  ASSERT_TRUE(other->Write(Chained("1", "2")).ok());
  const absl::Status read = backend->NewSnapshot()->Get("g").status();
  EXPECT_EQ(read.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(read), "STORE_CONFLICT");
  EXPECT_EQ(other->NewSnapshot()->Get("g").value(), "12");
}

// As when connections lead to a server that was the first and does not know that it no longer is.
TEST_F(PostgresTest, AServerThatLagsBehindIsNotRead) {
  const auto backend = Open({.patience = absl::Seconds(2)});
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  const std::string row = absl::StrCat(schema_, ".kv SET ver = ");
  const std::string before = Sql(absl::StrCat("SELECT ver FROM ", schema_, ".kv WHERE k = 'g'"));
  ASSERT_TRUE(backend->Write(Chained("1", "2")).ok());
  const std::string after = Sql(absl::StrCat("SELECT ver FROM ", schema_, ".kv WHERE k = 'g'"));
  Sql(absl::StrCat("UPDATE ", row, before, " WHERE k = 'g'"));
  const absl::Status read = backend->NewSnapshot()->Get("g").status();
  EXPECT_EQ(read.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(read), "STORE_FAILED");
  Sql(absl::StrCat("UPDATE ", row, after, " WHERE k = 'g'"));
  EXPECT_EQ(backend->NewSnapshot()->Get("g").value(), "12");
}

TEST_F(PostgresTest, AnotherTransactionOnTheGuardIsWaitedFor) {
  const auto backend = Open();
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  const std::unique_ptr<PGconn, decltype(&PQfinish)> holder(PQconnectdb(conninfo_.c_str()),
                                                            &PQfinish);
  const auto hold = [&](const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(holder.get(), sql.c_str()),
                                                               &PQclear);
    ASSERT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQerrorMessage(holder.get());
  };
  // The lock's holder changes nothing, then sets the guard to another value.
  for (const bool changes : {false, true}) {
    hold(absl::StrCat("BEGIN; UPDATE ", schema_, ".kv SET v = ", changes ? "'9'" : "v",
                      " WHERE k = 'g'"));
    absl::Status written;
    std::thread writer([&] { written = backend->Write(Chained("1", "2")); });
    while (Sql(absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                            "AND query LIKE '%",
                            schema_, ".kv%'")) == "0") {
    }
    hold("COMMIT");
    writer.join();
    EXPECT_EQ(ErrorReason(written), changes ? "STORE_CONFLICT" : "");
    EXPECT_EQ(Sql(absl::StrCat("SELECT v FROM ", schema_, ".kv WHERE k = 'g'")),
              changes ? "\\x39" : "\\x3132");
    Sql(absl::StrCat("UPDATE ", schema_, ".kv SET v = '1' WHERE k = 'g'"));
  }
}

TEST_F(PostgresTest, ASnapshotGoesWithItsConnectionAndANewOneComes) {
  const auto backend = Open({.conninfo = conninfo_ + " application_name=" + schema_});
  const std::string terminate = absl::StrCat(
      "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE "
      "application_name = '",
      schema_, "'");
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  const auto begun = backend->NewSnapshot();
  EXPECT_EQ(begun->Get("g").value(), "1");
  EXPECT_EQ(Sql(terminate), "2") << "the writer's and the snapshot's";
  const absl::Status lost = begun->Get("g").status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(lost), "STORE_SNAPSHOT_LOST");
  EXPECT_EQ(begun->Scan("", "", 9).status(), lost) << "it does not come back as another one";
  EXPECT_EQ(backend->NewSnapshot()->Get("g").value(), "1");
  // Connections that lie idle are replaced without anybody's noticing.
  Sql(terminate);
  EXPECT_EQ(backend->NewSnapshot()->Scan("g", "h", 9)->size(), 1u);
  EXPECT_EQ(backend->Write(Chained("1", "2")), absl::OkStatus());
}

TEST_F(PostgresTest, ReadersBetweenTwoWritesShareAConnection) {
  const auto backend = Open({.snapshots_max = 2, .patience = absl::Seconds(2)});
  ASSERT_TRUE(backend->Write(Chained("", "1")).ok());
  std::vector<std::unique_ptr<kv::Reader>> readers;
  for (int i = 0; i < 100; ++i) {
    readers.push_back(backend->NewSnapshot());
    EXPECT_EQ(readers.back()->Get("g").value(), "1");
  }
  ASSERT_TRUE(backend->Write(Chained("1", "2")).ok());
  for (int i = 0; i < 100; ++i) {
    readers.push_back(backend->NewSnapshot());
    EXPECT_EQ(readers.back()->Get("g").value(), "12");
    EXPECT_EQ(readers[static_cast<size_t>(i)]->Get("g").value(), "1");
  }
  ASSERT_TRUE(backend->Write(Chained("12", "3")).ok());
  const absl::Status busy = backend->NewSnapshot()->Get("g").status();
  EXPECT_EQ(busy.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(busy), "STORE_BUSY");
  readers.clear();
  EXPECT_EQ(backend->NewSnapshot()->Get("g").value(), "123");
}

// Many threads read through few snapshots while another one writes: every answer is the asker's
// own.
TEST_F(PostgresTest, MergedReadsGiveEveryoneHisOwn) {
  const auto backend = Open();
  constexpr int kKeys = 200;
  WriteBatch all;
  for (int i = 0; i < kKeys; i += 2)
    all.ops.push_back({absl::StrCat("k", i), absl::StrCat("v", i)});
  ASSERT_TRUE(backend->Write(all).ok());
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(static_cast<uint64_t>(t));
      for (int i = 0; i < 300; ++i) {
        const int key = static_cast<int>(random() % kKeys);
        const auto reader = backend->NewSnapshot();
        const auto value = reader->Get(absl::StrCat("k", key));
        ASSERT_TRUE(value.ok()) << value.status();
        ASSERT_EQ(value->value_or("none"), key % 2 == 0 ? absl::StrCat("v", key) : "none");
        const auto n = reader->Get("n");
        ASSERT_EQ(n.value(), reader->Get("n").value());
      }
    });
  }
  std::thread writer([&] {
    for (int i = 0; !done; ++i) ASSERT_TRUE(backend->Write({{{"n", absl::StrCat(i)}}}).ok());
  });
  for (std::thread& thread : threads) thread.join();
  done = true;
  writer.join();
}

TEST_F(PostgresTest, RefusesAServerThatDoesNotSync) {
  const auto opened = kv::OpenPostgresBackend(
      {.conninfo = conninfo_ + " options='-c synchronous_commit=off'", .schema = schema_},
      crypto::SystemRandom());
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(opened.status()), "STORE_NOT_DURABLE");
}

TEST_F(PostgresTest, NamesWhatIsWrongWithItsOptions) {
  const auto reason = [](const std::string& conninfo, const std::string& schema) {
    return ErrorReason(
        kv::OpenPostgresBackend({.conninfo = conninfo, .schema = schema}, crypto::SystemRandom())
            .status());
  };
  EXPECT_EQ(reason("host=/no/such/folder", "s"), "STORE_FAILED");
  EXPECT_EQ(reason("hots=x", "s"), "STORE_CONNINFO");
  EXPECT_EQ(reason(conninfo_ + " password=x", "s"), "STORE_CONNINFO");
  for (const char* schema : {"", "a;b", "A", "1a", "a\"b"}) {
    EXPECT_EQ(reason(conninfo_, schema), "STORE_CONNINFO") << schema;
  }
}

TEST_F(PostgresTest, StoresOfOneDatabaseAreApart) {
  const auto backend = Open();
  ASSERT_TRUE(backend->Write({{{"k", "here"}}}).ok());
  const std::string elsewhere = FreshName();
  const auto other =
      kv::OpenPostgresBackend({.conninfo = conninfo_, .schema = elsewhere}, crypto::SystemRandom());
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ((*other)->NewSnapshot()->Get("k").value(), std::nullopt);
  Sql(absl::StrCat("DROP SCHEMA ", elsewhere, " CASCADE"));
}

// The server is cut off again and again under load; the ledger waits for it and loses nothing.
TEST(PostgresCrashTest, TheLedgerOutlivesItsServer) {
  auto server = TestPostgres::Start();
  if (absl::IsNotFound(server.status())) GTEST_SKIP() << server.status().message();
  ASSERT_TRUE(server.ok()) << server.status();
  const kv::PostgresOptions options{.conninfo = (*server)->conninfo(), .schema = "s"};
  auto backend = kv::OpenPostgresBackend(options, crypto::SystemRandom());
  ASSERT_TRUE(backend.ok()) << backend.status();
  auto ledger = Ledger::Open(*std::move(backend), ledger::TestOptions(&SystemClock()));
  ASSERT_TRUE(ledger.ok()) << ledger.status();

  constexpr int kThreads = 6;
  std::atomic<bool> done = false;
  std::atomic<int> committed = 0;
  std::atomic<int> lost_reads = 0;
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !done && !failed; ++i) {
        const std::string id = absl::StrCat(t, ".", i);
        while (true) {
          const auto result =
              (*ledger)->Update({.idempotency_scope = "s", .request_id = id, .content_digest = "d"},
                                [&](ledger::Txn& txn) -> absl::Status {
                                  ASSIGN_OR_RETURN(const auto n, txn.Get("n"));
                                  txn.Put("n", absl::StrCat(std::stoi(n.value_or("0")) + 1));
                                  txn.Emit({.type = "test", .subject = id});
                                  return absl::OkStatus();
                                });
          if (result.ok()) break;
          // A read that had begun may be lost, never a write.
          if (ErrorReason(result.status()) != "STORE_SNAPSHOT_LOST") {
            failed = true;
            FAIL() << result.status();
          }
          ++lost_reads;
        }
        ++committed;
      }
    });
  }
  for (int crash = 0; crash < 2; ++crash) {
    const int before = committed;
    while (committed < before + 100 && !failed) absl::SleepFor(absl::Milliseconds(1));
    ASSERT_EQ((*server)->Stop(), absl::OkStatus());
    ASSERT_EQ((*server)->Restart(), absl::OkStatus());
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE((*ledger)->stopped());
  EXPECT_EQ((*ledger)->Size(), static_cast<uint64_t>(committed));
  EXPECT_TRUE((*ledger)
                  ->View(0,
                         [&](const kv::Reader& reader) {
                           EXPECT_EQ(reader.Get("n").value(), absl::StrCat(committed.load()));
                           return absl::OkStatus();
                         })
                  .ok());
  ledger->reset();
  const auto inspected = kv::OpenPostgresBackend(options, crypto::SystemRandom());
  ASSERT_TRUE(inspected.ok()) << inspected.status();
  EXPECT_EQ(ledger::CheckLedger(**inspected, kTestOrigin), absl::OkStatus());
}

}  // namespace
}  // namespace jodal::conformance
