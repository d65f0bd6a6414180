// The words of `jodal demo`, for the program jodal-demo, which `jodal` runs when it reads "demo".
#ifndef JODAL_CLIENTS_DEMO_VERBS_H_
#define JODAL_CLIENTS_DEMO_VERBS_H_

#include "clients/cli/cli.h"

namespace jodal::demo {

void AddDemo(cli::Cli& cli);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_VERBS_H_
