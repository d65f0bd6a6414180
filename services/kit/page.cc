#include "services/kit/page.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "services/kit/errors.h"

namespace jodal::kit {
namespace {

constexpr size_t kTagBytes = 16;

std::string Tag(absl::string_view page_key, absl::string_view filter, absl::string_view last_key) {
  if (page_key.empty()) {
    std::fputs("fatal: page tokens of a service without a page key, which anyone could forge\n",
               stderr);
    std::abort();
  }
  return crypto::HmacSha256(page_key,
                            absl::StrCat("jodal page v1\n", crypto::Sha256(filter), last_key))
      .substr(0, kTagBytes);
}

}  // namespace

std::string MakePageToken(absl::string_view page_key, absl::string_view filter,
                          absl::string_view last_key) {
  return absl::WebSafeBase64Escape(absl::StrCat(Tag(page_key, filter, last_key), last_key));
}

absl::StatusOr<std::string> OpenPageToken(absl::string_view page_key, absl::string_view filter,
                                          absl::string_view token) {
  if (token.empty()) return std::string();
  std::string bytes;
  if (absl::WebSafeBase64Unescape(token, &bytes) && bytes.size() > kTagBytes) {
    std::string last_key = bytes.substr(kTagBytes);
    if (crypto::ConstantTimeEqual(bytes.substr(0, kTagBytes), Tag(page_key, filter, last_key))) {
      return last_key;
    }
  }
  return MakeError(kErrors["PAGE_TOKEN_INVALID"],
                   "the page token was not made for this request; begin again without one");
}

absl::StatusOr<size_t> PageSize(int requested, int fallback, int max) {
  if (requested < 0) {
    return MakeError(kErrors["PAGE_SIZE_INVALID"], "page_size must not be negative",
                     {{"page_size", absl::StrCat(requested)}});
  }
  return static_cast<size_t>(requested == 0 ? fallback : std::min(requested, max));
}

}  // namespace jodal::kit
