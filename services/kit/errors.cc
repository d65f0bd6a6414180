#include "services/kit/errors.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace jodal::kit {

absl::Status NotAllowedError() {
  return MakeError(kErrors["NOT_ALLOWED"], "the caller may not do this");
}

absl::Status DocumentTooLargeError(size_t limit_bytes) {
  return MakeError(kErrors["DOCUMENT_TOO_LARGE"],
                   absl::StrCat("a document of this kind has at most ", limit_bytes, " bytes"),
                   {{"limitBytes", absl::StrCat(limit_bytes)}});
}

absl::Status ResponseDamagedError() {
  return MakeError(kErrors["STORED_RESPONSE_DAMAGED"], "the stored answer does not parse");
}

absl::Status WrongStateError(const WrongState& what) {
  return MakeError(kErrors["WRONG_STATE"],
                   absl::StrCat("the state is ", what.state, ": it does not allow ", what.event),
                   {{"state", std::string(what.state)}, {"event", std::string(what.event)}});
}

}  // namespace jodal::kit
