#include "common/log_service/log_service.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/kv/backend.h"
#include "common/log_service/log_client.h"
#include "common/rpc/call.h"
#include "common/rpc/identity.h"
#include "common/status/error.h"
#include "jodal/log/v1/log.grpc.pb.h"

namespace jodal::log_service {
namespace {

namespace pb = jodal::log::v1;
using Stub = pb::LogService::Stub;

class LogServiceTest : public testing::Test {
 protected:
  LogServiceTest() { Open({"tender", "bidding"}); }
  ~LogServiceTest() override { Close(); }

  void Open(const std::vector<std::string>& names) {
    std::map<std::string, const ledger::Ledger*> logs;
    for (const auto& name : names) {
      auto opened = ledger::Ledger::Open(kv::NewMemoryBackend(),
                                         {.origin = "demo/" + name,
                                          .clock = &SystemClock(),
                                          .log_key = std::make_shared<crypto::Ed25519PrivateKey>(
                                              crypto::Ed25519PrivateKey::Generate(random_))});
      ASSERT_TRUE(opened.ok()) << opened.status();
      logs[name] = opened->get();
      ledgers_[name] = *std::move(opened);
    }
    executor_ = std::make_unique<rpc::Executor>(2, 64);
    host_ = LogHost::Create({.logs = logs,
                             .clock = &SystemClock(),
                             .executor = executor_.get(),
                             .sessions = &sessions_});
    grpc::ServerBuilder builder;
    builder.RegisterService(host_->service());
    server_ = builder.BuildAndStart();
    stub_ = pb::LogService::NewStub(server_->InProcessChannel({}));
  }

  void Close() {
    if (host_ != nullptr) host_->Shutdown();
    if (server_ != nullptr) server_->Shutdown();
    server_.reset();
    host_.reset();
    executor_.reset();
    ledgers_.clear();
  }

  void Append(const std::string& log, int n, size_t body_bytes = 4, bool is_public = true) {
    for (int i = 0; i < n; ++i) {
      const uint64_t seq = ledgers_[log]->Size();
      const auto done = ledgers_[log]->Update({}, [&](ledger::Txn& txn) {
        txn.Put("k", absl::StrCat(seq));
        txn.Emit({.type = "t.happened",
                  .subject = "things/1",
                  .actor_role = "system",
                  .body = std::string(body_bytes, 'b'),
                  .is_public = is_public});
        return absl::OkStatus();
      });
      ASSERT_TRUE(done.ok()) << done.status();
    }
  }

  rpc::CallOptions In(const std::string& log, bool as_service = false) {
    rpc::CallOptions options{.metadata = LogMetadata(log)};
    if (as_service) options.metadata[rpc::kServiceMetadata] = "tracking";
    return options;
  }

  std::string List(pb::ListEntriesRequest request, const rpc::CallOptions& options,
                   pb::ListEntriesResponse* out) {
    auto response = rpc::Invoke(*stub_, &Stub::ListEntries, request, options);
    if (!response.ok()) return ErrorReason(response.status());
    *out = *std::move(response);
    return "OK";
  }

