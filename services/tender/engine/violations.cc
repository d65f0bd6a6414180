#include "services/tender/engine/violations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace jodal::tender {

v1::Violation ToProto(const procurement::Violation& violation) {
  v1::Violation out;
  out.set_code(violation.code);
  out.set_field(violation.field);
  out.set_message(absl::StrCat("\"", violation.value, "\" must be ", violation.rule));
  out.set_source(violation.source);
  out.set_warning(violation.severity == procurement::Severity::kWarning);
  return out;
}

std::vector<std::string> ErrorCodes(const std::vector<procurement::Violation>& violations) {
  std::vector<std::string> out;
  for (const procurement::Violation& v : violations) {
    const bool known = std::find(out.begin(), out.end(), v.code) != out.end();
    if (v.severity == procurement::Severity::kError && !known) out.push_back(v.code);
  }
  return out;
}

}  // namespace jodal::tender
