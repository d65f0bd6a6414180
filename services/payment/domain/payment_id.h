// Payment numbers: contract id + "-P" + sequence, "R26TA00000001-P1". Pure and thread-safe.
#ifndef JODAL_SERVICES_PAYMENT_DOMAIN_PAYMENT_ID_H_
#define JODAL_SERVICES_PAYMENT_DOMAIN_PAYMENT_ID_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace jodal::payment {

struct PaymentName {
  std::string contract_id;
  int sequence = 0;  // 1, 2, ... within the contract
};

std::string FormatPaymentId(const PaymentName& name);
// nullopt unless FormatPaymentId of the result gives `payment_id` again.
std::optional<PaymentName> ParsePaymentId(absl::string_view payment_id);

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_DOMAIN_PAYMENT_ID_H_
