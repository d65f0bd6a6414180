// Limits of the tender domain. Each is tested at the limit and one past it.
#ifndef JODAL_SERVICES_TENDER_DOMAIN_LIMITS_H_
#define JODAL_SERVICES_TENDER_DOMAIN_LIMITS_H_

#include <cstdint>

namespace jodal::tender {

// KRW. Above the yearly budget of the state; keeps every ratio of two amounts inside int64.
inline constexpr int64_t kAmountMaxKrw = 1'000'000'000'000'000;

// Committee members, formats.md 2: one byte indexes and a table of shares per bid.
inline constexpr int kCommitteeMax = 16;
inline constexpr int kQuorumMin = 2;

// Numbers of preliminary prices; the law has 15, the histogram is indexed by a small int.
inline constexpr int kPriceCountMax = 100;

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_DOMAIN_LIMITS_H_
