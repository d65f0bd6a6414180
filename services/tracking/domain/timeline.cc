#include "services/tracking/domain/timeline.h"

#include "absl/strings/match.h"

namespace jodal::tracking {

std::string TenderOf(absl::string_view subject) {
  constexpr absl::string_view kPrefix = "tenders/";
  if (!absl::StartsWith(subject, kPrefix)) return "";
  subject.remove_prefix(kPrefix.size());
  return std::string(subject.substr(0, subject.find('/')));
}

}  // namespace jodal::tracking
