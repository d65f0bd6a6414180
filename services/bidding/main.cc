#include "common/rpc/host.h"
#include "services/bidding/module.h"
#include "services/kit/session_source.h"

int main(int argc, char** argv) {
  return jodal::rpc::RunMain(
      argc, argv, {"bidding"},
      {{"bidding",
        [](const jodal::rpc::ModuleContext& context, const jodal::config::v1::Config&) {
          return jodal::bidding::CreateModule(context);
        }}},
      jodal::kit::Suspensions());
}
