#include "services/signature/module.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "common/document_client/verdict.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"
#include "services/signature/api/signature_service.h"
#include "services/signature/engine/signature_engine.h"

namespace jodal::signature {
namespace {

// For the services of the same process: the same engine and policy without a call.
class LocalVerifier : public document::DocumentVerifier {
 public:
  explicit LocalVerifier(SignatureEngine* engine) : engine_(*engine) {}
  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override {
    v1::Verdict verdict;
    const absl::Status judged = engine_.Judge(content, signature, at, &verdict);
    if (!judged.ok()) return document_client::NoVerdict(judged);
    return document_client::FromVerdict(verdict);
  }

 private:
  SignatureEngine& engine_;
};

class SignatureModule : public host::Module {
 public:
  SignatureModule(const host::ModuleContext& context, std::unique_ptr<SignatureEngine> engine)
      : engine_(std::move(engine)),
        api_(NewSignatureApi(context, engine_.get())),
        documents_(engine_.get()) {}
  std::vector<grpc::Service*> Services() override { return {api_.get()}; }
  document::DocumentVerifier* Documents() override { return &documents_; }

 private:
  std::unique_ptr<SignatureEngine> engine_;
  std::unique_ptr<grpc::Service> api_;
  LocalVerifier documents_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config) {
  ASSIGN_OR_RETURN(auto engine, SignatureEngine::Create(context, config.trust_dir()));
  return std::unique_ptr<host::Module>(
      std::make_unique<SignatureModule>(context, std::move(engine)));
}

}  // namespace jodal::signature
