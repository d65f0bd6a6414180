// jodal-tracking: the tracking service as a process of its own.
#include "common/rpc/host.h"
#include "services/kit/session_source.h"
#include "services/tracking/factory.h"

int main(int argc, char** argv) {
  return jodal::rpc::RunMain(argc, argv, {"tracking"},
                             {{"tracking", jodal::tracking::CreateConfiguredModule}},
                             jodal::kit::Suspensions());
}
