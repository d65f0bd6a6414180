#include "tests/faults/fault_box.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/crypto/merkle.h"
#include "common/log/checkpoint.h"
#include "common/log/receipt.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::faults {
namespace {

namespace fs = std::filesystem;
using bidding::v1::ReleaseSharesResponse;
using bidding::v1::SubmitBidResponse;

constexpr int kQuorum[] = {1, 3};
constexpr size_t kTogether = 4;  // bids that do not wait for each other

absl::Status Wrong(const std::string& what) { return absl::InternalError(what); }

std::string BidAct(size_t at) { return absl::StrCat("bid-", at); }
std::string ReleaseAct(int i) { return absl::StrCat("release-", i); }

int ThreadNamed(const std::string& prefix) {
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "comm");
    std::string name;
    std::getline(in, name);
    int tid = 0;
    if (absl::StartsWith(name, prefix) && absl::SimpleAtoi(task.path().filename().string(), &tid)) {
      return tid;
    }
  }
  return 0;
}

}  // namespace

const char* NameOf(Stage stage) {
  switch (stage) {
    case Stage::kSubmission:
      return "submission";
    case Stage::kClose:
      return "close";
    case Stage::kOpening:
      return "opening";
  }
  return "";
}

absl::StatusOr<std::unique_ptr<FaultBox>> FaultBox::Open(const std::string& path,
                                                         size_t write_buffer_bytes) {
  absl::Status status;
  auto box = std::unique_ptr<FaultBox>(
      new FaultBox([&](const ledger::Ledger::Options& options) -> std::unique_ptr<ledger::Ledger> {
        auto backend = kv::OpenRocksBackend(
            {.path = path, .block_cache_bytes = 4 << 20, .write_buffer_bytes = write_buffer_bytes});
        if (!backend.ok()) {
          status = backend.status();
          return nullptr;
        }
        auto opened = ledger::Ledger::Open(*std::move(backend), options);
        status = opened.status();
        return opened.ok() ? *std::move(opened) : nullptr;
      }));
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(box->engine_->Recover());
  RETURN_IF_ERROR(box->engine_->deadlines().Recover());
  if (const uint64_t size = box->ledger().Size(); size > 0) {
    // The clock has not stood still while the store was closed.
    ASSIGN_OR_RETURN(const auto entries, box->ledger().Entries(size - 1, 1, false));
    jodal::log::v1::Entry last;
    if (!last.ParseFromString(entries[0].entry)) return Wrong("an entry does not parse");
    box->env_.clock.Set(absl::FromUnixNanos(last.commit_time_ns()));
  }
  box->notice_hash_ =
      HexEncode(crypto::Sha256(box->BoxRequest(box->Notice()).notice().document().content()));
  return box;
}

absl::Status FaultBox::Create() { return BoxTest::CreateBox(BoxRequest(Notice())).status(); }

rpc::Call FaultBox::CallOf(int bid) const {
  rpc::Call call = env_.As(Supplier(bid));
  call.arrival = bid_start() + absl::Seconds(bid);
  return call;
}

Bids FaultBox::MakeBids(int count) {
  Bids bids;
  for (int i = 0; i < count; ++i) {
    bids.push_back(MakeBid({Supplier(i)}));
    bids.back().set_request_id(absl::StrCat("bid-request-", i));
  }
  return bids;
}

void FaultBox::Submit(const Bids& bids, const Report& report) {
  env_.clock.Set(bid_start() + absl::Minutes(1));
  std::vector<SubmitBidResponse> responses(bids.size());
  absl::Mutex mu;
  size_t ended = 0;
  for (size_t at = 0; at < bids.size(); ++at) {
    if (at % kTogether == 0) {
      const auto before = [&] { return ended >= at; };
      absl::MutexLock lock(&mu);
      mu.Await(absl::Condition(&before));
    }
    engine_->SubmitBid(CallOf(static_cast<int>(at)), bids[at], &responses[at],
                       [&, at](const absl::Status& status) {
                         absl::MutexLock lock(&mu);
                         report(BidAct(at), status.ok() ? absl::StatusOr<std::string>(
                                                              responses[at].SerializeAsString())
                                                        : status);
                         ++ended;
                       });
  }
  const auto all = [&] { return ended == bids.size(); };
  absl::MutexLock lock(&mu);
  mu.Await(absl::Condition(&all));
}

void FaultBox::CloseBox(const Report& report) {
  env_.clock.Set(deadline());
  absl::Status status = engine_->deadlines().RunDue();
  if (status.ok()) {
    const auto box = GetBox();
    status = box.ok() && box->root().empty() ? Wrong("nothing was closed") : box.status();
  }
  report("close", status.ok() ? absl::StatusOr<std::string>(ledger().Checkpoint()) : status);
}

