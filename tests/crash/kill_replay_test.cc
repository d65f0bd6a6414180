// kill -9 at random moments of a replay: no acknowledged bid is lost, none is there twice, the logs
// stay consistent, and the job ends with the same result.
//
// Ten kills in the normal suite; JODAL_FULL=1 makes them fifty in each form of installation. The
// seed is printed and taken from JODAL_TEST_SEED; the moments within a process vary all the same.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "clients/demo/fixture.h"
#include "clients/demo/replay.h"
#include "clients/demo/report.h"
#include "clients/install/install.h"
#include "clients/install/processes.h"
#include "clients/sdk/client.h"
#include "common/clock/clock.h"
#include "common/kv/backend.h"
#include "common/ledger/check_ledger.h"
#include "common/status/error.h"

namespace jodal {
namespace {

namespace fs = std::filesystem;

// A replay reports about a hundred steps. Counting them and not seconds, the kills spread over all
// stages; the pause after the step is as long as some commits.
constexpr int kStepsMax = 32;
constexpr int kPauseMsMax = 40;

uint64_t Seed() {
  uint64_t seed = std::random_device{}();
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  std::cout << "seed " << seed << "\n";
  return seed;
}

bool Full() { return std::getenv("JODAL_FULL") != nullptr; }

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

struct Case {
  const char* name;
  bool processes;
  int kills;
  int kills_full;
};

class KillReplayTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    std::string name = "/tmp/jodal_kill_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    ASSERT_EQ(install::CreateInstallation({.dir = dir_, .processes = GetParam().processes},
                                          SystemClock().Now()),
              absl::OkStatus());
    auto processes =
        install::Processes::Open({.dir = dir_, .bin_dir = absl::StrCat(JODAL_BINARY_DIR, "/bin")});
    ASSERT_TRUE(processes.ok()) << processes.status();
    processes_ = std::make_unique<install::Processes>(*std::move(processes));
    ASSERT_EQ(processes_->StartAll(), absl::OkStatus());
    auto context = sdk::Context::Load(install::ContextFile(dir_));
    ASSERT_TRUE(context.ok()) << context.status();
    auto client = sdk::Client::Connect(*std::move(context), {.patience = absl::Seconds(10)});
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }

  void TearDown() override {
    client_.reset();
    if (processes_ != nullptr) {
      EXPECT_EQ(processes_->StopAll(), absl::OkStatus());
    }
    if (HasFailure()) {
      for (const auto& log : fs::directory_iterator(dir_ + "/log")) {
        const std::string text = ReadAll(log.path());
        std::cout << "--- " << log.path().filename() << "\n"
                  << text.substr(text.size() < 3000 ? 0 : text.size() - 3000) << "\n";
      }
    }
    std::error_code ignored;
    if (!dir_.empty()) fs::remove_all(dir_, ignored);
  }

  // Plays one opening while `disturb` kills; gives what came of it.
  absl::StatusOr<demo::ReplayResult> PlayUnderKills(const std::string& fixture, int kills,
                                                    std::mt19937_64& random) {
    absl::Mutex mu;
    bool over = false;
    int steps = 0;
    std::string stage;
    demo::ReplayOptions options{.fixture = fixture, .dir = dir_};
    options.progress = [&, print = demo::PrintProgress(stdout, /*terminal=*/false)](
                           const demo::Progress& progress) {
      absl::MutexLock lock(&mu);
      print(progress);
      if (progress.stage == stage && progress.done == 0) return;  // waits, does not move
      stage = progress.stage;
      ++steps;
    };
    absl::StatusOr<demo::ReplayResult> result = absl::UnknownError("did not run");
    std::thread replay([&] {
      result = demo::Replay(*client_, options);
      absl::MutexLock lock(&mu);
      over = true;
    });
    const auto& names = processes_->names();
    for (int done = 0; done < kills; ++done) {
      const std::string& name = names[random() % names.size()];
      int until = 1 + static_cast<int>(random() % kStepsMax);
      {
        absl::MutexLock lock(&mu);
        until += steps;
        const auto due = [&] { return over || steps >= until; };
        mu.Await(absl::Condition(&due));
        if (over) break;
      }
      absl::SleepFor(absl::Milliseconds(random() % kPauseMsMax));
      const absl::Status killed = processes_->Kill(name);
      {
        absl::MutexLock lock(&mu);
        std::cout << "kill " << ++kills_ << ": " << name << " at \"" << stage << "\"\n";
      }
      const absl::Status started = processes_->Start(name);
      EXPECT_EQ(killed, absl::OkStatus());
      EXPECT_EQ(started, absl::OkStatus());
      if (!killed.ok() || !started.ok()) break;
    }
    replay.join();
    return result;
  }

  std::string dir_;
  std::unique_ptr<install::Processes> processes_;
  std::unique_ptr<sdk::Client> client_;
  int kills_ = 0;
};

TEST_P(KillReplayTest, EndsWithTheSameResult) {
  std::mt19937_64 random(Seed());
  const int kills = Full() ? GetParam().kills_full : GetParam().kills;
  const std::string fixtures = absl::StrCat(JODAL_SOURCE_DIR, "/clients/demo/fixtures/");
  const std::string names[] = {"draw-training.json", "services-R25BK00811340-000.json"};
  for (int round = 0; kills_ < kills; ++round) {
    const std::string fixture = fixtures + names[round % std::size(names)];
    const auto expected = demo::LoadFixture(fixture);
    ASSERT_TRUE(expected.ok()) << expected.status();
    // Figures of an opening with known prices, every receipt against the final log, the timeline
    // and the bundle are checked by Replay itself.
    const auto result = PlayUnderKills(fixture, kills - kills_, random);
    ASSERT_TRUE(result.ok()) << result.status() << " after " << kills_ << " kills";
    const int bids = static_cast<int>(expected->bids.size());
    EXPECT_EQ(result->bids, bids);
    EXPECT_EQ(result->receipts_verified, bids);
    EXPECT_EQ(result->ranked + result->excluded, bids);
    EXPECT_EQ(result->contract_state, "COMPLETED");
    EXPECT_EQ(result->payment_state, "SETTLED");
    if (HasFailure()) return;
  }
  for (const auto& state : processes_->States()) EXPECT_NE(state.pid, 0) << state.name;

  const sdk::Context context = client_->context();
  client_.reset();  // else the servers wait for an idle client to hang up
  ASSERT_EQ(processes_->StopAll(), absl::OkStatus());
  for (const std::string& service : install::Stores()) {
    const auto backend =
        kv::OpenRocksBackend({.path = absl::StrCat(dir_, "/data/", service, "/db")});
    ASSERT_TRUE(backend.ok()) << service << ": " << backend.status();
    EXPECT_EQ(ledger::CheckLedger(**backend, context.LogOrigin(service)), absl::OkStatus())
        << service;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, KillReplayTest,
                         testing::Values(Case{"OneProcess", false, 6, 50},
                                         Case{"EveryServiceByItself", true, 4, 50}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace jodal
