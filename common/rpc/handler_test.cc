#include "common/rpc/handler.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/rpc/call.h"
#include "common/rpc/identity.h"
#include "common/rpc/network_peers.h"
#include "common/rpc/test_tls.h"
#include "common/status/error.h"
#include "jodal/training/v1/training.grpc.pb.h"

namespace jodal::rpc {
namespace {

namespace pb = jodal::training::v1;
using Stub = pb::TrainingService::Stub;

const absl::Time kNow = absl::FromUnixSeconds(1790000000);

// Lends the training service's shape to a handler whose access and answer the test chooses.
class Probe : public pb::TrainingService::CallbackService {
 public:
  explicit Probe(HandlerKit::Options options) : kit_(std::move(options)) {}

  grpc::ServerUnaryReactor* GetTime(grpc::CallbackServerContext* c, const pb::GetTimeRequest* q,
                                    pb::GetTimeResponse* r) override {
    return kit_.Unary(c, q, r, access, [this](const Call& call, const auto&, auto* r) {
      ++runs;
      {
        absl::MutexLock lock(&mu);
        seen = call;
      }
      r->set_now_ns(absl::ToUnixNanos(call.arrival));
      return fn ? fn() : absl::OkStatus();
    });
  }

  Call last() {
    absl::MutexLock lock(&mu);
    return *seen;
  }

  Access access = Access::Anyone();
  std::function<absl::Status()> fn;
  std::atomic<int> runs = 0;

