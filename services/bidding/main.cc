#include "common/host/host.h"
#include "services/bidding/module.h"
#include "services/kit/session_source.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(
      argc, argv, {"bidding"},
      {{"bidding",
        [](const jodal::host::ModuleContext& context, const jodal::config::v1::Config&) {
          return jodal::bidding::CreateModule(context);
        }}},
      jodal::kit::Suspensions());
}
