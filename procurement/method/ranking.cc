#include "procurement/method/ranking.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/macros.h"
#include "procurement/limits.h"
#include "procurement/method/errors.h"

namespace jodal::procurement {
namespace {

Classification Classify(int64_t amount_krw, const Limits& limits) {
  if (amount_krw > limits.planned_krw) return Classification::kAbovePlanned;
  if (amount_krw < limits.floor_krw) return Classification::kBelowFloor;
  if (limits.net_cost_limit_krw && amount_krw < *limits.net_cost_limit_krw) {
    return Classification::kBelowNetCostLimit;
  }
  return Classification::kInRange;
}

// Group, then price towards the group's direction, then id.
std::tuple<int, int64_t, const std::string&> SortKey(const RankedBid& bid) {
  switch (bid.classification) {
    case Classification::kInRange:
      return {0, bid.amount_krw, bid.submission_id};
    case Classification::kBelowFloor:
    case Classification::kBelowNetCostLimit:
      return {1, -bid.amount_krw, bid.submission_id};
    case Classification::kAbovePlanned:
    case Classification::kVoid:
      break;
  }
  return {2, bid.amount_krw, bid.submission_id};
}

}  // namespace

const char* Name(Classification classification) {
  switch (classification) {
    case Classification::kInRange:
      return "IN_RANGE";
    case Classification::kBelowFloor:
      return "BELOW_FLOOR";
    case Classification::kBelowNetCostLimit:
      return "BELOW_NET_COST_LIMIT";
    case Classification::kAbovePlanned:
      return "ABOVE_PLANNED";
    case Classification::kVoid:
      return "VOID";
  }
  return "UNKNOWN";
}

absl::StatusOr<std::vector<RankedBid>> RankBids(const std::vector<PricedBid>& bids,
                                                const Limits& limits) {
  if (limits.planned_krw <= 0) {
    return MakeError(kMethodErrors["FIGURES_INVALID"], "the planned price is positive");
  }
  std::vector<RankedBid> out;
  out.reserve(bids.size());
  for (const PricedBid& bid : bids) {
    if (bid.amount_krw < 1 || bid.amount_krw > kAmountMaxKrw) {
      return MakeError(kMethodErrors["AMOUNT_OUT_OF_RANGE"], "a bid amount is out of range",
                       {{"submission", bid.submission_id}});
    }
    RankedBid ranked;
    ranked.submission_id = bid.submission_id;
    ranked.amount_krw = bid.amount_krw;
    ranked.classification = Classify(bid.amount_krw, limits);
    // 100 % is 100,000 thousandths of a percent.
    ASSIGN_OR_RETURN(ranked.bid_rate_milli_percent,
                     money::MulDivFloor(bid.amount_krw, 100'000, limits.planned_krw));
    out.push_back(std::move(ranked));
  }
  std::sort(out.begin(), out.end(),
            [](const RankedBid& a, const RankedBid& b) { return SortKey(a) < SortKey(b); });
  for (size_t i = 0; i < out.size() && out[i].classification == Classification::kInRange; ++i) {
    const bool shared = i > 0 && out[i - 1].amount_krw == out[i].amount_krw;
    out[i].rank = shared ? out[i - 1].rank : static_cast<int>(i) + 1;
  }
  std::vector<absl::string_view> ids;
  for (const RankedBid& bid : out) ids.push_back(bid.submission_id);
  std::sort(ids.begin(), ids.end());
  const auto twin = std::adjacent_find(ids.begin(), ids.end());
  if (twin != ids.end()) {
    return MakeError(kMethodErrors["DUPLICATE_SUBMISSION"], "a submission appears twice",
                     {{"submission", std::string(*twin)}});
  }
  return out;
}

std::vector<std::string> TieLottery(std::vector<std::string> candidates, const Uniform& uniform) {
  std::sort(candidates.begin(), candidates.end());
  std::vector<std::string> out;
  while (candidates.size() > 1) {
    const uint64_t drawn = uniform(candidates.size());
    if (drawn >= candidates.size()) std::abort();
    out.push_back(std::move(candidates[drawn]));
    if (drawn + 1 < candidates.size()) candidates[drawn] = std::move(candidates.back());
    candidates.pop_back();
  }
  if (!candidates.empty()) out.push_back(std::move(candidates.front()));
  return out;
}

}  // namespace jodal::procurement
