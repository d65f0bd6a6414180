// The name of a service's log: the first line of its checkpoints.
#ifndef JODAL_COMMON_RPC_LOG_ORIGIN_H_
#define JODAL_COMMON_RPC_LOG_ORIGIN_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace jodal::rpc {

// "<system>/<service>"; a training system says so in front, in every receipt and bundle.
inline std::string LogOrigin(absl::string_view system, bool training, absl::string_view service) {
  return absl::StrCat(training ? "training." : "", system, "/", service);
}

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_LOG_ORIGIN_H_
