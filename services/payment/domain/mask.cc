#include "services/payment/domain/mask.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/payment/limits.h"

namespace jodal::payment {

std::string MaskAccountNumber(absl::string_view number) {
  const std::string plain = absl::StrReplaceAll(number, {{"-", ""}});
  // Of a number too short to hide anything, nothing is shown.
  if (plain.size() <= kMaskedTailBytes) return "****";
  return absl::StrCat("****", plain.substr(plain.size() - kMaskedTailBytes));
}

}  // namespace jodal::payment
