// Every service of an installation, for programs that run them together.
#ifndef JODAL_SERVICES_ALLINONE_FACTORIES_H_
#define JODAL_SERVICES_ALLINONE_FACTORIES_H_

#include "common/host/host.h"

namespace jodal::allinone {

host::ModuleFactories AllFactories();

}  // namespace jodal::allinone

#endif  // JODAL_SERVICES_ALLINONE_FACTORIES_H_