 private:
  absl::Mutex mu;
  std::optional<Call> seen;
  HandlerKit kit_;
};

class HandlerTest : public testing::Test {
 protected:
  explicit HandlerTest(size_t queue = 16) : executor_(1, queue) {}
  ~HandlerTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  void Serve(const std::string& address = "",
             std::shared_ptr<grpc::ServerCredentials> credentials = nullptr) {
    grpc::ServerBuilder builder;
    if (!address.empty()) builder.AddListeningPort(address, credentials, &port_);
    builder.RegisterService(&probe_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  std::string Token(std::vector<std::string> roles, absl::Time expires = kNow + absl::Hours(1)) {
    return SessionIssuer(master_, {"probe"})
        .Issue({.person_id = "p1", .roles = std::move(roles), .expires = expires});
  }

  std::string Ask(const std::shared_ptr<grpc::Channel>& channel, const CallOptions& options = {}) {
    auto stub = pb::TrainingService::NewStub(channel);
    const auto response = Invoke(*stub, &Stub::GetTime, pb::GetTimeRequest(), options);
    if (response.ok()) return "OK";
    message_ = std::string(response.status().message());
    const std::string reason = ErrorReason(response.status());
    return reason.empty() ? absl::StatusCodeToString(response.status().code()) : reason;
  }

  const std::string master_ = std::string(kSessionKeyBytes, 'm');
  SessionVerifier sessions_{"probe", SessionKeyOf(master_, "probe")};
  ManualClock clock_{kNow};
  Executor executor_;
  CallGate gate_;
  Probe probe_{{.service = "probe",
                .clock = &clock_,
                .executor = &executor_,
                .sessions = &sessions_,
                .gate = &gate_}};
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::string message_;
};

TEST_F(HandlerTest, AccessTable) {
  Serve();
  const auto anyone = Access::Anyone();
  const auto any_user = Access::AnyUser({"tracking"});
  const auto officers = Access::Roles({"officer", "auditor"}, {"tender"});
  const auto services = Access::Services({"tender"});
  const std::string supplier = Token({"supplier"});
  const std::string officer = Token({"committee", "officer"});
  const std::string expired = Token({"officer"}, kNow);
  const struct {
    Access access;
    std::string token;
    std::string service;
    const char* verdict;
  } cases[] = {
      {anyone, "", "", "OK"},
      {anyone, officer, "", "OK"},
      {anyone, expired, "", "OK"},
      {anyone, "junk", "", "OK"},
      {any_user, "", "", "CREDENTIALS_MISSING"},
      {any_user, supplier, "", "OK"},
      {any_user, expired, "", "SESSION_EXPIRED"},
      {any_user, "junk", "", "SESSION_INVALID"},
      {any_user, "", "tracking", "OK"},
      {any_user, "", "tender", "NOT_ALLOWED"},
      {officers, "", "", "CREDENTIALS_MISSING"},
      {officers, supplier, "", "NOT_ALLOWED"},
      {officers, officer, "", "OK"},
      {officers, expired, "", "SESSION_EXPIRED"},
      {officers, "", "tender", "OK"},
      {officers, "", "bidding", "NOT_ALLOWED"},
      {officers, supplier, "tender", "OK"},
      {officers, "junk", "tender", "SESSION_INVALID"},
      {services, "", "", "CREDENTIALS_MISSING"},
      {services, officer, "", "NOT_ALLOWED"},
      {services, "", "tender", "OK"},
      {services, "", "client", "NOT_ALLOWED"},
      {Access{}, "", "", "CREDENTIALS_MISSING"},
      {Access{}, officer, "", "NOT_ALLOWED"},
      {Access{}, "", "tender", "NOT_ALLOWED"},
  };
  int i = 0;
  for (const auto& c : cases) {
    SCOPED_TRACE(i++);
    probe_.access = c.access;
    CallOptions options{.token = c.token};
    if (!c.service.empty()) options.metadata[kServiceMetadata] = c.service;
    const int before = probe_.runs;
    const std::string verdict = Ask(server_->InProcessChannel({}), options);
    EXPECT_EQ(verdict, c.verdict);
    EXPECT_EQ(probe_.runs - before, verdict == "OK" ? 1 : 0);
    if (verdict == "NOT_ALLOWED") {
      EXPECT_EQ(message_, "the caller may not do this");
    }
  }
}

// What tells the in-process transport from sockets (handler.cc) is not documented by gRPC.
TEST_F(HandlerTest, OnlyTheInProcessTransportHasNoSecurityType) {
  Serve("127.0.0.1:0", grpc::InsecureServerCredentials());
  probe_.access = Access::Services({"tender"});
  CallOptions claim;
  claim.metadata[kServiceMetadata] = "tender";
  EXPECT_EQ(Ask(server_->InProcessChannel({}), claim), "OK");
  EXPECT_EQ(Ask(grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_),
                                    grpc::InsecureChannelCredentials()),
                claim),
            "CREDENTIALS_MISSING");
}

TEST_F(HandlerTest, TellsTheUseCaseWhoCalls) {
  Serve();
  probe_.access = Access::Roles({"officer"}, {"tender"});
  ASSERT_EQ(Ask(server_->InProcessChannel({}), {.token = Token({"officer"})}), "OK");
  EXPECT_TRUE(probe_.last().caller.IsUser());
  EXPECT_EQ(probe_.last().caller.user.person_id, "p1");
  EXPECT_EQ(probe_.last().arrival, kNow);
  EXPECT_EQ(probe_.last().trace_id.size(), 32u);

  InProcessPeers peers("tender", {"probe"}, nullptr);
  peers.SetServer(server_.get());
  const std::string trace = "0123456789abcdef0123456789abcdef";
  ASSERT_EQ(Ask(peers.Channel("probe"), {.trace_id = trace}), "OK");
  EXPECT_TRUE(probe_.last().caller.IsService());
  EXPECT_EQ(probe_.last().caller.service, "tender");
  EXPECT_EQ(probe_.last().trace_id, trace);
  peers.SetServer(nullptr);
}

TEST_F(HandlerTest, ErrorsKeepTheirNames) {
  Serve();
  probe_.fn = [] {
    return MakeError(absl::StatusCode::kFailedPrecondition, "TOO_LATE", "text", {{"a", "b"}});
  };
  auto stub = pb::TrainingService::NewStub(server_->InProcessChannel({}));
  const auto response = Invoke(*stub, &Stub::GetTime, pb::GetTimeRequest());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(response.status()), "TOO_LATE");
  EXPECT_EQ(ErrorMetadataOf(response.status())["a"], "b");
}

TEST_F(HandlerTest, InvokeTriesAgainOnlyWhereItIsSafe) {
  Serve();
  int left = 2;
  probe_.fn = [&left] {
    return left-- > 0
               ? MakeError(absl::StatusCode::kUnavailable, "AWAY", "t", {{kRetryAfterMs, "1"}})
               : absl::OkStatus();
  };
  const auto channel = server_->InProcessChannel({});
  EXPECT_EQ(Ask(channel), "AWAY");
  EXPECT_EQ(Ask(channel, {.retry = true}), "OK");
  EXPECT_EQ(probe_.runs, 3);
  left = 1000;
  EXPECT_EQ(Ask(channel, {.deadline = absl::Milliseconds(120), .retry = true}), "AWAY");
  left = 1;
  probe_.fn = [&left] {
    return left-- > 0 ? MakeError(absl::StatusCode::kAborted, "STALE", "t") : absl::OkStatus();
  };
  EXPECT_EQ(Ask(channel, {.retry = true}), "STALE");
}

TEST_F(HandlerTest, OverASocketTheServiceNameIsNotBelieved) {
  const std::string address =
      absl::StrCat("unix:", testing::TempDir(), "/jodal_handler_test.", getpid(), ".sock");
  Serve(address, grpc::InsecureServerCredentials());
  probe_.access = Access::Services({"tender"});
  CallOptions options;
  options.metadata[kServiceMetadata] = "tender";
  NetworkPeers stranger({.service = "tender", .addresses = {{"probe", address}}});
  EXPECT_EQ(Ask(stranger.Channel("probe"), options), "CREDENTIALS_MISSING");
  options.metadata[kProcessMetadata] = std::string(64, '0');
  EXPECT_EQ(Ask(stranger.Channel("probe"), options), "CREDENTIALS_MISSING");
  // A session is believed over any transport.
  probe_.access = Access::Roles({"officer"});
  EXPECT_EQ(Ask(stranger.Channel("probe"), {.token = Token({"officer"})}), "OK");
  // The process itself is known by its secret.
  probe_.access = Access::Services({"tender"});
  NetworkPeers own(
      {.service = "tender", .addresses = {{"probe", address}}, .in_this_process = {"probe"}});
  EXPECT_EQ(Ask(own.Channel("probe")), "OK");
  NetworkPeers other(
      {.service = "bidding", .addresses = {{"probe", address}}, .in_this_process = {"probe"}});
  EXPECT_EQ(Ask(other.Channel("probe"), options), "NOT_ALLOWED");
}

TEST_F(HandlerTest, ChannelsAskedForBeforeTheServerRunsWorkLater) {
  const std::string address =
      absl::StrCat("unix:", testing::TempDir(), "/jodal_handler_early.", getpid(), ".sock");
  probe_.access = Access::Services({"tender"});
  InProcessPeers peers(
      "tender", {"probe"},
      std::make_unique<NetworkPeers>(NetworkPeers::Options{
          .service = "tender", .addresses = {{"probe", address}}, .in_this_process = {"probe"}}));
  const auto early = peers.Channel("probe");
  EXPECT_EQ(Ask(early), "UNAVAILABLE");
  EXPECT_EQ(Ask(peers.Channel("nobody")), "UNAVAILABLE");
  Serve(address, grpc::InsecureServerCredentials());
  peers.SetServer(server_.get());
  EXPECT_EQ(Ask(early, {.retry = true}), "OK");
  EXPECT_EQ(Ask(peers.Channel("probe")), "OK");
  peers.SetServer(nullptr);
}

TEST_F(HandlerTest, MutualTls) {
  TestAuthority authority;
  TestAuthority stranger;
  const TlsIdentity server = authority.Issue({"probe.jodal.internal"});
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = server.ca_pem;
  tls.pem_key_cert_pairs.push_back({server.key_pem, server.cert_pem});
  Serve("127.0.0.1:0", grpc::SslServerCredentials(tls));
  probe_.access = Access::Services({"tender"});
  const auto ask = [&](TlsIdentity identity, CallOptions options = {}) {
    NetworkPeers peers({.service = "tender",
                        .addresses = {{"probe", absl::StrCat("127.0.0.1:", port_)}},
                        .tls = std::move(identity)});
    return Ask(peers.Channel("probe"), options);
  };
  EXPECT_EQ(ask(authority.Issue({"tender.jodal.internal"})), "OK");
  EXPECT_EQ(probe_.last().caller.service, "tender");
  EXPECT_EQ(ask(authority.Issue({"bidding.jodal.internal"})), "NOT_ALLOWED");
  EXPECT_EQ(ask(authority.Issue({"tender.example"})), "CREDENTIALS_MISSING");
  EXPECT_EQ(ask(authority.Issue({"tender.jodal.internal", "bidding.jodal.internal"})),
            "CREDENTIALS_MISSING");
  CallOptions claim;
  claim.metadata[kServiceMetadata] = "tender";
  EXPECT_EQ(ask(authority.Issue({"client.jodal.internal"}), claim), "CREDENTIALS_MISSING");
  probe_.access = Access::Services({"client"});
  EXPECT_EQ(ask(authority.Issue({"client.jodal.internal"})), "CREDENTIALS_MISSING");

  probe_.access = Access::Anyone();
  EXPECT_EQ(ask(authority.Issue({"client.jodal.internal"})), "OK");
  const int before = probe_.runs;
  TlsIdentity wrong = stranger.Issue({"tender.jodal.internal"});
  EXPECT_EQ(ask(wrong), "UNAVAILABLE");  // neither side trusts the other
  wrong.ca_pem = authority.ca_pem();
  EXPECT_EQ(ask(wrong), "UNAVAILABLE");  // the server does not trust the client
  EXPECT_EQ(ask({.ca_pem = authority.ca_pem()}), "UNAVAILABLE");  // no certificate
  NetworkPeers plain(
      {.service = "tender", .addresses = {{"probe", absl::StrCat("127.0.0.1:", port_)}}});
  EXPECT_EQ(Ask(plain.Channel("probe")), "UNAVAILABLE");
  EXPECT_EQ(Ask(grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_),
                                    grpc::InsecureChannelCredentials())),
            "UNAVAILABLE");
  EXPECT_EQ(probe_.runs, before);
}

