// The whole chain from the opened bids of a lot to the candidates for its award in their order,
// with every intermediate number: what goes in and what comes out. How it comes about is the
// method's (method.h).
//
// Pure and deterministic: the service runs it at the opening and the offline verifier runs it again
// on the published bundle; equal input gives an equal result. The content of a bid never makes it
// fail: a bid with impossible picks or amount is void with a reason. Thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_EVALUATION_H_
#define JODAL_PROCUREMENT_METHOD_EVALUATION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "procurement/method/figures.h"
#include "procurement/method/preliminary_prices.h"
#include "procurement/method/ranking.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

// One deterministic stream per label (docs/formats.md 4): HMAC-DRBG over S with the label.
// Labels: kLabelPrices for the prices and their numbering, LotteryLabel(rank) for a tie; those of
// other lots than the first begin with LotLabel.
using UniformFor = std::function<Uniform(absl::string_view label)>;
inline constexpr absl::string_view kLabelPrices = "prices";
std::string LotteryLabel(int rank);  // "lottery/1"
std::string LotLabel(int lot);       // "lot/2/"; "" for lot 1

struct OpenedBid {
  std::string submission_id;
  int64_t amount_krw = 0;
  std::vector<int> picks;
  // Coded ground (국가계약법 시행규칙 제44조) if the bid was already void before any price was
  // opened.
  std::string void_reason;
  // Everything but the price score, if the review has been done.
  std::optional<int64_t> other_score_micro;
};

// Prices made elsewhere. `chosen_numbers` also fixes the choice, for openings whose picks are not
// public; empty lets the picks choose.
struct OutsidePrices {
  std::vector<PreliminaryPrice> prices;
  std::vector<int> chosen_numbers;
};

struct EvaluationInput {
  const rules::RuleSet* rule_set = nullptr;  // required, outlives the call
  NoticeFigures figures;
  std::optional<OutsidePrices> outside_prices;  // unset: prices are made with `uniform_for`
  std::vector<OpenedBid> bids;
  UniformFor uniform_for;  // required unless prices are given and no tie needs a lottery
};

enum class Outcome {
  kCandidate,          // there are candidates
  kFailedTooFewBids,   // 유찰: fewer valid bids than the rule set's minimum; no price is made
  kFailedNoneInRange,  // 유찰: nobody between the limits
  kFailedNonePassed,   // 유찰: every bid in range was reviewed and none reached the pass mark
};
const char* Name(Outcome outcome);

enum class BindingLimit { kFloor, kNetCostLimit };
const char* Name(BindingLimit limit);  // as results spell it: "net_cost_limit"

struct EvaluatedBid {
  RankedBid ranked;
  std::string void_reason;  // kVoid only
  // Set for bids in range when the rule set scores prices and the bid is reviewed by score.
  std::optional<int64_t> price_ratio_e4;
  std::optional<int64_t> price_score_micro;
  std::optional<int64_t> total_score_micro;  // needs other_score_micro
};

enum class TieResolution { kNone, kScore, kLottery };
const char* Name(TieResolution resolution);

struct EvaluationResult {
  Outcome outcome = Outcome::kFailedTooFewBids;
  int valid_bid_count = 0;

  // Everything below up to `bids` is empty or 0 after kFailedTooFewBids.
  bool prices_from_outside = false;
  bool choice_from_outside = false;
  std::vector<PreliminaryPrice> prices;  // by number
  std::vector<int> draw_counts;          // [i] for number i + 1; all 0 without picks
  std::vector<int> chosen_numbers;       // in the order taken
  int64_t planned_krw = 0;
  int64_t assessment_rate_ppm = 0;  // 사정률 planned / base, truncated: 4 decimals of a percent
  int64_t floor_krw = 0;
  std::optional<int64_t> net_planned_krw;
  std::optional<int64_t> net_cost_limit_krw;
  std::optional<BindingLimit> binding;  // unset where the method has no lower limit

  // Order of RankBids, void bids last by submission id.
  std::vector<EvaluatedBid> bids;

  // Submission ids: who gets the award, and who is next if it fails or refuses, in this order.
  std::vector<std::string> candidates;
  // How the first candidate was found among equals.
  TieResolution tie_resolution = TieResolution::kNone;
  std::vector<std::string> tied_candidates;  // by id; empty without a tie
};

// By the method of the rule set.
// INVALID_ARGUMENT FIGURES_INVALID, PRICES_INVALID, CHOICE_INVALID, DUPLICATE_SUBMISSION,
// BASE_TOO_SMALL, UNIFORM_MISSING; AMOUNT_OVERFLOW.
absl::StatusOr<EvaluationResult> Evaluate(const EvaluationInput& input);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_EVALUATION_H_
