// jodal-contract: the contract service as a process of its own.
#include "common/host/host.h"
#include "services/contract/module.h"
#include "services/kit/session_source.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(
      argc, argv, {"contract"},
      {{"contract",
        [](const jodal::host::ModuleContext& context, const jodal::config::v1::Config&) {
          return jodal::contract::CreateModule(context);
        }}},
      jodal::kit::Suspensions());
}
