// A kill, or an error, at every system call that changes a file, of a submission, a close and an
// opening, and of the opening of the store before each.
//
// strace attaches to the worker where it pauses and counts calls by thread: with the store still
// closed it follows all threads of the process (the main thread does the recovery); with the store
// open it follows the committer alone, or RocksDB's flusher. The N-th call is killed or fails, for
// every N that a run without a fault has. Then the store is opened again without one.
//
// Normally a selection runs, all of it with JODAL_FULL=1.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/kv/backend.h"
#include "common/ledger/check_ledger.h"
#include "common/status/macros.h"
#include "tests/faults/fault_box.h"

namespace jodal::faults {
namespace {

namespace fs = std::filesystem;

constexpr int kBids = 12;
// Not sync_file_range: it promises nothing, and a RocksDB with assertions ends the process when its
// probe of it fails.
constexpr char kCalls[] =
    "?write,?pwrite64,?writev,?pwritev,?fdatasync,?fsync,?fallocate,?ftruncate,"
    "?openat,?rename,?renameat,?renameat2,?link,?linkat,?unlink,?unlinkat,?mkdir,?mkdirat";

struct Fault {
  std::string what;  // "signal=SIGKILL", "error=EIO", "error=ENOSPC"
  bool from_then_on = false;
  std::string call;  // "fdatasync"
  int n = 0;         // of them in one thread, from 1

  bool kills() const { return what == "signal=SIGKILL"; }
};

struct Site {
  std::string call;      // "fdatasync"
  std::string file;      // "000012.log"
  bool observed = true;  // in the thread that strace was attached to, not in one that it followed

  std::string text() const { return absl::StrCat(call, " ", file); }
  // "fdatasync .log", "write MANIFEST"
  std::string Kind() const {
    const std::string extension = fs::path(file).extension().string();
    return absl::StrCat(call, " ", extension.empty() ? file.substr(0, file.find('-')) : extension);
  }
};

// What a worker did and what came over it.
struct Outcome {
  int status = 0;                                                 // of wait
  std::vector<std::pair<std::string, std::string>> acknowledged;  // act, answer
  std::vector<std::pair<std::string, std::string>> failed;        // act, reason
  bool write_failed = false;                // an act failed at more than a read
  bool acknowledged_after_failure = false;  // at any time after such a failure
  bool stopped = false;                     // and said so
  bool ended = false;                       // came to its end
  std::string unexpected;                   // anything else it said
  std::vector<Site> sites;                  // where the fault struck
  std::map<std::string, int> calls;         // by name, of the thread with most of them
};

bool TraceWorks() {
  const pid_t child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, 1);
    dup2(null, 2);
    execlp("strace", "strace", "-f", "-e", "inject=?getppid:error=EPERM", "true", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string FieldOf(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (absl::StartsWith(line, name)) return line.substr(name.size());
  }
  return "";
}

// write(7</dev/shm/x/db/000012.log>, ... -> write, 000012.log
Site SiteOf(const std::string& call) {
  Site site;
  const size_t open = call.find('(');
  site.call = call.substr(0, open);
  size_t begin = call.find('"', open);  // a name, else what the descriptor is open on
  if (begin == std::string::npos || call.substr(begin, 2) == "\"\"") begin = call.find('<', open);
  if (begin != std::string::npos) {
    const size_t end = call.find_first_of(">\"", begin + 1);
    site.file = fs::path(call.substr(begin + 1, end - begin - 1)).filename().string();
  }
  return site;
}

void ReadTrace(const std::string& file, const std::string& tid, const std::optional<Fault>& fault,
               Outcome& run) {
  std::map<std::string, std::map<std::string, int>> calls;
  std::map<std::string, std::string> begun;  // the newest call of every thread
  std::string last;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t begin = line.find_first_not_of("0123456789 ");
    if (begin == std::string::npos) continue;
    const std::string thread(absl::StripAsciiWhitespace(line.substr(0, begin)));
    const std::string call = line.substr(begin);
    if (absl::ascii_isalpha(call[0])) {
      const std::string name = call.substr(0, call.find('('));
      const int count = ++calls[name][thread];
      run.calls[name] = std::max(run.calls[name], count);
      begun[thread] = last = call;
    }
    if (absl::StrContains(call, "(INJECTED)")) {  // here, or in the second half of a line in two
      run.sites.push_back(SiteOf(begun[thread]));
      run.sites.back().observed = thread.empty() || thread == tid;
    }
  }
  if (fault.has_value() && fault->kills() && WIFSIGNALED(run.status)) {
    run.sites.push_back(SiteOf(last));
  }
}

void Understand(const std::string& line, Outcome& run) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  if (words[0] == "ack" && words.size() == 3) {
    if (run.write_failed) run.acknowledged_after_failure = true;
    run.acknowledged.emplace_back(words[1], HexDecode(words[2]).value_or(""));
  } else if (words[0] == "failed" && words.size() >= 3) {
    run.failed.emplace_back(words[1], words[2]);
    // A read that fails (STORE_FAILED, of a large value's own file for one) has changed nothing,
    // and the next may go well. After a failed write nothing may.
    // Bids are sent together: one that finds the ledger stopped is told so at once, maybe before
    // those that were durable earlier have their answers. The one whose write failed waits its
    // turn.
    const bool overtakes = words[2] == "LEDGER_STOPPED" && absl::StartsWith(words[1], "bid-");
    run.write_failed = run.write_failed || (words[2] != "STORE_FAILED" && !overtakes);
  } else if (line == "stopped LEDGER_STOPPED") {
    run.stopped = true;
  } else if (line == "end") {
    run.ended = true;
  } else {
    absl::StrAppend(&run.unexpected, line, "\n");
  }
}

class SyscallTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!TraceWorks()) GTEST_SKIP() << "strace cannot trace here: no ptrace, or no strace";
    std::string name = fs::exists("/dev/shm") ? "/dev/shm/jodal_syscall_XXXXXX"
                                              : testing::TempDir() + "/jodal_syscall_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    // One store before each stage, and the result of a box that nothing happened to.
    const auto none = [](const std::string& act, const absl::StatusOr<std::string>& answer) {
      EXPECT_TRUE(answer.ok()) << act << answer.status();
    };
    {
      auto box = FaultBox::Open(dir_ + "/db");
      ASSERT_TRUE(box.ok()) << box.status();
      ASSERT_TRUE((*box)->Create().ok());
      bids_ = (*box)->MakeBids(kBids);
    }
    for (const Stage stage : kStages) {
      // As a kill leaves it: what was acknowledged last is in the write-ahead log only.
      auto box = FaultBox::Open(dir_ + "/db");
      ASSERT_TRUE(box.ok()) << box.status();
      (*box)->CommitterTid();
      fs::create_directory(Base(stage));
      fs::copy(dir_ + "/db", Base(stage) + "/db");
      SaveBids(Base(stage), bids_);
      (*box)->Run(stage, bids_, none);
      if (stage == Stage::kOpening) {
        const auto result = (*box)->Result();
        ASSERT_TRUE(result.ok()) << result.status();
        expected_ = *result;
      }
    }
  }
  void TearDown() override {
    std::error_code ignored;
    if (!dir_.empty()) fs::remove_all(dir_, ignored);
  }

  std::string Base(Stage stage) const { return absl::StrCat(dir_, "/", NameOf(stage)); }
  std::string Work() const { return dir_ + "/work"; }

  // Runs the stage in a worker over a fresh copy of its store.
  Outcome RunWorker(Stage stage, const std::string& pause, const std::optional<Fault>& fault) {
    fs::remove_all(Work());
    fs::copy(Base(stage), Work(), fs::copy_options::recursive);
    int words[2];
    int go[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, words) != 0 ||
        pipe2(go, O_CLOEXEC) != 0) {
      std::abort();
    }
    const std::string work = Work();
    const pid_t worker = fork();
    if (worker == 0) {
      dup2(go[0], STDIN_FILENO);
      dup2(words[1], STDOUT_FILENO);
      setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // it cannot, while it is traced
      execl("/proc/self/exe", "fault_worker", kWorkerFlag, work.c_str(), NameOf(stage),
            pause.c_str(), nullptr);
      _exit(127);
    }
    close(words[1]);
    close(go[0]);
    Outcome run;
    std::string text;
    pid_t tracer = 0;
    std::string tid;
    const std::string trace = dir_ + "/trace";
    fs::remove(trace);
    for (char buffer[65536];;) {
      const ssize_t got = read(words[0], buffer, sizeof buffer);
      if (got <= 0) break;
      text.append(buffer, static_cast<size_t>(got));
      for (size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
        const std::string line = text.substr(0, end);
        if (!absl::StartsWith(line, "pause ")) {
          Understand(line, run);
          continue;
        }
        tid = line.substr(6);
        tracer = Attach({worker, tid}, pause == kPauseOpen, trace, fault);
        if (write(go[1], "g", 1) != 1) std::abort();
      }
    }
    waitpid(worker, &run.status, 0);
    if (tracer > 0) waitpid(tracer, nullptr, 0);
    close(words[0]);
    close(go[1]);
    ReadTrace(trace, tid, fault, run);
    return run;
  }

  struct Thread {
    pid_t process;
    std::string tid;
  };
  static pid_t Attach(const Thread& thread, bool follow, const std::string& trace,
                      const std::optional<Fault>& fault) {
    std::vector<std::string> args = {
        "strace", "-q", "-y", "-s", "0", "-o", trace, "-e", absl::StrCat("trace=", kCalls)};
    if (follow) args.push_back("-f");
    if (fault.has_value()) {
      args.insert(args.end(),
                  {"-e", absl::StrCat("inject=", fault->call, ":", fault->what, ":when=", fault->n,
                                      fault->from_then_on ? "+" : "")});
    }
    args.insert(args.end(), {"-p", thread.tid});
    std::vector<char*> argv;
    for (std::string& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    const pid_t tracer = fork();
    if (tracer == 0) {
      execvp("strace", argv.data());
      _exit(127);
    }
    const std::string status =
        absl::StrCat("/proc/", thread.process, "/task/", thread.tid, "/status");
    int traced_by = 0;
    while (traced_by == 0) {
      absl::SleepFor(absl::Milliseconds(1));
      if (!absl::SimpleAtoi(FieldOf(status, "TracerPid:"), &traced_by)) break;
      if (waitpid(tracer, nullptr, WNOHANG) != 0) break;
    }
    EXPECT_EQ(traced_by, tracer) << "strace could not attach";
    return tracer;
  }

  // What the worker left: nothing acknowledged is lost or doubled, and what was interrupted comes
  // to the same end.
  absl::Status CheckStore(const Outcome& run) {
    const std::string db = Work() + "/db";
    {
      ASSIGN_OR_RETURN(const auto backend, kv::OpenRocksBackend({.path = db}));
      RETURN_IF_ERROR(ledger::CheckLedger(*backend, kOrigin));
    }
    ASSIGN_OR_RETURN(const auto box, FaultBox::Open(db));
    for (const auto& [act, answer] : run.acknowledged) {
      RETURN_IF_ERROR(box->CheckAnswer(act, answer));
      RETURN_IF_ERROR(box->CheckRepeat(act, answer, bids_));
    }
    absl::Status first;
    const auto must = [&](const std::string& act, const absl::StatusOr<std::string>& answer) {
      first.Update(answer.status());
    };
    for (const Stage stage : kStages) box->Run(stage, bids_, must);
    RETURN_IF_ERROR(first);
    for (const auto& [act, answer] : run.acknowledged)
      RETURN_IF_ERROR(box->CheckAnswer(act, answer));
    ASSIGN_OR_RETURN(const std::string result, box->Result());
    return result == expected_ ? absl::OkStatus()
                               : absl::InternalError("another result:\n" + result);
  }

  // One fault: what the worker may do then, and the store after it. Of calls whose number varies
  // the last may not come: then the worker comes to its end.
  void Strike(Stage stage, const std::string& pause, const Fault& fault) {
    SCOPED_TRACE(absl::StrCat(NameOf(stage), ", attached at ", pause, ", ", fault.what, " at ",
                              fault.call, " ", fault.n,
                              fault.from_then_on ? " and all after it" : ""));
    const Outcome run = RunWorker(stage, pause, fault);
    if (run.sites.empty()) {
      EXPECT_TRUE(run.ended) << "wait status " << run.status;
    }
    SCOPED_TRACE(run.sites.empty() ? "nowhere" : run.sites.front().text());
    EXPECT_EQ(run.unexpected, "");
    if (fault.kills()) {
      EXPECT_TRUE(run.failed.empty());
    } else {
      EXPECT_TRUE(run.ended || WIFEXITED(run.status)) << "wait status " << run.status;
      CheckDegradation(run, pause);
    }
    EXPECT_EQ(CheckStore(run), absl::OkStatus());
    for (const Site& site : run.sites) ++struck_[absl::StrCat(fault.what, " ", site.Kind())];
  }

  static void CheckDegradation(const Outcome& run, const std::string& pause) {
    static const std::set<std::string> kDocumented = {"STORE_FAILED", "COMMIT_UNKNOWN",
                                                      "LEDGER_STOPPED"};
    bool unknown = false;
    for (const auto& [act, reason] : run.failed) {
      EXPECT_TRUE(kDocumented.count(reason) != 0) << act << " failed with " << reason;
      unknown = unknown || reason == "COMMIT_UNKNOWN" || reason == "LEDGER_STOPPED";
    }
    EXPECT_FALSE(run.acknowledged_after_failure);
    EXPECT_EQ(run.stopped, unknown);
    // Whether the bytes are on the disk after an error shows only in a power cut: so no error of a
    // write or sync of the log, or of what recovery makes of it, may pass. What a thread in the
    // background fails to write is still in the log, and it tries again.
    static const std::set<std::string> kWrites = {"write", "pwrite64", "fdatasync", "fsync"};
    for (const Site& site : run.sites) {
      const bool log = absl::EndsWith(site.file, ".log");
      const bool table =
          absl::EndsWith(site.file, ".sst") || absl::StartsWith(site.file, "MANIFEST");
      if (site.observed && kWrites.count(site.call) != 0 && pause != kPauseFlush &&
          (log || (table && pause == kPauseOpen))) {
        EXPECT_FALSE(run.failed.empty()) << site.text() << " failed and nobody was told";
      }
    }
  }

  static const testing::TestResult* result() {
    return testing::UnitTest::GetInstance()->current_test_info()->result();
  }

  std::string dir_;
  Bids bids_;
  std::string expected_;
  std::map<std::string, int> struck_;  // by kind of fault, call and file
};

