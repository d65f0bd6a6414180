// Violations of a notice as the service answers with them.
#ifndef JODAL_SERVICES_TENDER_ENGINE_VIOLATIONS_H_
#define JODAL_SERVICES_TENDER_ENGINE_VIOLATIONS_H_

#include <string>
#include <vector>

#include "jodal/tender/v1/tender.pb.h"
#include "procurement/rules/violation.h"

namespace jodal::tender {

v1::Violation ToProto(const procurement::Violation& violation);
// Codes of the error-level ones.
std::vector<std::string> ErrorCodes(const std::vector<procurement::Violation>& violations);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ENGINE_VIOLATIONS_H_
