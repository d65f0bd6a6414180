#include "benchmarks/log_bench.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/merkle.h"
#include "common/crypto/random.h"
#include "common/kv/backend.h"
#include "common/ledger/check_ledger.h"
#include "common/ledger/ledger.h"
#include "common/log/checkpoint.h"
#include "common/log/receipt.h"
#include "common/status/macros.h"

namespace jodal::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr char kOrigin[] = "bench.jodal.example/log";
constexpr uint64_t kPerUpdate = 50;
constexpr uint64_t kInFlight = 64;  // updates
constexpr int kThreads = 2;
constexpr uint64_t kProofs = 100'000;
constexpr uint64_t kVerifyEach = 1000;

double Seconds(SteadyClock::time_point since) {
  return std::chrono::duration<double>(SteadyClock::now() - since).count();
}

absl::Status Append(ledger::Ledger& log, uint64_t entries) {
  absl::Mutex mu;
  uint64_t in_flight = 0;
  absl::Status first_error = absl::OkStatus();
  std::atomic<uint64_t> next = 0;
  const auto work = [&] {
    while (true) {
      const uint64_t update = next.fetch_add(1);
      if (update * kPerUpdate >= entries) return;
      {
        absl::MutexLock lock(&mu);
        const auto room = [&] { return in_flight < kInFlight; };
        mu.Await(absl::Condition(&room));
        if (!first_error.ok()) return;
        ++in_flight;
      }
      ledger::UpdateRequest request;
      request.shard = static_cast<uint16_t>(update % ledger::kShards);
      log.UpdateAsync(
          request,
          [update](ledger::Txn& txn) {
            for (uint64_t i = 0; i < kPerUpdate; ++i) {
              ledger::Event event;
              event.type = "bench.entry";
              event.subject = absl::StrCat("bench/", update);
              event.actor_role = "bench";
              event.body = absl::StrCat("entry ", update * kPerUpdate + i, std::string(64, 'x'));
              txn.Emit(std::move(event));
            }
            return absl::OkStatus();
          },
          [&](absl::StatusOr<ledger::Committed> committed) {
            absl::MutexLock lock(&mu);
            --in_flight;
            if (!committed.ok()) first_error.Update(committed.status());
          });
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  absl::MutexLock lock(&mu);
  const auto idle = [&] { return in_flight == 0; };
  mu.Await(absl::Condition(&idle));
  return first_error;
}

}  // namespace

absl::StatusOr<nlohmann::json> MeasureLog(const std::string& dir, uint64_t entries) {
  const std::string path = dir + "/log-db";
  fs::remove_all(path);
  fs::create_directories(path);
  auto key = std::make_shared<crypto::Ed25519PrivateKey>(
      crypto::Ed25519PrivateKey::Generate(crypto::SystemRandom()));
  ASSIGN_OR_RETURN(auto store, kv::OpenRocksBackend({.path = path}));
  ASSIGN_OR_RETURN(
      auto log, ledger::Ledger::Open(std::move(store),
                                     {.origin = kOrigin, .clock = &SystemClock(), .log_key = key}));
  nlohmann::json out;
  SteadyClock::time_point start = SteadyClock::now();
  RETURN_IF_ERROR(Append(*log, entries));
  out["log_append_per_s"] = static_cast<double>(log->Size()) / Seconds(start);
  out["log_entries"] = log->Size();
  if (log->Size() < entries) return absl::InternalError("entries are missing");

  std::mt19937_64 random(1);
  const log::LogIdentity identity{kOrigin, key->public_key()};
  ASSIGN_OR_RETURN(const log::Checkpoint head, log::OpenCheckpoint(log->Checkpoint(), identity));
  start = SteadyClock::now();
  std::vector<ledger::Receipt> sample;
  for (uint64_t i = 0; i < kProofs; ++i) {
    ASSIGN_OR_RETURN(auto receipt, log->MakeReceipt(random() % log->Size()));
    if (i % kVerifyEach == 0) sample.push_back(std::move(receipt));
  }
  out["log_proofs_per_s"] = kProofs / Seconds(start);
  for (const ledger::Receipt& receipt : sample) {
    RETURN_IF_ERROR(log::VerifyReceipt(receipt.entry, receipt.proof, identity).status());
  }
  start = SteadyClock::now();
  std::vector<std::pair<uint64_t, std::vector<std::string>>> paths;
  for (uint64_t i = 0; i < kProofs; ++i) {
    const uint64_t old_size = 1 + random() % log->Size();
    ASSIGN_OR_RETURN(auto path, log->ConsistencyProof(old_size, log->Size()));
    if (i % kVerifyEach == 0) paths.emplace_back(old_size, std::move(path));
  }
  out["log_consistency_per_s"] = kProofs / Seconds(start);
  // The older roots, recomputed from the entries.
  std::sort(paths.begin(), paths.end());
  crypto::Frontier frontier;
  for (const auto& [old_size, path] : paths) {
    while (frontier.size() < old_size) {
      ASSIGN_OR_RETURN(const auto page,
                       log->Entries(frontier.size(),
                                    std::min<uint64_t>(1000, old_size - frontier.size()), false));
      for (const auto& entry : page) frontier.Append(crypto::LeafHash(entry.entry));
    }
    RETURN_IF_ERROR(
        crypto::VerifyConsistency({old_size, frontier.Root()}, {head.size, head.root}, path));
  }
  log.reset();

  ASSIGN_OR_RETURN(store, kv::OpenRocksBackend({.path = path}));
  start = SteadyClock::now();
  RETURN_IF_ERROR(ledger::CheckLedger(*store, kOrigin));
  out["log_verify_1m_s"] = Seconds(start) * 1e6 / static_cast<double>(entries);
  store.reset();
  fs::remove_all(path);
  return out;
}

}  // namespace jodal::bench
