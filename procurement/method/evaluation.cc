#include "procurement/method/evaluation.h"

#include "absl/strings/str_cat.h"

namespace jodal::procurement {

std::string LotteryLabel(int rank) { return absl::StrCat("lottery/", rank); }

// The first lot has no label of its own, so that the draws of notices from before there were lots
// come out as they did.
std::string LotLabel(int lot) { return lot == 1 ? "" : absl::StrCat("lot/", lot, "/"); }

const char* Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCandidate:
      return "CANDIDATE";
    case Outcome::kFailedTooFewBids:
      return "FAILED_TOO_FEW_BIDS";
    case Outcome::kFailedNoneInRange:
      return "FAILED_NONE_IN_RANGE";
    case Outcome::kFailedNonePassed:
      return "FAILED_NONE_PASSED";
  }
  return "UNKNOWN";
}

const char* Name(BindingLimit limit) {
  return limit == BindingLimit::kFloor ? "floor" : "net_cost_limit";
}

const char* Name(TieResolution resolution) {
  switch (resolution) {
    case TieResolution::kNone:
      return "NONE";
    case TieResolution::kScore:
      return "SCORE";
    case TieResolution::kLottery:
      return "LOTTERY";
  }
  return "UNKNOWN";
}

}  // namespace jodal::procurement
