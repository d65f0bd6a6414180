// Payment numbers: contract id + "-P" + sequence, "R26TA00000001-P1". Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_PAYMENT_ID_H_
#define JODAL_PROCUREMENT_ACTS_PAYMENT_ID_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace jodal::procurement {

// A contract has at most kDeliveriesMax deliveries, each of them paid once.
inline constexpr int kPaymentSequenceMax = 999'999;

struct PaymentName {
  std::string contract_id;
  int sequence = 0;  // 1, 2, ... within the contract
};

std::string FormatPaymentId(const PaymentName& name);
// nullopt unless FormatPaymentId of the result gives `payment_id` again.
std::optional<PaymentName> ParsePaymentId(absl::string_view payment_id);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_PAYMENT_ID_H_
