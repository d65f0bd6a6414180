#include "common/host/host.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/base/bytes.h"
#include "common/config/config.h"
#include "common/log_service/log_client.h"
#include "common/rpc/call.h"
#include "common/rpc/handler.h"
#include "common/rpc/network_peers.h"
#include "common/rpc/test_tls.h"
#include "common/status/error.h"
#include "jodal/log/v1/log.grpc.pb.h"
#include "jodal/training/v1/training.grpc.pb.h"

namespace jodal::host {
namespace {

namespace fs = std::filesystem;
namespace log_pb = jodal::log::v1;
namespace pb = jodal::training::v1;

// Answers services only: the number of entries in its log after one more.
class Alpha : public Module, public pb::TrainingService::CallbackService {
 public:
  explicit Alpha(const ModuleContext& context)
      : context_(context),
        kit_({.service = context.service,
              .clock = context.clock,
              .executor = context.executor,
              .sessions = context.sessions}) {}
  std::vector<grpc::Service*> Services() override { return {this}; }

  grpc::ServerUnaryReactor* GetTime(grpc::CallbackServerContext* c, const pb::GetTimeRequest* q,
                                    pb::GetTimeResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Services({"beta"}),
                      [this](const rpc::Call&, const auto&, auto* r) -> absl::Status {
                        const auto done = context_.ledger->Update({}, [](ledger::Txn& txn) {
                          txn.Put("k", "v");
                          txn.Emit({.type = "alpha.asked", .actor_role = "system"});
                          return absl::OkStatus();
                        });
                        if (!done.ok()) return done.status();
                        r->set_now_ns(static_cast<int64_t>(context_.ledger->Size()));
                        return absl::OkStatus();
                      });
  }

 private:
  const ModuleContext context_;
  rpc::HandlerKit kit_;
};

std::atomic<int> started = 0;
std::atomic<int> stopped = 0;

// Asks alpha at its start, over a channel taken in its constructor and over a new one.
class Beta : public Module {
 public:
  explicit Beta(const ModuleContext& context)
      : peers_(context.peers), early_(context.peers->Channel("alpha")) {}
  std::vector<grpc::Service*> Services() override { return {}; }
  void Start() override {
    ++started;
    for (const auto& channel : {early_, peers_->Channel("alpha")}) {
      auto stub = pb::TrainingService::NewStub(channel);
      const auto answer = rpc::Invoke(*stub, &pb::TrainingService::Stub::GetTime,
                                      pb::GetTimeRequest(), {.retry = true});
      EXPECT_TRUE(answer.ok()) << answer.status();
    }
  }
  void Stop() override { ++stopped; }

 private:
  rpc::Peers* const peers_;
  const std::shared_ptr<grpc::Channel> early_;
};

class Nothing : public Module {
  std::vector<grpc::Service*> Services() override { return {}; }
};

class HostTest : public testing::Test {
 protected:
  HostTest() {
    std::string name = testing::TempDir() + "/jodal_host_XXXXXX";
    dir_ = mkdtemp(name.data());
    fs::create_directory(dir_ + "/keys");
    for (const char* service : {"alpha", "beta"}) {
      EXPECT_TRUE(crypto::Ed25519PrivateKey::Generate(random_)
                      .SavePem(absl::StrCat(dir_, "/keys/log-", service, ".pem"))
                      .ok());
    }
    for (const char* service : {"alpha", "beta"}) {
      std::ofstream(absl::StrCat(dir_, "/keys/session-", service, ".key"))
          << HexEncode(random_.Bytes(rpc::kSessionKeyBytes)) << "\n";
      chmod(absl::StrCat(dir_, "/keys/session-", service, ".key").c_str(), 0600);
    }
    factories_["alpha"].create = [](const ModuleContext& context, const auto&) {
      return std::make_unique<Alpha>(context);
    };
    factories_["beta"].create = [](const ModuleContext& context, const auto&) {
      return std::make_unique<Beta>(context);
    };
  }
  ~HostTest() override { fs::remove_all(dir_); }

