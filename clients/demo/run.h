// What every stage of a replay does again and again: patient calls under stable request ids, work
// on several threads, progress.
#ifndef JODAL_CLIENTS_DEMO_RUN_H_
#define JODAL_CLIENTS_DEMO_RUN_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/demo/replay.h"
#include "clients/sdk/client.h"
#include "clients/sdk/identity.h"
#include "common/status/macros.h"

namespace jodal::demo {

// How long the servers may be away, on top of the patience of the client itself.
inline constexpr absl::Duration kPatience = absl::Seconds(60);
inline constexpr absl::Duration kPoll = absl::Milliseconds(20);

// Whether a call may succeed when it is repeated: the server is away or was so while it answered.
bool IsPassing(const absl::Status& status);

absl::Status Mismatch(absl::string_view field, absl::string_view expected,
                      absl::string_view actual);

// Thread-safe.
class Run {
 public:
  Run(sdk::Client& client, const ReplayOptions& options);

  sdk::Client& client() { return client_; }
  const std::string& system() const { return client_.context().system; }
  const ReplayOptions& options() const { return options_; }

  // 32 hex digits, the same for the same step of this run.
  std::string RequestId(absl::string_view step) const;

  void Stage(const std::string& stage, int total = 0) { Report(stage, 0, total); }
  void Report(const std::string& stage, int done, int total);

  // Repeats `call` while its error passes, for kPatience.
  template <typename F>
  auto Patiently(F call) -> decltype(call()) {
    const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(kPatience);
    while (true) {
      auto result = call();
      if (result.ok() || !IsPassing(StatusOf(result)) || std::chrono::steady_clock::now() > end) {
        return result;
      }
      absl::SleepFor(kPoll * 5);
    }
  }

  // Calls that anyone may make.
  template <typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> Ask(Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                           const Req& request) {
    return Patiently([&] { return client_.Call(stub, method, request); });
  }

  // Calls as a person, with a new session where the old one is over.
  template <typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> As(const sdk::Identity& who, Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          const Req& request) {
    int logins = 0;
    while (true) {
      auto result = Patiently([&]() -> absl::StatusOr<Resp> {
        sdk::Identity person = who;
        ASSIGN_OR_RETURN(const std::string token, client_.Login(person));
        return client_.Call(stub, method, request, token);
      });
      if (!absl::IsUnauthenticated(result.status()) || ++logins == 3) return result;
      client_.Logout(who);
    }
  }

  // Signs `document` and sends it in the request's field `document`.
  template <typename Doc, typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> Act(const sdk::Identity& who, absl::string_view kind, Doc document,
                           Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                           absl::string_view step) {
    Req request;
    ASSIGN_OR_RETURN(*request.mutable_document(),
                     sdk::SignDocument(who, system(), kind, &document));
    request.set_request_id(RequestId(step));
    return As(who, stub, method, request);
  }

  // Runs `step` for 0..count-1 on the run's threads, in any order, and reports each as progress of
  // `stage`. Returns the first error; what has begun is finished.
  absl::Status ForEach(const std::string& stage, int count,
                       const std::function<absl::Status(int)>& step);

  // Asks every kPoll until `look` says true. DEADLINE_EXCEEDED REPLAY_STUCK naming `what` after
  // three times kPatience.
  absl::Status Await(absl::string_view what, const std::function<absl::StatusOr<bool>()>& look);

  // The installation's time.
  absl::StatusOr<absl::Time> Now();
  // Moves the training clock to `to` unless it is there.
  absl::Status MoveClock(absl::Time to);

 private:
  static const absl::Status& StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }

  sdk::Client& client_;
  const ReplayOptions& options_;
  const std::string run_;  // random: two runs share no request id
  absl::Mutex mu_;
};

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_RUN_H_
