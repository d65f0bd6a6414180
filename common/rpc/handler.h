// Unary handlers on the gRPC callback API: a reaction authenticates and hands over to a bounded
// executor; nothing blocks in a reactor thread. Include only from api/ folders (it pulls in gRPC).
//
//   grpc::ServerUnaryReactor* Publish(grpc::CallbackServerContext* c, const PublishRequest* q,
//                                     PublishResponse* r) override {
//     return kit_.Unary(c, q, r, rpc::Access::Roles({"officer"}),
//                       [this](const rpc::Call& call, const PublishRequest& q, PublishResponse* r)
//                       {
//                         return engine_.Publish(call, q, r);
//                       });
//   }
#ifndef JODAL_COMMON_RPC_HANDLER_H_
#define JODAL_COMMON_RPC_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/clock.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/caller.h"
#include "common/rpc/executor.h"
#include "common/rpc/session_token.h"
#include "common/rpc/status.h"

namespace jodal::rpc {

// Thread-safe. Outlives the calls it began.
//
// Who is calling: a person by metadata "authorization: Bearer <session token>", over any transport;
// a service by the one DNS name "<service>.jodal.internal" of its TLS client certificate or, inside
// this process only, by metadata "x-jodal-service" (common/rpc/network_peers.h sets it; the process
// knows its own calls by the in-process transport or by a secret that never leaves it). The name
// "client.jodal.internal" is let in and has no rights. Where no credentials are needed, bad ones
// are ignored.
class HandlerKit {
 public:
  struct Options {
    std::string service;  // "tender", for metrics and logs
    const Clock* clock = nullptr;
    Executor* executor = nullptr;
    const SessionVerifier* sessions = nullptr;
    CallGate* gate = nullptr;  // of the process; null: calls are not counted
  };
  explicit HandlerKit(Options options);
  ~HandlerKit();

  // Stamps the arrival, authenticates, checks `access`, then runs `fn` on the executor and finishes
  // the call with its status. A full queue answers RESOURCE_EXHAUSTED SERVER_BUSY, a closed gate
  // UNAVAILABLE SHUTTING_DOWN, both with RetryInfo.
  // Counts and times the call; an error is logged with its reason and without its content, but
  // for RESOURCE_EXHAUSTED.
  template <typename Req, typename Resp, typename Fn>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const Req* request,
                                  Resp* response, const Access& access, Fn fn) {
    return UnaryAsync(context, request, response, access,
                      [fn = std::move(fn)](const Call& call, const Req& request, Resp* response,
                                           std::function<void(absl::Status)> done) {
                        done(fn(call, request, response));
                      });
  }

  // As Unary for a use case of an engine, a pointer to one of its methods. (GCC 12 under UBSan
  // calls it on something else if the service is captured and not the engine.)
  template <typename Req, typename Resp, typename Engine, typename UseCase>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const Req* request,
                                  Resp* response, const Access& access, Engine& engine,
                                  UseCase use_case) {
    return Unary(context, request, response, access,
                 [&engine, use_case](const Call& call, const Req& request, Resp* response) {
                   return (engine.*use_case)(call, request, response);
                 });
  }

  // As Unary, but `fn` finishes later by calling `done` once, from any thread.
  template <typename Req, typename Resp, typename Fn>
  grpc::ServerUnaryReactor* UnaryAsync(grpc::CallbackServerContext* context, const Req* request,
                                       Resp* response, const Access& access, Fn fn) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    auto call = std::make_shared<Started>();
    call->method = Method(Req::descriptor()->name());
    if (absl::Status status = Begin(context, access, call.get()); !status.ok()) {
      Finish(*call, reactor, status);
      return reactor;
    }
    const bool queued = options_.executor->TrySubmit(
        [this, call, reactor, context, request, response, fn = std::move(fn)] {
          if (context->IsCancelled()) {  // nobody waits for the answer any more
            Finish(*call, reactor, absl::CancelledError("the caller is gone"));
            return;
          }
          if (options_.gate != nullptr && options_.gate->abandoned()) {
            Finish(*call, reactor, ShuttingDownError());
            return;
          }
          fn(call->call, *request, response,
             [this, call, reactor](absl::Status status) { Finish(*call, reactor, status); });
        });
    if (!queued) Finish(*call, reactor, ServerBusyError());
    return reactor;
  }

  // For streaming reactors: authenticates and authorises, or says why not. Errors:
  //   UNAUTHENTICATED CREDENTIALS_MISSING, SESSION_INVALID, SESSION_EXPIRED, SESSION_BARRED
  //   PERMISSION_DENIED NOT_ALLOWED, always with the same text
  //   UNAVAILABLE SHUTTING_DOWN
  absl::StatusOr<Call> Authorize(grpc::CallbackServerContext* context, const Access& access) const;

  Executor* executor() const { return options_.executor; }
  const Clock& clock() const { return *options_.clock; }

 private:
  // A method's name and what is counted of it.
  struct MethodInfo;
  struct Started {
    Call call;
    const MethodInfo* method = nullptr;
    int64_t start_ns = 0;  // monotonic
    CallGate::Pass pass;
  };
  // Every method has its own request, so the request's name names the method.
  const MethodInfo* Method(const std::string& request_name);
  absl::Status Begin(grpc::CallbackServerContext* context, const Access& access,
                     Started* started) const;
  void Finish(const Started& started, grpc::ServerUnaryReactor* reactor,
              const absl::Status& status) const;

  const Options options_;
  absl::Mutex mu_;
  std::map<std::string, std::unique_ptr<MethodInfo>> methods_ ABSL_GUARDED_BY(mu_);
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_HANDLER_H_
