#include "common/config/log_origin.h"

#include "absl/strings/str_cat.h"

namespace jodal::config {

std::string LogOrigin(const LogName& name) {
  return absl::StrCat(name.training ? "training." : "", name.system, "/", name.service);
}

}  // namespace jodal::config
