// Limits of the payment service.
#ifndef JODAL_SERVICES_PAYMENT_LIMITS_H_
#define JODAL_SERVICES_PAYMENT_LIMITS_H_

#include <cstddef>

namespace jodal::payment {

inline constexpr size_t kMaskedTailBytes = 4;  // shown of an account number

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 500;  // payments of about 1 KB

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_LIMITS_H_