  config::v1::Config Config(const std::string& mode = "PRODUCTION",
                            const std::string& address = "unix:run/s.sock") {
    auto config = config::ParseConfig(
        absl::StrCat(
            R"({"mode":")", mode, R"(","system":"demo","dataDir":"data","trustDir":"trust",)",
            R"("keysDir":"keys","services":[{"service":"alpha","address":")", address,
            R"("},{"service":"beta","address":")", address, R"("}],)",
            R"("tls":{"caFile":"tls/ca.pem","dir":"tls"},"registrarCertSha256":")",
            std::string(64, 'a'), R"(","executorThreads":1,"executorQueue":8,"adminAddress":""})"),
        dir_);
    EXPECT_TRUE(config.ok()) << config.status();
    return *config;
  }

  absl::StatusOr<std::unique_ptr<Host>> Make(const config::v1::Config& config) {
    return Host::Create({.config = config, .factories = factories_});
  }

  std::shared_ptr<grpc::Channel> Client(const config::v1::Config& config,
                                        std::optional<rpc::TlsIdentity> tls = std::nullopt) {
    clients_.push_back(std::make_unique<rpc::NetworkPeers>(
        rpc::NetworkPeers::Options{.service = "client",
                                   .addresses = {{"alpha", config.services(0).address()}},
                                   .tls = std::move(tls)}));
    return clients_.back()->Channel("alpha");
  }

  absl::StatusOr<log_pb::GetCheckpointResponse> Checkpoint(
      const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
    auto stub = log_pb::LogService::NewStub(channel);
    return rpc::Invoke(*stub, &log_pb::LogService::Stub::GetCheckpoint,
                       log_pb::GetCheckpointRequest(),
                       {.metadata = log_service::LogMetadata(service)});
  }

  std::string dir_;
  crypto::FakeRandom random_{5};
  ModuleFactories factories_;
  std::vector<std::unique_ptr<rpc::NetworkPeers>> clients_;
};

// The status byte of grpc.health.v1.Health/Check for the whole server.
std::string Health(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  absl::Notification done;
  grpc::Status status;
  grpc::Slice empty;
  request = grpc::ByteBuffer(&empty, 1);
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&](grpc::Status s) {
                   status = std::move(s);
                   done.Notify();
                 });
  done.WaitForNotification();
  if (!status.ok()) return status.error_message();
  grpc::Slice slice;
  EXPECT_TRUE(response.DumpToSingleSlice(&slice).ok());
  return HexEncode(std::string(slice.begin(), slice.end()));
}

