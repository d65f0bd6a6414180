#include "services/signature/module.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "common/status/macros.h"
#include "services/signature/api/signature_api.h"
#include "services/signature/engine/signature_engine.h"

namespace jodal::signature {
namespace {

class SignatureModule : public rpc::Module {
 public:
  SignatureModule(const rpc::ModuleContext& context, std::unique_ptr<SignatureEngine> engine)
      : engine_(std::move(engine)), api_(NewSignatureApi(context, engine_.get())) {}
  std::vector<grpc::Service*> Services() override { return {api_.get()}; }

 private:
  std::unique_ptr<SignatureEngine> engine_;
  std::unique_ptr<grpc::Service> api_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Module>> CreateModule(const rpc::ModuleContext& context,
                                                          const std::string& trust_dir) {
  ASSIGN_OR_RETURN(auto engine, SignatureEngine::Create(context, trust_dir));
  return std::unique_ptr<rpc::Module>(
      std::make_unique<SignatureModule>(context, std::move(engine)));
}

}  // namespace jodal::signature
