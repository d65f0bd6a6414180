// jodal-tracking: the tracking service as a process of its own.
#include "common/host/host.h"
#include "services/kit/session_source.h"
#include "services/tracking/factory.h"

int main(int argc, char** argv) {
  return jodal::host::RunMain(argc, argv, {"tracking"},
                              {{"tracking", jodal::tracking::CreateConfiguredModule}},
                              jodal::kit::Suspensions());
}