  crypto::FakeRandom random_{3};
  rpc::SessionVerifier sessions_{"log", std::string(rpc::kSessionKeyBytes, 'x')};
  std::map<std::string, std::unique_ptr<ledger::Ledger>> ledgers_;
  std::unique_ptr<rpc::Executor> executor_;
  std::unique_ptr<LogHost> host_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(LogServiceTest, TheLogIsNamedInMetadata) {
  const auto origin = [&](const rpc::CallOptions& options) {
    const auto r = rpc::Invoke(*stub_, &Stub::GetCheckpoint, pb::GetCheckpointRequest(), options);
    return r.ok() ? r->origin() : ErrorReason(r.status());
  };
  EXPECT_EQ(origin(In("tender")), "demo/tender");
  EXPECT_EQ(origin(In("bidding")), "demo/bidding");
  EXPECT_EQ(origin(In("nobody")), "LOG_UNKNOWN");
  EXPECT_EQ(origin({}), "LOG_NOT_NAMED");
  Close();
  Open({"tender"});
  EXPECT_EQ(origin({}), "demo/tender");
  EXPECT_EQ(origin(In("bidding")), "LOG_UNKNOWN");
}

TEST_F(LogServiceTest, ListsWithinLimitsAndRights) {
  Append("tender", 3);
  Append("tender", 1, 4, /*is_public=*/false);
  pb::ListEntriesRequest q;
  pb::ListEntriesResponse r;
  ASSERT_EQ(List(q, In("tender"), &r), "OK");
  ASSERT_EQ(r.entries_size(), 4);
  EXPECT_EQ(r.size(), 4u);
  EXPECT_EQ(r.entries(2).seq(), 2u);
  EXPECT_EQ(r.entries(2).body(), "bbbb");
  EXPECT_EQ(r.entries(3).body(), "");
  EXPECT_FALSE(r.entries(3).is_public());
  pb::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(r.entries(3).entry()));
  EXPECT_EQ(entry.type(), "t.happened");
  ASSERT_EQ(List(q, In("tender", /*as_service=*/true), &r), "OK");
  EXPECT_EQ(r.entries(3).body(), "bbbb");
  q.set_begin(3);
  q.set_limit(1000);
  ASSERT_EQ(List(q, In("tender"), &r), "OK");
  EXPECT_EQ(r.entries_size(), 1);
  q.set_begin(4);
  ASSERT_EQ(List(q, In("tender"), &r), "OK");
  EXPECT_EQ(r.entries_size(), 0);
  q.set_limit(1001);
  EXPECT_EQ(List(q, In("tender"), &r), "LIST_LIMIT");
  q.set_limit(-1);
  EXPECT_EQ(List(q, In("tender"), &r), "LIST_LIMIT");
}

TEST_F(LogServiceTest, AnAnswerIsCutShortBeforeItIsTooLarge) {
  Append("tender", 30, 90000);
  pb::ListEntriesRequest q;
  pb::ListEntriesResponse r;
  ASSERT_EQ(List(q, In("tender"), &r), "OK");
  EXPECT_EQ(r.entries_size(), 23);
  EXPECT_EQ(r.size(), 30u);
  q.set_begin(23);
  ASSERT_EQ(List(q, In("tender"), &r), "OK");
  EXPECT_EQ(r.entries_size(), 7);
}

TEST_F(LogServiceTest, ServesProofs) {
  Append("tender", 5);
  pb::GetReceiptRequest receipt;
  receipt.set_seq(3);
  const auto r = rpc::Invoke(*stub_, &Stub::GetReceipt, receipt, In("tender"));
  ASSERT_TRUE(r.ok()) << r.status();
  EXPECT_EQ(r->receipt().seq(), 3u);
  EXPECT_EQ(r->receipt().origin(), "demo/tender");
  receipt.set_seq(5);
  EXPECT_EQ(rpc::Invoke(*stub_, &Stub::GetReceipt, receipt, In("tender")).status().code(),
            absl::StatusCode::kNotFound);
  pb::GetConsistencyProofRequest proof;
  proof.set_old_size(3);
  proof.set_new_size(5);
  const auto p = rpc::Invoke(*stub_, &Stub::GetConsistencyProof, proof, In("tender"));
  ASSERT_TRUE(p.ok()) << p.status();
  EXPECT_GT(p->hashes_size(), 0);
  const auto tile = rpc::Invoke(*stub_, &Stub::GetTile, pb::GetTileRequest(), In("tender"));
  ASSERT_TRUE(tile.ok()) << tile.status();
  EXPECT_EQ(tile->hashes().size(), 5u * 32);
}

TEST_F(LogServiceTest, WatchFollowsAndResumes) {
  Append("tender", 100);
  for (uint64_t begin : {0u, 63u, 64u, 99u, 100u, 120u}) {
    grpc::ClientContext context;
    rpc::PrepareContext(&context, In("tender"));
    pb::WatchEntriesRequest q;
    q.set_begin(begin);
    const auto reader = stub_->WatchEntries(&context, q);
    pb::LogEntry entry;
    uint64_t next = begin;
    while (next < ledgers_["tender"]->Size()) {
      ASSERT_TRUE(reader->Read(&entry));
      ASSERT_EQ(entry.seq(), next++);
    }
    if (next == ledgers_["tender"]->Size()) {
      Append("tender", 1);
      ASSERT_TRUE(reader->Read(&entry));
      EXPECT_EQ(entry.seq(), next);
    }
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST_F(LogServiceTest, AStreamOfSomeTypesSaysHowFarItIs) {
  ledger::Ledger& log = *ledgers_["tender"];
  const std::set<uint64_t> wanted = {0, 7, 8, 100, 199};
  for (uint64_t seq = 0; seq < 300; ++seq) {
    ASSERT_TRUE(log.Update({},
                           [&](ledger::Txn& txn) {
                             txn.Emit({.type = wanted.count(seq) != 0 ? "rare" : "frequent",
                                       .subject = "things/1",
                                       .body = "b"});
                             return absl::OkStatus();
                           })
                    .ok());
  }
  {
    grpc::ClientContext context;
    rpc::PrepareContext(&context, In("tender", true));
    pb::WatchEntriesRequest q;
    q.add_types("rare");
    q.add_types("rarer");
    const auto reader = stub_->WatchEntries(&context, q);
    std::set<uint64_t> got;
    size_t messages = 0;
    pb::LogEntry entry;
    for (uint64_t next = 0; next < 300; next = entry.seq() + 1) {
      ASSERT_TRUE(reader->Read(&entry));
      ++messages;
      ASSERT_GE(entry.seq(), next);
      if (entry.entry().empty()) continue;
      ASSERT_EQ(entry.seq(), next);
      got.insert(entry.seq());
    }
    EXPECT_EQ(got, wanted);
    EXPECT_LE(messages, 16u) << "those left out share messages";
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  const auto refusal = [&](bool as_service, int types) {
    grpc::ClientContext context;
    rpc::PrepareContext(&context, In("tender", as_service));
    pb::WatchEntriesRequest q;
    for (int i = 0; i < types; ++i) q.add_types(absl::StrCat("t", i));
    const auto reader = stub_->WatchEntries(&context, q);
    pb::LogEntry entry;
    EXPECT_FALSE(reader->Read(&entry));
    return ErrorReason(rpc::FromGrpcStatus(reader->Finish()));
  };
  EXPECT_EQ(refusal(false, 1), "NOT_ALLOWED");
  EXPECT_EQ(refusal(true, kWatchTypesMax + 1), "WATCH_TYPES");
}

// A log that sends what it is told to.
class ScriptedLog : public pb::LogService::Service {
 public:
  explicit ScriptedLog(std::vector<pb::LogEntry> script) : script_(std::move(script)) {}
  grpc::Status WatchEntries(grpc::ServerContext*, const pb::WatchEntriesRequest* q,
                            grpc::ServerWriter<pb::LogEntry>* writer) override {
    for (const pb::LogEntry& entry : script_) {
      if (entry.seq() >= q->begin()) writer->Write(entry);
    }
    return {grpc::StatusCode::UNAVAILABLE, "that was all"};
  }

 private:
  const std::vector<pb::LogEntry> script_;
};

TEST(RemoteLogFetchTest, OnlyAStreamOfSomeTypesLeavesEntriesOut) {
  const auto entry = [](uint64_t seq, const std::string& bytes) {
    pb::LogEntry out;
    out.set_seq(seq);
    out.set_entry(bytes);
    return out;
  };
  // Reads from 0 on and returns the numbers read, or what went wrong.
  const auto read = [&](std::vector<pb::LogEntry> script, const std::vector<std::string>& types) {
    ScriptedLog log(std::move(script));
    grpc::ServerBuilder builder;
    builder.RegisterService(&log);
    const auto server = builder.BuildAndStart();
    auto fetch = RemoteLogFetch(server->InProcessChannel({}), "tender", types);
    std::string out;
    for (uint64_t next = 0; next < 10;) {
      const auto entries = fetch(next, 100);
      if (!entries.ok()) return ErrorReason(entries.status());
      for (const auto& e : *entries) {
        absl::StrAppend(&out, e.seq, e.entry.empty() ? "- " : " ");
        next = e.seq + 1;
      }
    }
    return out;
  };
  EXPECT_EQ(read({entry(0, "a"), entry(1, "b"), entry(9, "c")}, {}), "LOG_GAP");
  EXPECT_EQ(read({entry(9, "")}, {}), "LOG_GAP");
  EXPECT_EQ(read({entry(4, ""), entry(5, "a"), entry(9, "")}, {"t"}), "4- 5 9- ");
  EXPECT_EQ(read({entry(4, ""), entry(6, "a")}, {"t"}), "LOG_GAP");
  EXPECT_EQ(read({entry(4, ""), entry(3, "")}, {"t"}), "LOG_GAP");
}

TEST_F(LogServiceTest, ManyWatchersNeedFewThreads) {
  constexpr int kWatchers = 300;
  std::atomic<int> got = 0;
  absl::Notification all;
  struct Reader : grpc::ClientReadReactor<pb::LogEntry> {
    grpc::ClientContext context;
    pb::WatchEntriesRequest request;
    pb::LogEntry entry;
    std::function<void()> on_entry;
    absl::Notification done;
    void OnReadDone(bool ok) override {
      if (!ok) return;
      on_entry();
      StartRead(&entry);
    }
    void OnDone(const grpc::Status&) override { done.Notify(); }
  };
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < kWatchers; ++i) {
    auto reader = std::make_unique<Reader>();
    rpc::PrepareContext(&reader->context, In("tender"));
    reader->on_entry = [&] {
      if (++got == 2 * kWatchers) all.Notify();
    };
    stub_->async()->WatchEntries(&reader->context, &reader->request, reader.get());
    reader->StartRead(&reader->entry);
    reader->StartCall();
    readers.push_back(std::move(reader));
  }
  Append("tender", 2);
  EXPECT_TRUE(all.WaitForNotificationWithTimeout(absl::Seconds(8)));
  host_->Shutdown();
  for (const auto& reader : readers) reader->done.WaitForNotification();
}

TEST_F(LogServiceTest, ShutdownEndsStreamsAndRefusesNewOnes) {
  grpc::ClientContext context;
  rpc::PrepareContext(&context, In("bidding"));
  const auto reader = stub_->WatchEntries(&context, {});
  Append("bidding", 1);
  pb::LogEntry entry;
  ASSERT_TRUE(reader->Read(&entry));
  host_->Shutdown();
  EXPECT_FALSE(reader->Read(&entry));
  EXPECT_EQ(ErrorReason(rpc::FromGrpcStatus(reader->Finish())), "SHUTTING_DOWN");
  grpc::ClientContext again;
  rpc::PrepareContext(&again, In("bidding"));
  const auto refused = stub_->WatchEntries(&again, {});
  EXPECT_FALSE(refused->Read(&entry));
  EXPECT_EQ(ErrorReason(rpc::FromGrpcStatus(refused->Finish())), "SHUTTING_DOWN");
}

TEST_F(LogServiceTest, RemoteFetchReadsLikeALocalOne) {
  Append("tender", 1000);
  auto fetch = RemoteLogFetch(server_->InProcessChannel({}), "tender");
  uint64_t next = 0;
  while (next < 1000) {
    const auto entries = fetch(next, 100);
    ASSERT_TRUE(entries.ok()) << entries.status();
    ASSERT_LE(entries->size(), 100u);
    for (const auto& entry : *entries) ASSERT_EQ(entry.seq, next++);
  }
  std::thread writer([&] { Append("tender", 1); });
  auto more = fetch(1000, 100);
  writer.join();
  ASSERT_TRUE(more.ok());
  if (more->empty()) more = fetch(1000, 100);
  ASSERT_EQ(more->size(), 1u);
  const auto back = fetch(10, 5);  // another position: another stream
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->front().seq, 10u);
  EXPECT_EQ(fetch(1001, 1)->size(), 0u);  // after about a second

  auto unknown = RemoteLogFetch(server_->InProcessChannel({}), "nobody");
  EXPECT_EQ(ErrorReason(unknown(0, 1).status()), "LOG_UNKNOWN");
}

}  // namespace
}  // namespace jodal::log_service
