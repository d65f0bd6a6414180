#include "services/tracking/errors.h"

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "services/tracking/limits.h"

namespace jodal::tracking {

absl::Status LimitInvalid(int limit) {
  return MakeError(kErrors["LIMIT_INVALID"],
                   absl::StrCat("limit must be between 0 (the default) and ", kListMax),
                   {{"limit", absl::StrCat(limit)}});
}
absl::Status TenderMissing() {
  return MakeError(kErrors["TENDER_ID_MISSING"], "say whose timeline is wanted");
}

}  // namespace jodal::tracking