TEST_F(SyscallTest, NothingAcknowledgedIsLostOrDoubled) {
  std::mt19937_64 random(TestSeed());
  const Fault kinds[] = {{"signal=SIGKILL"},
                         {"error=EIO"},
                         {"error=EIO", true},
                         {"error=ENOSPC"},
                         {"error=ENOSPC", true}};
  int runs = 0;
  for (const std::string pause : {kPauseCommit, kPauseOpen, kPauseFlush}) {
    for (const Stage stage : kStages) {
      if (pause == kPauseFlush && stage != Stage::kSubmission) continue;
      const Outcome clean = RunWorker(stage, pause, std::nullopt);
      ASSERT_TRUE(clean.ended) << clean.unexpected << clean.status;
      ASSERT_TRUE(clean.failed.empty());
      ASSERT_EQ(CheckStore(clean), absl::OkStatus());
      int total = 0;
      for (const auto& [call, count] : clean.calls) total += count;
      std::cout << NameOf(stage) << ", " << pause << ": " << total << " calls\n";
      ASSERT_GT(total, 0);
      // A selection takes all of the committer, and of the rest some.
      const int step = Full() || pause == kPauseCommit ? 1 : pause == kPauseFlush ? 5 : 18;
      int skip = 0;
      for (Fault fault : kinds) {
        if (!Full()) skip = static_cast<int>(random() % step);
        for (const auto& [call, count] : clean.calls) {
          fault.call = call;
          for (fault.n = 1; fault.n <= count; ++fault.n) {
            if (--skip >= 0) continue;
            skip = step - 1;
            ++runs;
            Strike(stage, pause, fault);
            if (result()->total_part_count() > 50) FAIL() << "and so on";
          }
        }
      }
    }
  }
  std::cout << runs << " runs; struck:\n";
  for (const auto& [what, count] : struck_) std::cout << "  " << what << ": " << count << "\n";
  // The moments that matter most: before the record is written, between its write and its sync, and
  // in a recovery.
  std::vector<std::string> sites = {"write .log", "fdatasync .log"};
  if (Full()) {
    for (const char* site : {"write MANIFEST", "fdatasync MANIFEST", "write .sst", "fdatasync .sst",
                             "rename .dbtmp", "fsync db", "unlink .log"}) {
      sites.push_back(site);
    }
  }
  for (const std::string& site : sites) {
    for (const char* kind : {"signal=SIGKILL ", "error=EIO ", "error=ENOSPC "}) {
      EXPECT_GT(struck_[kind + site], 0) << kind << site;
    }
  }
}

}  // namespace
}  // namespace jodal::faults

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == jodal::faults::kWorkerFlag) {
    return jodal::faults::WorkerMain({argv[2], argv[3], argv[4]});
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
