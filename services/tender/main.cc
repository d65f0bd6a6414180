#include <utility>

#include "common/host/host.h"
#include "services/kit/session_source.h"
#include "services/tender/module.h"

int main(int argc, char** argv) {
  jodal::host::ModuleFactories factories;
  factories["tender"] =
      [](const jodal::host::ModuleContext& context,
         const jodal::config::v1::Config&) -> absl::StatusOr<std::unique_ptr<jodal::host::Module>> {
    return jodal::tender::CreateModule(context);
  };
  return jodal::host::RunMain(argc, argv, {"tender"}, factories, jodal::kit::Suspensions());
}
