#include "clients/demo/run.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"

namespace jodal::demo {
namespace {

constexpr size_t kRequestIdDigits = 32;

}  // namespace

bool IsPassing(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
      return true;
    // A stream that ends without an answer; a service's own errors of these codes have a reason.
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kCancelled:
      return ErrorReason(status).empty();
    default:
      return false;
  }
}

absl::Status Mismatch(absl::string_view field, absl::string_view expected,
                      absl::string_view actual) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "REPLAY_MISMATCH",
                   absl::StrCat(field, " is ", actual, " instead of ", expected),
                   {{"field", std::string(field)},
                    {"expected", std::string(expected)},
                    {"actual", std::string(actual)}});
}

Run::Run(sdk::Client& client, const ReplayOptions& options)
    : client_(client), options_(options), run_(client.random().Bytes(16)) {}

std::string Run::RequestId(absl::string_view step) const {
  return HexEncode(crypto::Sha256(absl::StrCat("jodal demo request", run_, step)))
      .substr(0, kRequestIdDigits);
}

void Run::Report(const std::string& stage, int done, int total) {
  if (!options_.progress) return;
  absl::MutexLock lock(&mu_);
  options_.progress({stage, done, total});
}

absl::Status Run::ForEach(const std::string& stage, int count,
                          const std::function<absl::Status(int)>& step) {
  std::atomic<int> next{0};
  absl::Mutex mu;
  int done = 0;
  absl::Status first;
  std::atomic<bool> failed{false};
  const auto work = [&] {
    for (int at = next++; at < count && !failed; at = next++) {
      absl::Status status = step(at);
      absl::MutexLock lock(&mu);
      if (!status.ok()) {
        if (first.ok()) first = std::move(status);
        failed = true;
        return;
      }
      Report(stage, ++done, count);
    }
  };
  Report(stage, 0, count);
  std::vector<std::thread> threads;
  for (int i = 0; i < std::clamp(options_.threads, 1, std::max(count, 1)); ++i) {
    threads.emplace_back(work);
  }
  for (std::thread& thread : threads) thread.join();
  return first;
}

absl::Status Run::Await(absl::string_view what, const std::function<absl::StatusOr<bool>()>& look) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(3 * kPatience);
  while (true) {
    ASSIGN_OR_RETURN(const bool there, look());
    if (there) return absl::OkStatus();
    if (std::chrono::steady_clock::now() > end) {
      return MakeError(absl::StatusCode::kDeadlineExceeded, "REPLAY_STUCK",
                       absl::StrCat("waited in vain for ", what));
    }
    absl::SleepFor(kPoll);
  }
}

absl::StatusOr<absl::Time> Run::Now() {
  return Patiently([&] { return client_.Now(); });
}

absl::Status Run::MoveClock(absl::Time to) {
  return Patiently([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const absl::Time now, client_.Now());
    if (now >= to) return absl::OkStatus();
    const absl::Status moved = client_.MoveClock(to);
    // The first try was carried out and its answer lost.
    if (ErrorReason(moved) == "CLOCK_BACKWARDS") return absl::OkStatus();
    return moved;
  });
}

}  // namespace jodal::demo
