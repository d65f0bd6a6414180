// jodal-payment: the payment service as a process of its own.
#include "common/host/host.h"
#include "services/kit/session_source.h"
#include "services/payment/module.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(
      argc, argv, {"payment"},
      {{"payment",
        [](const jodal::host::ModuleContext& context, const jodal::config::v1::Config&) {
          return jodal::payment::CreateModule(context);
        }}},
      jodal::kit::Suspensions());
}
