// SIGTERM to a process that is under load: it finishes what is under way, answers the rest with
// SHUTTING_DOWN and exits with 0, every time.
//
// The process is this program again. Its service "beta" asks "alpha", which runs in the same
// process, several times in every call.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"
#include "common/host/host.h"
#include "common/rpc/call.h"
#include "common/rpc/handler.h"
#include "common/rpc/network_peers.h"
#include "common/status/error.h"
#include "jodal/signature/v1/signature.grpc.pb.h"
#include "jodal/training/v1/training.grpc.pb.h"

namespace jodal::host {
namespace {

namespace fs = std::filesystem;
namespace alpha_pb = jodal::training::v1;
namespace beta_pb = jodal::signature::v1;
using Beta = beta_pb::SignatureService;

constexpr char kChildFlag[] = "--host-child";
constexpr int kRounds = 10;
constexpr int kCallers = 8;
constexpr int kInnerCalls = 5;
constexpr int kLoadMsMax = 60;

rpc::HandlerKit::Options KitOptions(const ModuleContext& context) {
  return {.service = context.service,
          .clock = context.clock,
          .executor = context.executor,
          .sessions = context.sessions,
          .gate = context.gate};
}

class AlphaModule : public Module, public alpha_pb::TrainingService::CallbackService {
 public:
  explicit AlphaModule(const ModuleContext& context) : kit_(KitOptions(context)) {}
  std::vector<grpc::Service*> Services() override { return {this}; }
  grpc::ServerUnaryReactor* GetTime(grpc::CallbackServerContext* c,
                                    const alpha_pb::GetTimeRequest* q,
                                    alpha_pb::GetTimeResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Services({"beta"}),
                      [](const auto&, const auto&, auto*) { return absl::OkStatus(); });
  }

 private:
  rpc::HandlerKit kit_;
};

class BetaModule : public Module, public Beta::CallbackService {
 public:
  explicit BetaModule(const ModuleContext& context)
      : peers_(*context.peers), kit_(KitOptions(context)) {}
  std::vector<grpc::Service*> Services() override { return {this}; }
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* c,
                                      const beta_pb::GetStatusRequest* q,
                                      beta_pb::GetStatusResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(), [this](const auto&, const auto&, auto*) {
      auto alpha = alpha_pb::TrainingService::NewStub(peers_.Channel("alpha"));
      absl::Status status;
      for (int i = 0; i < kInnerCalls && status.ok(); ++i) {
        status = rpc::Invoke(*alpha, &alpha_pb::TrainingService::Stub::GetTime,
                             alpha_pb::GetTimeRequest())
                     .status();
      }
      return status;
    });
  }

 private:
  rpc::Peers& peers_;
  rpc::HandlerKit kit_;
};

int ChildMain(char* config) {
  std::string name = "jodal-child";
  std::string flag = "--config";
  char* argv[] = {name.data(), flag.data(), config, nullptr};
  const ModuleFactories factories = {{"alpha", {[](const ModuleContext& context, const auto&) {
                                        return std::make_unique<AlphaModule>(context);
                                      }}},
                                     {"beta", {[](const ModuleContext& context, const auto&) {
                                        return std::make_unique<BetaModule>(context);
                                      }}}};
  return RunMain(3, argv, factories, {});
}

pid_t Spawn(const std::string& config, const std::string& log) {
  const pid_t child = fork();
  if (child != 0) return child;
  if (freopen(log.c_str(), "a", stdout) == nullptr || dup2(STDOUT_FILENO, STDERR_FILENO) < 0) {
    _exit(126);
  }
  execl("/proc/self/exe", "host_child", kChildFlag, config.c_str(), nullptr);
  _exit(127);
}

TEST(HostStopTest, SigtermUnderLoadEndsInOrder) {
  uint64_t seed = std::random_device{}();
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  SCOPED_TRACE(absl::StrCat("JODAL_TEST_SEED=", seed));
  std::mt19937_64 random(seed);
  std::string dir = testing::TempDir() + "/jodal_stop_XXXXXX";
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  fs::create_directory(dir + "/keys");
  crypto::FakeRandom keys(seed);
  for (const char* service : {"alpha", "beta"}) {
    ASSERT_TRUE(crypto::Ed25519PrivateKey::Generate(keys)
                    .SavePem(absl::StrCat(dir, "/keys/log-", service, ".pem"))
                    .ok());
    const std::string session = absl::StrCat(dir, "/keys/session-", service, ".key");
    std::ofstream(session) << HexEncode(keys.Bytes(rpc::kSessionKeyBytes)) << "\n";
    ASSERT_EQ(chmod(session.c_str(), 0600), 0);
  }
  const std::string address = absl::StrCat("unix:", dir, "/s.sock");
  const std::string config = dir + "/jodal.json";
  std::ofstream(config)
      << R"({"mode":"PRODUCTION","system":"demo","dataDir":"data","trustDir":"trust",)"
      << R"("keysDir":"keys","services":[{"service":"alpha","address":")" << address
      << R"("},{"service":"beta","address":")" << address
      << R"("}],"tls":{"caFile":"tls/ca.pem","dir":"tls"},"registrarCertSha256":")"
      << std::string(64, 'a') << R"(","executorThreads":4,"executorQueue":64,"adminAddress":""})";

  // Half of them may repeat a call and must not notice that the process was away; the others see
  // it.
  std::atomic<bool> over = false;
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < kCallers; ++t) {
    callers.emplace_back([&, retry = t % 2 == 0] {
      rpc::NetworkPeers peers({.service = "client", .addresses = {{"beta", address}}});
      auto stub = Beta::NewStub(peers.Channel("beta"));
      while (!over) {
        const auto answer = rpc::Invoke(*stub, &Beta::Stub::GetStatus, beta_pb::GetStatusRequest(),
                                        {.deadline = absl::Seconds(30), .retry = retry});
        if (answer.ok()) {
          ++answered;
        } else if (ErrorReason(answer.status()) == "SHUTTING_DOWN") {
          ++refused;
        }
        if (retry) {
          EXPECT_EQ(answer.status(), absl::OkStatus());
        } else if (!answer.ok()) {
          absl::SleepFor(absl::Milliseconds(1));
        }
      }
    });
  }
  int status = 0;
  for (int round = 0; round < kRounds && status == 0; ++round) {
    const pid_t child = Spawn(config, dir + "/log");
    ASSERT_GT(child, 0);
    const int before = answered;
    bool ended = false;
    while (answered == before && !ended) {
      ended = waitpid(child, &status, WNOHANG) != 0;
      absl::SleepFor(absl::Milliseconds(1));
    }
    if (ended) break;
    absl::SleepFor(absl::Milliseconds(random() % kLoadMsMax));
    if (round + 1 == kRounds) {
      over = true;
      for (std::thread& caller : callers) caller.join();
    }
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
  }
  if (status != 0) {
    std::ifstream log(dir + "/log");
    ADD_FAILURE() << "wait status " << status << "\n"
                  << std::string(std::istreambuf_iterator<char>(log), {});
    std::_Exit(1);  // the callers have nobody left to wait for
  }
  EXPECT_GT(answered, kRounds);
  EXPECT_GT(refused, 0) << "nobody called while the process stopped: the test shows nothing";
  fs::remove_all(dir);
}

}  // namespace
}  // namespace jodal::host

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == jodal::host::kChildFlag) {
    return jodal::host::ChildMain(argv[2]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
