// What is shown of an account number. Pure and thread-safe.
#ifndef JODAL_SERVICES_PAYMENT_DOMAIN_MASK_H_
#define JODAL_SERVICES_PAYMENT_DOMAIN_MASK_H_

#include <string>

#include "absl/strings/string_view.h"

namespace jodal::payment {

// "****1234": the last kMaskedTailBytes characters, hyphens left out; nothing of the length.
std::string MaskAccountNumber(absl::string_view number);

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_DOMAIN_MASK_H_
