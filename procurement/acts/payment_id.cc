#include "procurement/acts/payment_id.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace jodal::procurement {

std::string FormatPaymentId(const PaymentName& name) {
  return absl::StrCat(name.contract_id, "-P", name.sequence);
}

std::optional<PaymentName> ParsePaymentId(absl::string_view payment_id) {
  const size_t at = payment_id.rfind("-P");
  if (at == absl::string_view::npos || at == 0) return std::nullopt;
  PaymentName name;
  name.contract_id = std::string(payment_id.substr(0, at));
  if (!absl::SimpleAtoi(payment_id.substr(at + 2), &name.sequence) || name.sequence < 1 ||
      name.sequence > kPaymentSequenceMax || FormatPaymentId(name) != payment_id) {
    return std::nullopt;
  }
  return name;
}

}  // namespace jodal::procurement
