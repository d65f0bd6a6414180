// Korean business registration numbers (사업자등록번호).
#ifndef JODAL_PROCUREMENT_PEOPLE_BUSINESS_NUMBER_H_
#define JODAL_PROCUREMENT_PEOPLE_BUSINESS_NUMBER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace jodal::procurement {

// The tenth digit for the first nine: weights 1 3 7 1 3 7 1 3 5, the tens of the ninth product
// added to the sum, the sum filled up to a multiple of ten. nullopt unless `first_nine` are nine
// digits.
std::optional<char> BusinessNumberCheckDigit(absl::string_view first_nine);

// Ten digits without hyphens whose check digit fits.
class BusinessNumber {
 public:
  // nullopt for anything else, and for ten zeros, which the check digit lets through.
  static std::optional<BusinessNumber> Parse(absl::string_view text);
  const std::string& digits() const { return digits_; }

 private:
  explicit BusinessNumber(absl::string_view digits) : digits_(digits) {}
  std::string digits_;
};

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_PEOPLE_BUSINESS_NUMBER_H_
