// Limits of the tender domain. Each is tested at the limit and one past it.
#ifndef JODAL_SERVICES_TENDER_DOMAIN_LIMITS_H_
#define JODAL_SERVICES_TENDER_DOMAIN_LIMITS_H_

#include <cstdint>

namespace jodal::tender {

// KRW, for bids and prices. Far above the largest contracts, and low enough that the bid rate
// against a planned price of 1 KRW still fits into int64: no sealed amount can make an opening
// overflow.
inline constexpr int64_t kAmountMaxKrw = 90'000'000'000'000;

// KRW, for base amounts: preliminary prices over the base stay under kAmountMaxKrw.
inline constexpr int64_t kBaseMaxKrw = kAmountMaxKrw / 2;

// Committee members, formats.md 2: one byte indexes and a table of shares per bid.
inline constexpr int kCommitteeMax = 16;
inline constexpr int kQuorumMin = 2;

// Numbers of preliminary prices; the law has 15, the histogram is indexed by a small int.
inline constexpr int kPriceCountMax = 100;

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_DOMAIN_LIMITS_H_
