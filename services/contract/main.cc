// jodal-contract: the contract service as a process of its own.
#include "common/rpc/host.h"
#include "services/contract/module.h"
#include "services/kit/session_source.h"

int main(int argc, char** argv) {
  return jodal::rpc::RunMain(
      argc, argv, {"contract"},
      {{"contract",
        [](const jodal::rpc::ModuleContext& context, const jodal::config::v1::Config&) {
          return jodal::contract::CreateModule(context);
        }}},
      jodal::kit::Suspensions());
}
