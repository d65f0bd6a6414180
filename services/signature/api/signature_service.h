// gRPC adapter of the signature service. Internal to services/signature.
#ifndef JODAL_SERVICES_SIGNATURE_API_SIGNATURE_SERVICE_H_
#define JODAL_SERVICES_SIGNATURE_API_SIGNATURE_SERVICE_H_

#include <memory>

#include "common/host/module.h"
#include "services/signature/engine/signature_engine.h"

namespace jodal::signature {

// `engine` outlives the service.
std::unique_ptr<grpc::Service> NewSignatureApi(const host::ModuleContext& context,
                                               SignatureEngine* engine);

}  // namespace jodal::signature

#endif  // JODAL_SERVICES_SIGNATURE_API_SIGNATURE_SERVICE_H_
