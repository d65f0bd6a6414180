// Classifies and ranks opened bids. Pure and thread-safe; the order is a function of the input set,
// not of the order in which bids are given.
#ifndef JODAL_PROCUREMENT_METHOD_RANKING_H_
#define JODAL_PROCUREMENT_METHOD_RANKING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "procurement/method/preliminary_prices.h"

namespace jodal::procurement {

enum class Classification {
  kInRange,
  kBelowFloor,         // 낙찰하한선미달
  kBelowNetCostLimit,  // at or above the floor, below the net-cost limit
  kAbovePlanned,       // 예가초과
  kVoid,               // 무효; not ranked and not counted in the draw
};

const char* Name(Classification classification);  // "IN_RANGE" ...

struct PricedBid {
  std::string submission_id;
  int64_t amount_krw = 0;  // 1..kAmountMaxKrw
};

struct Limits {
  int64_t planned_krw = 0;                    // ceiling, inclusive
  int64_t floor_krw = 0;                      // inclusive
  std::optional<int64_t> net_cost_limit_krw;  // inclusive; unset where the rule does not apply
};

struct RankedBid {
  std::string submission_id;
  int64_t amount_krw = 0;
  Classification classification = Classification::kVoid;
  int rank = 0;  // 1.. for kInRange, equal prices share it (1, 2, 2, 4); 0 otherwise
  // bid / planned in thousandths of a percent, truncated: 92392 is 92.392 %.
  int64_t bid_rate_milli_percent = 0;
};

// In range ascending, then the bids under a limit from the highest down (as published), then the
// bids above the planned price ascending; equal prices by submission id.
// INVALID_ARGUMENT AMOUNT_OUT_OF_RANGE, DUPLICATE_SUBMISSION, FIGURES_INVALID (planned <= 0).
absl::StatusOr<std::vector<RankedBid>> RankBids(const std::vector<PricedBid>& bids,
                                                const Limits& limits);

// Equal bids in the order in which a lottery draws them. Candidates are ordered by id first, so
// that only the set matters; the one that is drawn is taken out and the last one put in its place.
// Consumes a draw for each but the last.
std::vector<std::string> TieLottery(std::vector<std::string> candidates, const Uniform& uniform);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_RANKING_H_
