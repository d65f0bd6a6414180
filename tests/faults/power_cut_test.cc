// Power cuts on an ext4 of its own, under a burst of commits: what was acknowledged is there.
//
// The file system lies in a file on a loop device. The worker commits from several threads and says
// what was acknowledged over a pipe; in the middle of it EXT4_IOC_SHUTDOWN drops everything that
// has not reached the device, journal included. Then it is mounted again, which replays the journal
// as after a power cut. What the worker says after the cut does not count: a machine without power
// says nothing, but a sync that the shutdown overtakes may return as if all were well. Under
// eatmydata, which makes every sync do nothing, the same must lose something: else the cut is none
// and the test shows nothing.
//
// Where the machine does not allow this (no root, no loop device) the tests say so and are skipped.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/kv/backend.h"
#include "common/ledger/check_ledger.h"
#include "common/ledger/ledger.h"
#include "common/ledger/testing.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "tests/faults/fault_box.h"

namespace jodal::faults {
namespace {

namespace fs = std::filesystem;
using ledger::Ledger;

constexpr unsigned long kShutdown = 0x8004587D;  // EXT4_IOC_SHUTDOWN
constexpr uint32_t kNoLogFlush = 2;              // EXT4_GOING_FLAGS_NOLOGFLUSH
constexpr int kThreads = 8;
constexpr int kMillisecondsMax = 400;  // of a burst after its first acknowledgement
constexpr int kControlAttempts = 5;

ledger::UpdateRequest RequestOf(const std::string& id) {
  return {.shard = ledger::ShardOf(id),
          .idempotency_scope = "burst",
          .request_id = id,
          .content_digest = "d"};
}

absl::StatusOr<std::unique_ptr<Ledger>> OpenAt(const std::string& path) {
  ASSIGN_OR_RETURN(auto backend, kv::OpenRocksBackend({.path = path,
                                                       .block_cache_bytes = 4 << 20,
                                                       .write_buffer_bytes = 256 << 10}));
  return Ledger::Open(std::move(backend), ledger::TestOptions(&SystemClock()));
}

// Commits until the world ends. "<id> <seq>" for every acknowledged update.
int BurstMain(const std::string& path, const std::string& run) {
  auto ledger = OpenAt(path);
  if (!ledger.ok()) {
    std::fprintf(stderr, "worker: %s\n", ledger.status().ToString().c_str());
    return 1;
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0;; ++i) {
        const std::string id = absl::StrCat(run, ".", t, ".", i);
        const auto committed = (*ledger)->Update(RequestOf(id), [&](ledger::Txn& txn) {
          txn.Put("done/" + id, std::string(2000, 's'));
          txn.Emit({.type = "test.done", .subject = id, .body = std::string(300, 'b')});
          txn.SetResponse(id);
          return absl::OkStatus();
        });
        if (!committed.ok()) return;  // the device is gone
        const std::string line = absl::StrCat(id, " ", committed->receipts[0].seq, "\n");
        if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  pause();  // until the kill
  return 0;
}

int Shell(const std::string& command) {
  const int status = std::system((command + " >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

std::string Eatmydata() {
  for (const char* folder :
       {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"}) {
    const std::string file = absl::StrCat(folder, "/libeatmydata.so");
    if (fs::exists(file)) return file;
  }
  return "";
}

class PowerCutTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "mounting takes root";
    // Whatever happens, the mounts end with this process.
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      GTEST_SKIP() << "no mount namespace of its own: " << std::strerror(errno);
    }
    std::string name = testing::TempDir() + "/jodal_power_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    fs::create_directory(Mount());
    if (!MakeFileSystem()) GTEST_SKIP() << "no ext4 on a loop device can be made here";
    if (!PowerOn()) GTEST_SKIP() << "an ext4 on a loop device cannot be mounted here";
  }
  void TearDown() override {
    if (dir_.empty()) return;
    Shell("umount -l " + Mount());
    fs::remove_all(dir_);
  }

  std::string Mount() const { return dir_ + "/mnt"; }
  std::string Db() const { return Mount() + "/db"; }
  bool MakeFileSystem() const {
    return Shell(absl::StrCat("truncate -s 512M ", dir_, "/disk && mkfs.ext4 -q -F ", dir_,
                              "/disk")) == 0;
  }
  bool PowerOn() const {
    return Shell(absl::StrCat("mount -o loop ", dir_, "/disk ", Mount())) == 0;
  }

  // A burst that a power cut ends, and the machine started again; true, with the acknowledgements,
  // unless the machine does not know such a cut.
  bool BurstAndCut(int run, std::mt19937_64& random, const std::string& preload,
                   std::map<std::string, uint64_t>& acknowledged) {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) std::abort();
    const std::string db = Db();
    const std::string run_text = absl::StrCat(run);
    const pid_t worker = fork();
    if (worker == 0) {
      dup2(fds[1], STDOUT_FILENO);
      if (!preload.empty()) setenv("LD_PRELOAD", preload.c_str(), 1);
      setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
      execl("/proc/self/exe", "power_worker", kWorkerFlag, db.c_str(), run_text.c_str(), nullptr);
      _exit(127);
    }
    close(fds[1]);
    std::string said;
    char buffer[65536];
    const auto read_more = [&] {
      const ssize_t n = read(fds[0], buffer, sizeof buffer);
      if (n > 0) said.append(buffer, static_cast<size_t>(n));
      return n > 0;
    };
    EXPECT_TRUE(read_more()) << "the worker ended by itself";
    pollfd ready{fds[0], POLLIN, 0};
    const absl::Time end =
        SystemClock().Now() + absl::Milliseconds(20 + random() % kMillisecondsMax);
    while (SystemClock().Now() < end) {
      if (poll(&ready, 1, 5) > 0) read_more();
    }
    const int root = open(Mount().c_str(), O_RDONLY | O_CLOEXEC);
    while (poll(&ready, 1, 0) > 0 && read_more()) {
    }
    const std::string before_the_cut = said.substr(0, said.rfind('\n') + 1);
    said.erase(0, before_the_cut.size());
    const bool cut = ioctl(root, kShutdown, &kNoLogFlush) == 0;
    close(root);
    kill(worker, SIGKILL);
    waitpid(worker, nullptr, 0);
    while (read_more()) {
    }
    close(fds[0]);
    if (!cut) return false;
    EXPECT_EQ(umount(Mount().c_str()), 0) << std::strerror(errno);
    EXPECT_TRUE(PowerOn());
    for (const auto& line : absl::StrSplit(before_the_cut, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      EXPECT_EQ(words.size(), 2u);
      EXPECT_TRUE(acknowledged.emplace(words[0], std::stoull(words[1])).second) << line;
    }
    said_too_late_.clear();
    for (const absl::string_view line : absl::StrSplit(said, '\n', absl::SkipEmpty())) {
      said_too_late_.emplace_back(line.substr(0, line.find(' ')));
    }
    return true;
  }

  // OK if the ledger is whole and has everything acknowledged, once and where it was said to be.
  absl::Status CheckStore(const std::map<std::string, uint64_t>& acknowledged) {
    {
      ASSIGN_OR_RETURN(const auto backend, kv::OpenRocksBackend({.path = Db()}));
      RETURN_IF_ERROR(ledger::CheckLedger(*backend, ledger::kTestOrigin));
    }
    ASSIGN_OR_RETURN(const auto ledger, OpenAt(Db()));
    std::map<std::string, uint64_t> stored;
    for (uint64_t begin = 0; begin < ledger->Size(); begin += 1000) {
      ASSIGN_OR_RETURN(const auto entries, ledger->Entries(begin, 1000, false));
      for (const auto& logged : entries) {
        jodal::log::v1::Entry entry;
        if (!entry.ParseFromString(logged.entry)) return absl::InternalError("no entry");
        if (!stored.emplace(entry.subject(), logged.seq).second) {
          return absl::InternalError(entry.subject() + " is there twice");
        }
      }
    }
    for (const std::string& id : said_too_late_) {
      ++too_late_;
      if (stored.count(id) == 0) ++too_late_and_gone_;
    }
    for (const auto& [id, seq] : acknowledged) {
      const auto it = stored.find(id);
      if (it == stored.end() || it->second != seq) {
        return absl::DataLossError(
            absl::StrCat(id, " was acknowledged and is gone, of ", acknowledged.size()));
      }
      absl::Status state =
          ledger->View(ledger::ShardOf(id), [&](const kv::Reader& reader) -> absl::Status {
            ASSIGN_OR_RETURN(const auto value, reader.Get("done/" + id));
            return value.has_value() ? absl::OkStatus()
                                     : absl::DataLossError(id + " is in the log without its state");
          });
      RETURN_IF_ERROR(state);
    }
    return absl::OkStatus();
  }

  std::string dir_;
  std::vector<std::string> said_too_late_;  // of the last cut
  int too_late_ = 0;
  int too_late_and_gone_ = 0;
};

TEST_F(PowerCutTest, WhatWasAcknowledgedIsThere) {
  std::mt19937_64 random(TestSeed());
  std::map<std::string, uint64_t> acknowledged;
  const int cuts = Full() ? 25 : 3;
  for (int run = 0; run < cuts; ++run) {
    const size_t before = acknowledged.size();
    if (!BurstAndCut(run, random, "", acknowledged)) {
      GTEST_SKIP() << "this kernel's ext4 has no shutdown ioctl";
    }
    EXPECT_GT(acknowledged.size(), before) << "the cut came before the burst";
    ASSERT_EQ(CheckStore(acknowledged), absl::OkStatus()) << "cut " << run;
  }
  std::cout << cuts << " power cuts, " << acknowledged.size() << " acknowledged commits; "
            << too_late_ << " more were said too late, " << too_late_and_gone_
            << " of them are gone\n";
}

TEST_F(PowerCutTest, WithoutSyncsItLoses) {
  const std::string eatmydata = Eatmydata();
  if (eatmydata.empty()) GTEST_SKIP() << "eatmydata is not installed";
  std::mt19937_64 random(TestSeed());
  for (int run = 0; run < kControlAttempts; ++run) {
    std::map<std::string, uint64_t> acknowledged;
    if (!BurstAndCut(run, random, eatmydata, acknowledged)) {
      GTEST_SKIP() << "this kernel's ext4 has no shutdown ioctl";
    }
    const absl::Status checked = CheckStore(acknowledged);
    std::cout << acknowledged.size() << " acknowledged commits: " << checked << "\n";
    if (!checked.ok()) return;
  }
  FAIL() << "nothing was lost in " << kControlAttempts << " power cuts without a sync";
}

}  // namespace
}  // namespace jodal::faults

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == jodal::faults::kWorkerFlag) {
    return jodal::faults::BurstMain(argv[2], argv[3]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
