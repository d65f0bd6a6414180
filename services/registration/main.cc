// jodal-registration: the registration service as a process of its own.
#include "common/host/host.h"
#include "services/kit/session_source.h"
#include "services/registration/module.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(argc, argv, {"registration"},
                              {{"registration", jodal::registration::CreateConfiguredModule}},
                              jodal::kit::Suspensions());
}
