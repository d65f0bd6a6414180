#include "services/signature/api/signature_service.h"

#include <grpcpp/grpcpp.h>

#include "common/rpc/handler.h"
#include "jodal/signature/v1/signature.grpc.pb.h"

namespace jodal::signature {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class SignatureApi : public v1::SignatureService::CallbackService {
 public:
  SignatureApi(const host::ModuleContext& context, SignatureEngine* engine)
      : kit_({context.service, context.clock, context.executor, context.sessions, context.gate}),
        peers_(rpc::Access::Services(context.services)),
        engine_(*engine) {}

  ServerUnaryReactor* Verify(CallbackServerContext* c, const v1::VerifyRequest* q,
                             v1::VerifyResponse* r) override {
    return kit_.Unary(c, q, r, peers_, [this](const auto& call, const auto& q, auto* r) {
      return engine_.Verify(call, q, r);
    });
  }
  ServerUnaryReactor* VerifyCertificate(CallbackServerContext* c,
                                        const v1::VerifyCertificateRequest* q,
                                        v1::VerifyCertificateResponse* r) override {
    return kit_.Unary(c, q, r, peers_, [this](const auto& call, const auto& q, auto* r) {
      return engine_.VerifyCertificate(call, q, r);
    });
  }
  ServerUnaryReactor* GetEvidence(CallbackServerContext* c, const v1::GetEvidenceRequest* q,
                                  v1::GetEvidenceResponse* r) override {
    return kit_.Unary(c, q, r, rpc::Access::Anyone(),
                      [this](const auto& call, const auto& q, auto* r) {
                        return engine_.GetEvidence(call, q, r);
                      });
  }
  ServerUnaryReactor* UpdateCrl(CallbackServerContext* c, const v1::UpdateCrlRequest* q,
                                v1::UpdateCrlResponse* r) override {
    return kit_.Unary(
        c, q, r, rpc::Access::Anyone(),
        [this](const auto& call, const auto& q, auto* r) { return engine_.UpdateCrl(call, q, r); });
  }
  ServerUnaryReactor* GetStatus(CallbackServerContext* c, const v1::GetStatusRequest* q,
                                v1::GetStatusResponse* r) override {
    return kit_.Unary(
        c, q, r, rpc::Access::Anyone(),
        [this](const auto& call, const auto& q, auto* r) { return engine_.GetStatus(call, q, r); });
  }

 private:
  rpc::HandlerKit kit_;
  // Any service of this installation has documents judged; people ask through the service that they
  // hand a document to.
  const rpc::Access peers_;
  SignatureEngine& engine_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewSignatureApi(const host::ModuleContext& context,
                                               SignatureEngine* engine) {
  return std::make_unique<SignatureApi>(context, engine);
}

}  // namespace jodal::signature
