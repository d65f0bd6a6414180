// Unary handlers on the gRPC callback API: a reaction authenticates and hands over to a bounded
// executor; nothing blocks in a reactor thread. Include only from api/ folders (it pulls in gRPC).
//
//   grpc::ServerUnaryReactor* Publish(grpc::CallbackServerContext* c, const PublishRequest* q,
//                                     PublishResponse* r) override {
//     return kit_.Unary(c, q, r, rpc::Access::Roles({"officer"}),
//                       [this](const rpc::Call& call, const PublishRequest& q, PublishResponse* r) {
//                         return engine_.Publish(call, q, r);
//                       });
//   }
#ifndef JODAL_COMMON_RPC_HANDLER_H_
#define JODAL_COMMON_RPC_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/rpc/caller.h"
#include "common/rpc/executor.h"
#include "common/rpc/session_token.h"
#include "common/rpc/status.h"

namespace jodal::rpc {

class HandlerKit {
 public:
  struct Options {
    std::string service;                    // "tender", for metrics and logs
    const Clock* clock = nullptr;
    Executor* executor = nullptr;
    const SessionVerifier* sessions = nullptr;
  };
  explicit HandlerKit(Options options) : options_(std::move(options)) {}

  // Stamps the arrival, authenticates, checks `access`, then runs `fn` on the executor and finishes
  // the call with its status. A full queue answers RESOURCE_EXHAUSTED SERVER_BUSY with RetryInfo.
  // Counts and times the call; an error is logged with its reason and without its content.
  template <typename Req, typename Resp, typename Fn>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const Req* request,
                                  Resp* response, const Access& access, Fn fn) {
    return UnaryAsync(context, request, response, access,
                      [fn = std::move(fn)](const Call& call, const Req& request, Resp* response,
                                           std::function<void(absl::Status)> done) {
                        done(fn(call, request, response));
                      });
  }

  // As Unary, but `fn` finishes later by calling `done` once, from any thread.
  template <typename Req, typename Resp, typename Fn>
  grpc::ServerUnaryReactor* UnaryAsync(grpc::CallbackServerContext* context, const Req* request,
                                       Resp* response, const Access& access, Fn fn) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    auto started = Begin(context, access);
    if (!started.ok()) {
      Finish(nullptr, reactor, context, started.status());
      return reactor;
    }
    std::shared_ptr<Started> call = *std::move(started);
    const bool queued = options_.executor->TrySubmit([this, call, reactor, context, request,
                                                      response, fn = std::move(fn)] {
      fn(call->call, *request, response, [this, call, reactor, context](absl::Status status) {
        Finish(call.get(), reactor, context, status);
      });
    });
    if (!queued) Finish(call.get(), reactor, context, ServerBusy());
    return reactor;
  }

  // For streaming reactors: authenticates and authorises, or says why not.
  absl::StatusOr<Call> Authorize(grpc::CallbackServerContext* context, const Access& access) const;

  Executor* executor() const { return options_.executor; }
  const Clock& clock() const { return *options_.clock; }

 private:
  struct Started {
    Call call;
    std::string method;
    int64_t start_ns = 0;  // monotonic
  };
  absl::StatusOr<std::shared_ptr<Started>> Begin(grpc::CallbackServerContext* context,
                                                 const Access& access) const;
  void Finish(const Started* started, grpc::ServerUnaryReactor* reactor,
              grpc::CallbackServerContext* context, const absl::Status& status) const;
  static absl::Status ServerBusy();

  Options options_;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_HANDLER_H_
