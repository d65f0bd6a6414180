// kill -9 at random moments: whatever was acknowledged is there once, and the log is whole.
//
// The child is this program again (a fresh process, so that the storage engine's threads are its
// own). It commits from several threads and prints "<run>.<thread>.<i> <seq>" for every
// acknowledged update; the parent kills it and checks the store.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/crypto/random.h"
#include "common/ledger/check_ledger.h"
#include "common/ledger/ledger.h"
#include "common/ledger/testing.h"
#include "common/log/receipt.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "tests/conformance/stores.h"
#include "tests/support/postgres/test_postgres.h"

namespace jodal::conformance {
namespace {

using ledger::kTestOrigin;
using ledger::Ledger;

constexpr char kChildFlag[] = "--crash-child";
constexpr int kKills = 20;
constexpr int kMillisecondsMax = 120;  // a child's life after its first acknowledgement

// A store in words that a child can be given.
struct Place {
  std::string conninfo;  // "" for RocksDB
  std::string path;      // or the schema
};

absl::StatusOr<std::unique_ptr<kv::Backend>> OpenBackend(const Place& place) {
  if (place.conninfo.empty()) {
    return kv::OpenRocksBackend({.path = place.path, .block_cache_bytes = 4 << 20});
  }
  return kv::OpenPostgresBackend({.conninfo = place.conninfo, .schema = place.path},
                                 crypto::SystemRandom());
}

absl::StatusOr<std::unique_ptr<Ledger>> OpenAt(const Place& place) {
  ASSIGN_OR_RETURN(auto backend, OpenBackend(place));
  return Ledger::Open(std::move(backend), ledger::TestOptions(&SystemClock()));
}

ledger::UpdateRequest RequestOf(const std::string& id) {
  return {.shard = ledger::ShardOf(id),
          .idempotency_scope = "child",
          .request_id = id,
          .content_digest = "d"};
}

Ledger::Body BodyOf(const std::string& id) {
  return [id](ledger::Txn& txn) {
    txn.Put("done/" + id, "1");
    txn.Emit({.type = "test.done", .subject = id, .body = std::string(300, 'b')});
    txn.SetResponse(id);
    return absl::OkStatus();
  };
}

int ChildMain(const Place& place, const std::string& run) {
  auto ledger = OpenAt(place);
  if (!ledger.ok()) {
    std::fprintf(stderr, "child: %s\n", ledger.status().ToString().c_str());
    return 1;
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0;; ++i) {
        const std::string id = absl::StrCat(run, ".", t, ".", i);
        const auto committed = (*ledger)->Update(RequestOf(id), BodyOf(id));
        if (!committed.ok()) std::abort();
        const std::string line = absl::StrCat(id, " ", committed->receipts[0].seq, "\n");
        // Shorter than PIPE_BUF, so lines of several threads do not mix.
        if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

// Runs a child until it is killed; returns the acknowledgements that it printed.
std::string RunAndKill(const Place& place, int run, std::mt19937_64& random) {
  int fds[2];
  if (pipe(fds) != 0) std::abort();
  const std::string run_text = absl::StrCat(run);
  const pid_t child = fork();
  if (child == 0) {
    dup2(fds[1], STDOUT_FILENO);
    close(fds[0]);
    close(fds[1]);
    execl("/proc/self/exe", "crash_child", kChildFlag, place.conninfo.c_str(), place.path.c_str(),
          run_text.c_str(), nullptr);
    _exit(127);
  }
  close(fds[1]);
  std::string acknowledged;
  char buffer[4096];
  const auto read_more = [&] {
    const ssize_t n = read(fds[0], buffer, sizeof buffer);
    if (n > 0) acknowledged.append(buffer, static_cast<size_t>(n));
    return n > 0;
  };
  pollfd ready{fds[0], POLLIN, 0};
  bool alive = true;
  if (run % 4 != 0) {
    alive = read_more();  // else the kill may come while it opens the store
  }
  // A budget of polls of one millisecond each, so reading on does not prolong the child's life.
  for (uint64_t left = random() % kMillisecondsMax; alive && left > 0; --left) {
    if (poll(&ready, 1, 1) > 0) alive = read_more();
  }
  EXPECT_TRUE(alive) << "the child ended by itself";
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  while (read_more()) {
  }
  close(fds[0]);
  return acknowledged;
}

class CrashTest : public testing::TestWithParam<bool> {};

TEST_P(CrashTest, WhatWasAcknowledgedIsThereOnceAfterKill9) {
  const uint64_t seed = TestSeed(1);
  SCOPED_TRACE(absl::StrCat("JODAL_TEST_SEED=", seed));
  std::mt19937_64 random(seed);
  std::string dir = (std::filesystem::temp_directory_path() / "jodal_crash_XXXXXX").string();
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  Place place{"", dir + "/db"};
  if (GetParam()) {
    const auto conninfo = testing_support::SharedTestPostgres();
    if (absl::IsNotFound(conninfo.status())) GTEST_SKIP() << conninfo.status().message();
    ASSERT_TRUE(conninfo.ok()) << conninfo.status();
    place = {*conninfo, testing_support::FreshName()};
  }

  std::map<std::string, uint64_t> acknowledged;
  uint64_t size = 0;
  crypto::TreeHead head{0, crypto::EmptyRoot()};
  for (int run = 0; run < kKills; ++run) {
    for (const auto& line :
         absl::StrSplit(RunAndKill(place, run, random), '\n', absl::SkipEmpty())) {
      const std::vector<std::string> word = absl::StrSplit(line, ' ');
      ASSERT_EQ(word.size(), 2u) << line;
      ASSERT_TRUE(acknowledged.emplace(word[0], std::stoull(word[1])).second) << line;
    }
    const bool last = run + 1 == kKills;
    if (last || run % 5 == 0) {
      const auto backend = OpenBackend(place);
      ASSERT_TRUE(backend.ok()) << backend.status();
      const absl::Status checked = ledger::CheckLedger(**backend, kTestOrigin);
      // Killed before it had begun, the very first child may have left nothing.
      ASSERT_TRUE(checked.ok() || (absl::IsNotFound(checked) && acknowledged.empty())) << checked;
    }
    const auto opened = OpenAt(place);
    ASSERT_TRUE(opened.ok()) << opened.status();
    const std::unique_ptr<Ledger>& ledger = *opened;
    ASSERT_GE(ledger->Size(), size);
    const auto newest =
        log::OpenCheckpoint(ledger->Checkpoint(), {kTestOrigin, ledger->public_key()}).value();
    if (head.size > 0) {
      const auto path_hashes = ledger->ConsistencyProof(head.size, newest.size);
      ASSERT_TRUE(path_hashes.ok()) << path_hashes.status();
      ASSERT_TRUE(crypto::VerifyConsistency(head, {newest.size, newest.root}, *path_hashes).ok());
    }
    head = {newest.size, newest.root};
    size = newest.size;

    std::map<std::string, uint64_t> stored;
    const auto entries = ledger->Entries(0, size, false);
    ASSERT_TRUE(entries.ok()) << entries.status();
    for (const ledger::LoggedEntry& logged : *entries) {
      jodal::log::v1::Entry entry;
      ASSERT_TRUE(entry.ParseFromString(logged.entry));
      ASSERT_TRUE(stored.emplace(entry.subject(), logged.seq).second)
          << entry.subject() << " twice";
    }
    for (const auto& [id, seq] : acknowledged) {
      const auto it = stored.find(id);
      ASSERT_TRUE(it != stored.end()) << id << " was acknowledged and is gone, run " << run;
      ASSERT_EQ(it->second, seq) << id;
    }
    if (last) {
      for (const auto& [id, seq] : acknowledged) {
        const auto again = ledger->Update(RequestOf(id), BodyOf(id));
        ASSERT_TRUE(again.ok()) << again.status();
        ASSERT_TRUE(again->repeated) << id;
        ASSERT_EQ(again->response, id);
        ASSERT_EQ(again->receipts[0].seq, seq);
      }
    }
  }
  EXPECT_GT(acknowledged.size(), static_cast<size_t>(kKills));
  std::filesystem::remove_all(dir);
}

INSTANTIATE_TEST_SUITE_P(Engines, CrashTest, testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "postgres" : "rocksdb");
});

}  // namespace
}  // namespace jodal::conformance

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == jodal::conformance::kChildFlag) {
    return jodal::conformance::ChildMain({argv[2], argv[3]}, argv[4]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