absl::StatusOr<std::string> FaultBox::ReleaseOnce(int i) {
  bidding::v1::ReleaseSharesRequest request;
  ASSIGN_OR_RETURN(const auto shares, TryHonestShares(i));
  *request.mutable_document() = env_.Sign(shares, "open-share", officers_[i - 1]);
  request.set_request_id(absl::StrCat("release-request-", i));
  ReleaseSharesResponse response;
  RETURN_IF_ERROR(engine_->ReleaseShares(env_.As(officers_[i - 1]), request, &response));
  return response.SerializeAsString();
}

void FaultBox::ReleaseAndOpen(const Report& report) {
  env_.clock.Set(open_at());
  absl::Status missing;  // why there is no quorum: then nothing can be opened
  for (const int i : kQuorum) {
    // The member's client reads the box first.
    const auto box = GetBox();
    const auto released = box.ok() ? ReleaseOnce(i) : box.status();
    missing.Update(released.status());
    report(ReleaseAct(i), released);
  }
  absl::Status status = engine_->OpenPending();
  if (status.ok()) {
    const auto box = GetBox();
    status = box.status();
    if (box.ok() && box->state() != bidding::v1::Box::OPENED) {
      status = missing.ok() ? Wrong("nothing was opened") : missing;
    }
  }
  report("opening", status.ok() ? absl::StatusOr<std::string>(ledger().Checkpoint()) : status);
}

void FaultBox::Run(Stage stage, const Bids& bids, const Report& report) {
  switch (stage) {
    case Stage::kSubmission:
      return Submit(bids, report);
    case Stage::kClose:
      return CloseBox(report);
    case Stage::kOpening:
      return ReleaseAndOpen(report);
  }
}

absl::StatusOr<std::string> FaultBox::Result() {
  ASSIGN_OR_RETURN(auto box, GetBox());
  std::string out = absl::StrCat(box.root(), " ", box.state(), " ", box.submissions(), "\n");
  ASSIGN_OR_RETURN(auto opened, ListOpened());
  for (auto& bid : *opened.mutable_bids()) {
    bid.clear_received_seq();
    bid.clear_opened_seq();
    absl::StrAppend(&out, HexEncode(bid.SerializeAsString()), "\n");
  }
  std::map<std::string, int> types;
  for (const std::string& type : env_.LoggedTypes()) {
    if (type != "seals.read") ++types[type];  // as often as somebody looked
  }
  for (const auto& [type, count] : types) absl::StrAppend(&out, type, " ", count, "\n");
  return out;
}

absl::Status FaultBox::CheckProof(const std::string& note) {
  const log::LogIdentity log{kOrigin, ledger().public_key()};
  ASSIGN_OR_RETURN(const auto shown, log::OpenCheckpoint(note, log));
  ASSIGN_OR_RETURN(const auto newest, log::OpenCheckpoint(ledger().Checkpoint(), log));
  if (shown.size > newest.size) return Wrong("a checkpoint that was shown is past the log");
  if (shown.size == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto path, ledger().ConsistencyProof(shown.size, newest.size));
  return crypto::VerifyConsistency({shown.size, shown.root}, {newest.size, newest.root}, path);
}

absl::Status FaultBox::CheckAnswer(const std::string& act, const std::string& answer) {
  jodal::log::v1::Receipt receipt;
  if (absl::StartsWith(act, "bid-")) {
    SubmitBidResponse response;
    if (!response.ParseFromString(answer)) return Wrong("the answer does not parse");
    receipt = response.receipt();
  } else if (absl::StartsWith(act, "release-")) {
    ReleaseSharesResponse response;
    if (!response.ParseFromString(answer)) return Wrong("the answer does not parse");
    receipt = response.receipt();
  } else {
    return CheckProof(answer);
  }
  RETURN_IF_ERROR(
      log::VerifyReceipt(receipt.entry(), receipt.proof(), {kOrigin, ledger().public_key()})
          .status());
  ASSIGN_OR_RETURN(const auto entries, ledger().Entries(receipt.seq(), 1, false));
  if (entries.size() != 1 || entries[0].entry != receipt.entry()) {
    return Wrong("an acknowledged entry is gone");
  }
  ASSIGN_OR_RETURN(const auto proof, log::ParseProof(receipt.proof()));
  return CheckProof(proof.checkpoint);
}

