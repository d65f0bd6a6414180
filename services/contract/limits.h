// Limits of the contract service.
#ifndef JODAL_SERVICES_CONTRACT_LIMITS_H_
#define JODAL_SERVICES_CONTRACT_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace jodal::contract {

// 국가계약법 시행령 제55조: an inspection is done within 14 days of the supplier's notice of
// completion. A later one still counts, and the delivery says that it was late.
inline constexpr absl::Duration kInspectionPeriod = absl::Hours(14 * 24);

// The highest rate of delay damages, transport, 0.25 % a day (국가계약법 시행규칙 제75조).
inline constexpr int64_t kDelayDamagesPpmPerDayMax = 2500;

// The longest contracts run over several budget years; anything longer is a slip in the date.
inline constexpr int kContractYearsMax = 30;

// All deliveries of a contract lie in one record of at most 100 KB, about 250 bytes each. A payment
// every 30 days over ten years is 122.
inline constexpr int kDeliveriesMax = 200;

// Offers carry the terms; with its signature an offer fits one commit of 1 MiB.
inline constexpr size_t kOfferBytesMax = 512 << 10;
// The other documents are forms with a remark; all of a contract are answered at once.
inline constexpr size_t kFormBytesMax = 16 << 10;

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;  // contracts of 200 deliveries stay below 16 MiB

// Days in documents are days in Korea, which has no summer time.
inline constexpr int kCivilOffsetSeconds = 9 * 3600;

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_LIMITS_H_
