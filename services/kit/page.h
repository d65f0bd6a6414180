// Page tokens: opaque, authenticated, bound to the filter they were made for.
#ifndef JODAL_SERVICES_KIT_PAGE_H_
#define JODAL_SERVICES_KIT_PAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal::kit {

// `filter` is the request without page_size and page_token, serialized; `last_key` where the page
// ended. `page_key` is ModuleContext::page_key. Aborts if that is empty, as it is in a service
// without a store: anyone could make such tokens.
std::string MakePageToken(absl::string_view page_key, absl::string_view filter,
                          absl::string_view last_key);

// The last key; "" for an empty token. INVALID_ARGUMENT PAGE_TOKEN_INVALID if it was made for
// another filter or not by us. Aborts like MakePageToken.
absl::StatusOr<std::string> OpenPageToken(absl::string_view page_key, absl::string_view filter,
                                          absl::string_view token);

// `requested` within 1..max; 0 means `fallback`. INVALID_ARGUMENT PAGE_SIZE_INVALID below 0.
absl::StatusOr<size_t> PageSize(int requested, int fallback, int max);

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_PAGE_H_