absl::Status FaultBox::CheckRepeat(const std::string& act, const std::string& answer,
                                   const Bids& bids) {
  const auto same = [&](const auto& first, const auto& again) {
    auto a = first;
    auto b = again;
    a.mutable_receipt()->clear_proof();  // against the newest checkpoint
    b.mutable_receipt()->clear_proof();
    return a.SerializeAsString() == b.SerializeAsString() ? absl::OkStatus()
                                                          : Wrong("a repeat is answered otherwise");
  };
  for (size_t at = 0; at < bids.size(); ++at) {
    if (act != BidAct(at)) continue;
    SubmitBidResponse first;
    if (!first.ParseFromString(answer)) return Wrong("the answer does not parse");
    ASSIGN_OR_RETURN(const auto again, BoxTest::Submit(CallOf(static_cast<int>(at)), bids[at]));
    return same(first, again);
  }
  for (const int i : kQuorum) {
    if (act != ReleaseAct(i)) continue;
    ReleaseSharesResponse first;
    ReleaseSharesResponse again;
    ASSIGN_OR_RETURN(const std::string bytes, ReleaseOnce(i));
    if (!first.ParseFromString(answer) || !again.ParseFromString(bytes)) {
      return Wrong("the answer does not parse");
    }
    return same(first, again);
  }
  ASSIGN_OR_RETURN(const auto box, GetBox());
  if (act == "close" && box.root().empty()) return Wrong("an acknowledged close is gone");
  if (act == "opening" && box.state() != bidding::v1::Box::OPENED) {
    return Wrong("an acknowledged opening is gone");
  }
  return absl::OkStatus();
}

// It has its name once it has committed something.
int FaultBox::CommitterTid() {
  const auto committed = ledger().Update({.housekeeping = true}, [](ledger::Txn& txn) {
    txn.Put(absl::StrCat(ledger::kHousekeepingPrefix, "probe"), "1");
    return absl::OkStatus();
  });
  EXPECT_TRUE(committed.ok()) << committed.status();
  return ThreadNamed("committer");
}

// --- The worker

namespace {

void Say(const std::string& line) {
  const std::string text = line + "\n";
  if (send(STDOUT_FILENO, text.data(), text.size(), MSG_NOSIGNAL) < 0) _exit(4);
}

void Pause(int tid) {
  Say(absl::StrCat("pause ", tid));
  char go = 0;
  if (read(STDIN_FILENO, &go, 1) != 1) _exit(4);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Bids LoadBids(const std::string& dir) {
  Bids bids;
  while (fs::exists(absl::StrCat(dir, "/bids/", bids.size()))) {
    const std::string file = absl::StrCat(dir, "/bids/", bids.size());
    if (!bids.emplace_back().ParseFromString(ReadFile(file))) std::abort();
  }
  return bids;
}

}  // namespace

int WorkerMain(const std::vector<std::string>& args) {
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  const std::string& dir = args[0];
  const std::string& pause = args[2];
  const bool flush = pause == kPauseFlush;
  const Bids bids = LoadBids(dir);
  if (pause == kPauseOpen) Pause(getpid());
  auto box = FaultBox::Open(dir + "/db", flush ? 64 << 10 : 64 << 20);
  if (!box.ok()) {
    Say(absl::StrCat("failed open ", ErrorReason(box.status())));
    return 3;
  }
  if (pause == kPauseCommit) Pause((*box)->CommitterTid());
  if (flush) Pause(ThreadNamed("rocksdb:high"));
  for (const Stage stage : kStages) {
    if (args[1] != NameOf(stage)) continue;
    (*box)->Run(stage, bids, [](const std::string& act, const absl::StatusOr<std::string>& answer) {
      Say(answer.ok() ? absl::StrCat("ack ", act, " ", HexEncode(*answer))
                      : absl::StrCat("failed ", act, " ", ErrorReason(answer.status()), " ",
                                     absl::StatusCodeToString(answer.status().code())));
    });
  }
  // Not serving after a failure, and nothing less.
  if ((*box)->ledger().stopped()) {
    const absl::Status view =
        (*box)->ledger().View(0, [](const kv::Reader&) { return absl::OkStatus(); });
    Say(absl::StrCat("stopped ", ErrorReason(view)));
  }
  box->reset();
  Say("end");
  return 0;
}

void SaveBids(const std::string& dir, const Bids& bids) {
  fs::create_directories(dir + "/bids");
  for (size_t at = 0; at < bids.size(); ++at) {
    std::ofstream(absl::StrCat(dir, "/bids/", at), std::ios::binary)
        << bids[at].SerializeAsString();
  }
}

uint64_t TestSeed() {
  uint64_t seed = std::random_device{}();
  if (const char* env = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(env, &seed);
  std::cout << "JODAL_TEST_SEED=" << seed << "\n";
  return seed;
}

bool Full() { return std::getenv("JODAL_FULL") != nullptr; }

}  // namespace jodal::faults
