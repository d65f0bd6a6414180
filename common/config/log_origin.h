// The name of a service's log, shared by the service, its followers and everyone who verifies.
#ifndef JODAL_COMMON_CONFIG_LOG_ORIGIN_H_
#define JODAL_COMMON_CONFIG_LOG_ORIGIN_H_

#include <string>

namespace jodal::config {

struct LogName {
  std::string system;  // "demo.jodal.example"
  bool training = false;
  std::string service;  // "tender"
};

// "<system>/<service>", in training "training.<system>/<service>": nothing that a training system
// signs can be taken for a real one's.
std::string LogOrigin(const LogName& name);

}  // namespace jodal::config

#endif  // JODAL_COMMON_CONFIG_LOG_ORIGIN_H_
