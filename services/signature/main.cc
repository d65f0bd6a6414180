// jodal-signature: the signature service as a process of its own.
#include "common/host/host.h"
#include "services/kit/session_source.h"
#include "services/signature/module.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(
      argc, argv, {"signature"},
      {{"signature",
        [](const jodal::host::ModuleContext& context, const jodal::config::v1::Config& config) {
          return jodal::signature::CreateModule(context, config.trust_dir());
        }}},
      jodal::kit::Suspensions());
}