TEST_F(HandlerTest, AClosedGateAnswersStrangersAtOnceAndTheProcessItselfAsEver) {
  Serve("127.0.0.1:0", grpc::InsecureServerCredentials());
  const auto outside =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  EXPECT_EQ(Ask(outside), "OK");
  EXPECT_TRUE(gate_.AwaitIdle(absl::InfiniteDuration()));
  auto stub = pb::TrainingService::NewStub(outside);
  const auto refused = Invoke(*stub, &Stub::GetTime, pb::GetTimeRequest());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ErrorReason(refused.status()), "SHUTTING_DOWN");
  EXPECT_TRUE(RetryDelay(refused.status()).has_value());
  EXPECT_EQ(Ask(server_->InProcessChannel({})), "OK");
  EXPECT_EQ(probe_.runs, 2);
}

TEST_F(HandlerTest, WhatWaitsForAThreadIsRefusedOnceTheGateIsAbandoned) {
  Serve();
  const auto channel = server_->InProcessChannel({});
  absl::Notification go;
  absl::Notification started;
  probe_.fn = [&] {
    started.Notify();
    go.WaitForNotification();
    return absl::OkStatus();
  };
  std::thread running([&] { EXPECT_EQ(Ask(channel), "OK"); });
  started.WaitForNotification();
  std::thread waiting([&] {
    auto stub = pb::TrainingService::NewStub(channel);
    const auto refused = Invoke(*stub, &Stub::GetTime, pb::GetTimeRequest());
    EXPECT_EQ(ErrorReason(refused.status()), "SHUTTING_DOWN");
  });
  while (executor_.queued() == 0) std::this_thread::yield();
  EXPECT_FALSE(gate_.AwaitIdle(absl::ZeroDuration()));
  gate_.Abandon();
  go.Notify();
  running.join();
  waiting.join();
  EXPECT_TRUE(gate_.AwaitIdle(absl::InfiniteDuration()));
  EXPECT_EQ(probe_.runs, 1);
}

class BusyTest : public HandlerTest {
 protected:
  BusyTest() : HandlerTest(/*queue=*/1) {}
};

TEST_F(BusyTest, AFullQueueAnswersAtOnce) {
  Serve();
  absl::Notification go;
  absl::Notification started;
  probe_.fn = [&] {
    if (!started.HasBeenNotified()) {
      started.Notify();
      go.WaitForNotification();
    }
    return absl::OkStatus();
  };
  const auto channel = server_->InProcessChannel({});
  std::thread first([&] { EXPECT_EQ(Ask(channel), "OK"); });
  started.WaitForNotification();
  ASSERT_TRUE(executor_.TrySubmit([] {}));  // the queue holds one
  auto stub = pb::TrainingService::NewStub(channel);
  const auto busy = Invoke(*stub, &Stub::GetTime, pb::GetTimeRequest());
  EXPECT_EQ(busy.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(busy.status()), "SERVER_BUSY");
  EXPECT_TRUE(RetryDelay(busy.status()).has_value());
  go.Notify();
  first.join();
  while (executor_.queued() != 0) std::this_thread::yield();
  EXPECT_EQ(Ask(channel), "OK");
}

}  // namespace
}  // namespace jodal::rpc
