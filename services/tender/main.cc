#include <utility>

#include "common/rpc/host.h"
#include "services/kit/session_source.h"
#include "services/tender/module.h"

int main(int argc, char** argv) {
  jodal::rpc::ModuleFactories factories;
  factories["tender"] =
      [](const jodal::rpc::ModuleContext& context,
         const jodal::config::v1::Config&) -> absl::StatusOr<std::unique_ptr<jodal::rpc::Module>> {
    return jodal::tender::CreateModule(context);
  };
  return jodal::rpc::RunMain(argc, argv, {"tender"}, factories, jodal::kit::Suspensions());
}
