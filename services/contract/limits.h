// Limits of the contract service.
#ifndef JODAL_SERVICES_CONTRACT_LIMITS_H_
#define JODAL_SERVICES_CONTRACT_LIMITS_H_

#include <cstddef>

namespace jodal::contract {

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;  // contracts of 200 deliveries stay below 16 MiB

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_LIMITS_H_