TEST_F(HostTest, RunsServicesThatCallEachOtherAndKeepsTheirLogs) {
  const auto config = Config();
  started = stopped = 0;
  for (uint64_t round = 1; round <= 2; ++round) {
    auto host = Make(config);
    ASSERT_TRUE(host.ok()) << host.status();
    ASSERT_TRUE((*host)->Start().ok());
    EXPECT_EQ((*host)->ledger("alpha")->Size(), 2 * round);
    EXPECT_EQ((*host)->ledger("beta")->Size(), 0u);
    EXPECT_EQ((*host)->ledger("gamma"), nullptr);
    EXPECT_TRUE((*host)->Ready().ok());

    struct stat info;
    ASSERT_EQ(stat((dir_ + "/run/s.sock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    const auto channel = Client(config);
    EXPECT_EQ(Checkpoint(channel, "alpha")->origin(), "demo/alpha");
    EXPECT_EQ(Checkpoint(channel, "beta")->origin(), "demo/beta");
    EXPECT_EQ(ErrorReason(Checkpoint(channel, "").status()), "LOG_UNKNOWN");
    EXPECT_EQ(Health(channel), "0801");
    auto stub = pb::TrainingService::NewStub(channel);
    EXPECT_EQ(
        ErrorReason(
            rpc::Invoke(*stub, &pb::TrainingService::Stub::GetTime, pb::GetTimeRequest()).status()),
        "CREDENTIALS_MISSING");

    grpc::ClientContext context;  // an open stream does not hold the stop up
    rpc::PrepareContext(&context, {.metadata = log_service::LogMetadata("alpha")});
    auto logs = log_pb::LogService::NewStub(channel);
    const auto reader = logs->WatchEntries(&context, {});
    log_pb::LogEntry entry;
    ASSERT_TRUE(reader->Read(&entry));
    (*host)->Stop();
    EXPECT_EQ(started, static_cast<int>(round));
    EXPECT_EQ(stopped, static_cast<int>(round));
  }
}

TEST_F(HostTest, TrainingMovesTheClockAndSaysSo) {
  const auto config = Config("TRAINING");
  factories_["alpha"].create = [](const ModuleContext& context, const auto&) {
    EXPECT_TRUE(context.training);
    return std::make_unique<Nothing>();
  };
  factories_["beta"] = factories_["alpha"];
  auto host = Make(config);
  ASSERT_TRUE(host.ok()) << host.status();
  ASSERT_TRUE((*host)->Start().ok());
  const auto channel = Client(config);
  EXPECT_EQ(Checkpoint(channel, "alpha")->origin(), "training.demo/alpha");
  auto stub = pb::TrainingService::NewStub(channel);
  pb::MoveClockRequest to;
  to.set_to_ns(int64_t{2000000000} * 1000000000);
  const auto moved = rpc::Invoke(*stub, &pb::TrainingService::Stub::MoveClock, to);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_GE(rpc::Invoke(*stub, &pb::TrainingService::Stub::GetTime, pb::GetTimeRequest())->now_ns(),
            to.to_ns());
  to.set_to_ns(to.to_ns() - 1);
  EXPECT_EQ(ErrorReason(rpc::Invoke(*stub, &pb::TrainingService::Stub::MoveClock, to).status()),
            "CLOCK_BACKWARDS");
}

TEST_F(HostTest, OverTcpOnlyWithACertificate) {
  rpc::TestAuthority authority;
  rpc::TestAuthority stranger;
  fs::create_directory(dir_ + "/tls");
  std::ofstream(dir_ + "/tls/ca.pem") << authority.ca_pem();
  for (const std::string service : {"alpha", "beta"}) {
    const rpc::TlsIdentity identity = authority.Issue({service + ".jodal.internal"});
    std::ofstream(dir_ + "/tls/" + service + ".pem") << identity.cert_pem;
    const std::string key = dir_ + "/tls/" + service + ".key";
    std::ofstream(key) << identity.key_pem;
    ASSERT_EQ(chmod(key.c_str(), 0600), 0);
  }
  // A port that was free a moment ago.
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at = {};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(probe, reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
  socklen_t size = sizeof(at);
  ASSERT_EQ(getsockname(probe, reinterpret_cast<sockaddr*>(&at), &size), 0);
  const auto config = Config("PRODUCTION", absl::StrCat("127.0.0.1:", ntohs(at.sin_port)));
  {
    auto host = Make(config);
    ASSERT_TRUE(host.ok()) << host.status();
    EXPECT_EQ(listen(probe, 1), 0);
    EXPECT_EQ(ErrorReason((*host)->Start()), "LISTEN_FAILED");
  }
  close(probe);
  auto host = Make(config);
  ASSERT_TRUE(host.ok()) << host.status();
  ASSERT_TRUE((*host)->Start().ok());  // beta's early channel is a TLS one to alpha
  EXPECT_TRUE(Checkpoint(Client(config, authority.Issue({"client.jodal.internal"})), "alpha").ok());
  EXPECT_EQ(Checkpoint(Client(config, stranger.Issue({"client.jodal.internal"})), "alpha")
                .status()
                .code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(Checkpoint(Client(config), "alpha").status().code(), absl::StatusCode::kUnavailable);

  (*host)->Stop();
  ASSERT_EQ(chmod((dir_ + "/tls/beta.key").c_str(), 0644), 0);
  EXPECT_EQ(ErrorReason(Make(config).status()), "KEY_FILE_PERMISSIONS");
}

// A gateway will be one: it has no store, no log and no key, and asks the others.
TEST_F(HostTest, AServiceWithoutAStoreOpensNone) {
  const auto config = Config();
  fs::remove(dir_ + "/keys/log-beta.pem");
  fs::remove(dir_ + "/keys/session-beta.key");
  EXPECT_EQ(ErrorReason(Make(config).status()), "SESSION_KEY_INVALID");
  factories_["beta"] = {[](const ModuleContext& context, const auto&) {
                          EXPECT_EQ(context.ledger, nullptr);
                          EXPECT_EQ(context.sessions, nullptr);
                          EXPECT_EQ(context.page_key, "");
                          EXPECT_EQ(context.services, (std::vector<std::string>{"alpha", "beta"}));
                          return std::make_unique<Beta>(context);
                        },
                        /*keeps_store=*/false};
  started = 0;
  auto host = Make(config);
  ASSERT_TRUE(host.ok()) << host.status();
  ASSERT_TRUE((*host)->Start().ok());
  EXPECT_EQ(started, 1);
  EXPECT_EQ((*host)->ledger("alpha")->Size(), 2u) << "beta asked twice at its start";
  EXPECT_EQ((*host)->ledger("beta"), nullptr);
  EXPECT_FALSE(fs::exists(dir_ + "/data/beta"));
  EXPECT_TRUE((*host)->Ready().ok());
  const auto channel = Client(config);
  EXPECT_EQ(ErrorReason(Checkpoint(channel, "beta").status()), "LOG_UNKNOWN");
  const auto only =
      rpc::Invoke(*log_pb::LogService::NewStub(channel), &log_pb::LogService::Stub::GetCheckpoint,
                  log_pb::GetCheckpointRequest());
  ASSERT_TRUE(only.ok()) << only.status();
  EXPECT_EQ(only->origin(), "demo/alpha");
  EXPECT_EQ(Health(channel), "0801");
}

// What a process has once it takes from a service with a store, not from whichever comes first.
TEST_F(HostTest, AProcessMayBeginWithAServiceWithoutAStore) {
  const auto config = Config();
  for (const char* key : {"log-alpha.pem", "session-alpha.key"}) fs::remove(dir_ + "/keys/" + key);
  const auto nothing = [](const ModuleContext&, const auto&) {
    return std::make_unique<Nothing>();
  };
  const SessionSource sessions = {
      "beta", [](const ledger::LoggedEntry&) { return std::optional<rpc::SessionBar>(); }};
  for (const ModuleFactories& factories :
       {ModuleFactories{{"alpha", {nothing, false}}, {"beta", {nothing}}},
        ModuleFactories{{"alpha", {nothing, false}}}}) {
    auto host = Host::Create({.config = config, .factories = factories, .sessions = sessions});
    ASSERT_TRUE(host.ok()) << host.status();
    ASSERT_TRUE((*host)->Start().ok());
    EXPECT_TRUE((*host)->Ready().ok());
    EXPECT_EQ(Health(Client(config)), "0801");
    EXPECT_EQ(Checkpoint(Client(config), "beta").ok(), factories.count("beta") == 1);
  }
}

TEST_F(HostTest, DoesNotStartHalf) {
  const auto config = Config();
  EXPECT_EQ(
      ErrorReason(
          Host::Create({.config = config, .factories = {{"gamma", factories_["alpha"]}}}).status()),
      "SERVICE_UNKNOWN");
  factories_["beta"].create = [](const ModuleContext&, const auto&) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NO_BETA", "t");
  };
  EXPECT_EQ(ErrorReason(Make(config).status()), "NO_BETA");
  ASSERT_EQ(chmod((dir_ + "/keys/log-alpha.pem").c_str(), 0644), 0);
  EXPECT_EQ(ErrorReason(Make(config).status()), "KEY_FILE_PERMISSIONS");
  ASSERT_EQ(chmod((dir_ + "/keys/log-alpha.pem").c_str(), 0600), 0);
  std::ofstream(dir_ + "/keys/session-beta.key") << "no key";
  EXPECT_EQ(ErrorReason(Make(config).status()), "SESSION_KEY_INVALID");
}

TEST(RunMainTest, UsageIsCheckedFirst) {
  const struct {
    std::vector<std::string> args;
    int code;
  } cases[] = {{{"--version"}, 0},
               {{"--help"}, 0},
               {{}, 2},
               {{"--nope"}, 2},
               {{"--config", "/nonexistent/jodal.json"}, 1}};
  for (const auto& c : cases) {
    std::vector<std::string> args = {"jodal-test"};
    args.insert(args.end(), c.args.begin(), c.args.end());
    std::vector<char*> argv;
    for (auto& arg : args) argv.push_back(arg.data());
    EXPECT_EQ(RunMain(static_cast<int>(argv.size()), argv.data(), {{"alpha", {}}}, {}), c.code);
  }
}

}  // namespace
}  // namespace jodal::host
