#include "procurement/people/email.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace jodal::procurement {
namespace {

constexpr size_t kEmailBytesMax = 254;

}  // namespace

bool IsEmailAddress(absl::string_view text) {
  const size_t at = text.find('@');
  if (text.size() > kEmailBytesMax || at == absl::string_view::npos || at == 0) return false;
  const absl::string_view domain = text.substr(at + 1);
  return domain.find('@') == absl::string_view::npos && domain.find('.') != domain.npos &&
         domain.front() != '.' && domain.back() != '.' &&
         std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

}  // namespace jodal::procurement
