#include "procurement/people/business_number.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace jodal::procurement {

std::optional<char> BusinessNumberCheckDigit(absl::string_view first_nine) {
  constexpr std::array<int, 9> kWeights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  if (first_nine.size() != kWeights.size() ||
      !std::all_of(first_nine.begin(), first_nine.end(), absl::ascii_isdigit)) {
    return std::nullopt;
  }
  int sum = (first_nine[8] - '0') * kWeights[8] / 10;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += (first_nine[i] - '0') * kWeights[i];
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::optional<BusinessNumber> BusinessNumber::Parse(absl::string_view text) {
  if (text.size() != 10 || text == "0000000000" ||
      BusinessNumberCheckDigit(text.substr(0, 9)) != text[9]) {
    return std::nullopt;
  }
  return BusinessNumber(text);
}

}  // namespace jodal::procurement
