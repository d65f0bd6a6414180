// jodal-signature: the signature service as a process of its own.
#include "common/rpc/host.h"
#include "services/kit/session_source.h"
#include "services/signature/module.h"

int main(int argc, char** argv) {
  return jodal::rpc::RunMain(
      argc, argv, {"signature"},
      {{"signature",
        [](const jodal::rpc::ModuleContext& context, const jodal::config::v1::Config& config) {
          return jodal::signature::CreateModule(context, config.trust_dir());
        }}},
      jodal::kit::Suspensions());
}
