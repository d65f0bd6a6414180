#include "common/kv/backend.h"

#include "common/kv/errors.h"

namespace jodal::kv {

absl::Status ConflictError() {
  return MakeError(kErrors["STORE_CONFLICT"], "another writer has written to the store");
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace jodal::kv
