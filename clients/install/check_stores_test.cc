#include "clients/install/check_stores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/install/install.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/config/log_origin.h"
#include "common/host/store.h"
#include "common/ledger/ledger.h"
#include "common/status/error.h"

namespace jodal::install {
namespace {

namespace fs = std::filesystem;

constexpr int kEntries = 600;  // two whole tiles and a part of one
constexpr int kEntriesACommit = 60;

class CheckStoresTest : public testing::Test {
 protected:
  CheckStoresTest() {
    std::string name = testing::TempDir() + "/jodal_check_XXXXXX";
    dir_ = mkdtemp(name.data());
    const absl::Status made = CreateInstallation({.dir = dir_}, absl::FromUnixSeconds(1795000000));
    EXPECT_TRUE(made.ok()) << made;
    config_ = config::LoadConfig(ConfigFile(dir_)).value();
  }
  ~CheckStoresTest() override { fs::remove_all(dir_); }

  std::unique_ptr<ledger::Ledger> Open(const std::string& service) {
    auto backend = host::OpenStore(config_, service);
    EXPECT_TRUE(backend.ok()) << backend.status();
    ledger::Ledger::Options options;
    options.origin =
        config::LogOrigin({.system = config_.system(), .training = true, .service = service});
    options.clock = &SystemClock();
    options.log_key = std::make_shared<const crypto::Ed25519PrivateKey>(
        *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'k')));
    auto opened = ledger::Ledger::Open(*std::move(backend), std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  void Fill(const std::string& service) {
    const auto ledger = Open(service);
    for (int first = 0; first < kEntries; first += kEntriesACommit) {
      ledger::UpdateRequest request;
      request.idempotency_scope = "test";
      request.request_id = absl::StrCat("request ", first);
      request.content_digest = "digest";
      const auto done = ledger->Update(request, [&](ledger::Txn& txn) {
        for (int i = first; i < first + kEntriesACommit; ++i) {
          txn.Put(absl::StrCat("key ", i), std::string(200, 'v'));
          txn.Emit({.type = "test.done",
                    .subject = "tests/1",
                    .actor_role = "test",
                    .body = absl::StrCat("body ", i)});
        }
        return absl::OkStatus();
      });
      ASSERT_TRUE(done.ok()) << done.status();
    }
  }
  StoreCheck Check(const std::string& service) {
    return CheckStores(config_, {service}, nullptr).front();
  }

  std::string dir_;
  config::v1::Config config_;
};

TEST_F(CheckStoresTest, VerifiesEachStoreAndTellsHowFarItIs) {
  Fill("bidding");
  Fill("tender");
  std::vector<std::string> told;
  const auto checks =
      CheckStores(config_, {"bidding", "payment", "tender"}, [&](const StoreProgress& progress) {
        told.push_back(absl::StrCat(progress.service, " ", progress.entries, "/", progress.of));
      });
  ASSERT_EQ(checks.size(), 3u);
  EXPECT_TRUE(checks[0].status.ok()) << checks[0].status;
  EXPECT_EQ(checks[0].entries, static_cast<uint64_t>(kEntries));
  EXPECT_EQ(ErrorReason(checks[1].status), "STORE_MISSING");
  EXPECT_FALSE(fs::exists(checks[1].store)) << "a check makes no store";
  EXPECT_TRUE(checks[2].status.ok()) << checks[2].status;
  EXPECT_THAT(told, testing::Contains("bidding 0/600"));
  EXPECT_THAT(told, testing::Contains("bidding 600/600"));
  EXPECT_EQ(told.back(), "tender 600/600");
}

// One byte of one value, written as an operator with the tools of the store could.
TEST_F(CheckStoresTest, AFlippedByteIsNamed) {
  Fill("bidding");
  Fill("tender");
  std::map<std::string, std::string> named;
  for (const char tag : {'E', 'T', 'H'}) {
    std::string key, before;
    {
      const auto backend = host::OpenStore(config_, "bidding");
      ASSERT_TRUE(backend.ok()) << backend.status();
      const auto found = (*backend)->NewSnapshot()->Scan(
          std::string(1, tag), std::string(1, static_cast<char>(tag + 1)), 8);
      ASSERT_TRUE(found.ok() && !found->empty());
      key = found->back().key;
      before = found->back().value;
      std::string flipped = before;
      flipped.back() = static_cast<char>(flipped.back() ^ 1);
      ASSERT_TRUE((*backend)->Write({.ops = {{key, flipped}}, .guard = {}}).ok());
    }
    const StoreCheck check = Check("bidding");
    EXPECT_EQ(check.status.code(), absl::StatusCode::kDataLoss) << tag;
    named[std::string(1, tag)] = std::string(check.status.message());
    EXPECT_TRUE(Check("tender").status.ok()) << "the other store is whole";
    const auto backend = host::OpenStore(config_, "bidding");
    ASSERT_TRUE((*backend)->Write({.ops = {{key, before}}, .guard = {}}).ok());
  }
  EXPECT_TRUE(Check("bidding").status.ok());
  EXPECT_THAT(named["E"], testing::HasSubstr("entry 7 does not fit its body"));
  EXPECT_THAT(named["T"], testing::HasSubstr("tile 1 of level 0 does not fit the entries"));
  EXPECT_THAT(named["H"], testing::HasSubstr("the head does not fit the entries"));
}

// One byte of a file, as a disk may flip it: in the state, which no entry vouches for.
TEST_F(CheckStoresTest, AFlippedByteInAFileIsFound) {
  Fill("bidding");
  Open("bidding").reset();  // what was in the write-ahead log is in tables now
  std::string path;
  for (const auto& file : fs::directory_iterator(host::StoreDir(config_, "bidding"))) {
    if (file.path().extension() == ".sst") path = file.path().string();
  }
  ASSERT_NE(path, "");
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const size_t at = bytes.find(std::string(100, 'v'));
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at + 50));
  file.put('w');
  file.close();
  const StoreCheck check = Check("bidding");
  EXPECT_EQ(check.status.code(), absl::StatusCode::kDataLoss) << check.status;
  EXPECT_NE(ErrorReason(check.status), "");
}

TEST_F(CheckStoresTest, AStoreOfAnotherInstallationIsNamed) {
  Fill("bidding");
  config_.set_system("another.example");
  EXPECT_EQ(ErrorReason(Check("bidding").status), "ORIGIN_MISMATCH");
}

TEST_F(CheckStoresTest, AServiceThatRunsIsNamedAndLeftAlone) {
  Fill("bidding");
  int ready[2], end[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(end), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    char byte = 0;
    const auto backend = host::OpenStore(config_, "bidding");
    if (!backend.ok() || write(ready[1], "r", 1) != 1) _exit(1);
    if (read(end[0], &byte, 1) != 1) _exit(2);
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const StoreCheck check = Check("bidding");
  EXPECT_EQ(ErrorReason(check.status), "STORE_LOCKED");
  EXPECT_THAT(std::string(check.status.message()), testing::HasSubstr(absl::StrCat(child)));
  ASSERT_EQ(write(end[1], "e", 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(Check("bidding").status.ok());
}

}  // namespace
}  // namespace jodal::install
