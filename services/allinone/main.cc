// jodal-allinone: all services in one process, the default for one machine.
#include "common/host/host.h"
#include "services/allinone/factories.h"
#include "services/kit/session_source.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(argc, argv, jodal::allinone::AllServices(),
                              jodal::allinone::AllFactories(), jodal::kit::Suspensions());
}
