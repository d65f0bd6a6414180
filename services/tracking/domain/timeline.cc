#include "services/tracking/domain/timeline.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/tracking/limits.h"

namespace jodal::tracking {
namespace {

constexpr absl::string_view kPrefix = "tenders/";

}  // namespace

absl::string_view TenderOf(absl::string_view subject) {
  if (!absl::StartsWith(subject, kPrefix)) return "";
  subject.remove_prefix(kPrefix.size());
  const absl::string_view id = subject.substr(0, subject.find('/'));
  return id.size() > kTenderIdBytesMax ? absl::string_view() : id;
}

std::string SubjectOf(absl::string_view tender_id) { return absl::StrCat(kPrefix, tender_id); }

}  // namespace jodal::tracking
