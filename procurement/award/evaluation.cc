#include "procurement/award/evaluation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/award/draw.h"
#include "procurement/award/floor.h"
#include "procurement/award/qualification.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

absl::Status FiguresInvalid(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FIGURES_INVALID", message);
}

absl::Status CheckInput(const EvaluationInput& input) {
  if (input.rule_set == nullptr) return FiguresInvalid("a rule set is required");
  const NoticeFigures& f = input.figures;
  const auto in_range = [](int64_t amount) { return amount >= 1 && amount <= kAmountMaxKrw; };
  if (!in_range(f.base_krw) || f.base_krw > kBaseMaxKrw || !in_range(f.presumed_price_krw)) {
    return FiguresInvalid("the base amount and the presumed price are positive");
  }
  if (f.a_value_krw < 0 || f.a_value_krw >= f.base_krw) {
    return FiguresInvalid("the A value is not negative and under the base amount");
  }
  if (f.net_cost_krw && (!in_range(*f.net_cost_krw) || *f.net_cost_krw >= f.base_krw)) {
    return FiguresInvalid("the net cost is positive and under the base amount");
  }
  std::set<absl::string_view> ids;
  for (const OpenedBid& bid : input.bids) {
    if (!ids.insert(bid.submission_id).second) {
      return MakeError(absl::StatusCode::kInvalidArgument, "DUPLICATE_SUBMISSION",
                       "a submission appears twice", {{"submission", bid.submission_id}});
    }
  }
  return absl::OkStatus();
}

// The coded ground on which a bid is void, "" if it is valid. Picks are needed only if they choose.
std::string VoidReason(const OpenedBid& bid, const rules::DrawRule& rule, bool picks_needed) {
  if (!bid.void_reason.empty()) return bid.void_reason;
  if (bid.amount_krw < 1 || bid.amount_krw > kAmountMaxKrw) return "AMOUNT_INVALID";
  if ((picks_needed || !bid.picks.empty()) && !CheckPicks(bid.picks, rule).ok()) {
    return "PICKS_INVALID";
  }
  return "";
}

absl::Status MakePlannedPrice(const EvaluationInput& input, const std::vector<OpenedBid>& valid,
                              EvaluationResult& out) {
  const rules::DrawRule& rule = input.rule_set->draw;
  if (input.outside_prices) {
    RETURN_IF_ERROR(CheckPreliminaryPrices(input.outside_prices->prices, rule));
    out.prices_from_outside = true;
    out.prices = input.outside_prices->prices;
    std::sort(out.prices.begin(), out.prices.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
  } else {
    if (!input.uniform_for) {
      return MakeError(absl::StatusCode::kInvalidArgument, "UNIFORM_MISSING",
                       "making prices needs a source of uniform numbers");
    }
    ASSIGN_OR_RETURN(out.prices, MakePreliminaryPrices(input.figures.base_krw, rule,
                                                       input.uniform_for(kLabelPrices)));
  }
  std::vector<std::vector<int>> picks;
  for (const OpenedBid& bid : valid) {
    if (!bid.picks.empty()) picks.push_back(bid.picks);
  }
  ASSIGN_OR_RETURN(out.draw_counts, CountPicks(picks, rule));
  if (input.outside_prices && !input.outside_prices->chosen_numbers.empty()) {
    out.choice_from_outside = true;
    out.chosen_numbers = input.outside_prices->chosen_numbers;
    if (static_cast<int>(out.chosen_numbers.size()) != rule.taken) {
      return MakeError(absl::StatusCode::kInvalidArgument, "CHOICE_INVALID",
                       "the rule set takes another number of prices",
                       {{"taken", absl::StrCat(rule.taken)}});
    }
  } else {
    out.chosen_numbers = TakeMostDrawn(out.draw_counts, rule.taken);
  }
  ASSIGN_OR_RETURN(out.planned_krw, PlannedPrice(out.prices, out.chosen_numbers));
  ASSIGN_OR_RETURN(out.assessment_rate_milli_percent,
                   money::MulDivFloor(out.planned_krw, 100'000, input.figures.base_krw));
  return absl::OkStatus();
}

absl::Status MakeLimits(const EvaluationInput& input, EvaluationResult& out) {
  const NoticeFigures& f = input.figures;
  ASSIGN_OR_RETURN(out.floor_krw, Floor({out.planned_krw, f.a_value_krw, f.floor_rate}));
  if (!NetCostRuleApplies(*input.rule_set, out.planned_krw, f.net_cost_krw.has_value())) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const NetCostLimit net,
                   ComputeNetCostLimit({*f.net_cost_krw, out.planned_krw, f.base_krw,
                                        input.rule_set->net_cost->share}));
  out.net_planned_krw = net.net_planned_krw;
  out.net_cost_limit_krw = net.limit_krw;
  if (net.limit_krw > out.floor_krw) out.binding = BindingLimit::kNetCostLimit;
  return absl::OkStatus();
}

// The scoring of the band, or null where the rule set does not review by points.
const rules::Scoring* ScoringOf(const EvaluationInput& input) {
  if (input.rule_set->method != rules::Method::kQualification) return nullptr;
  const rules::Band* band =
      rules::FindBand(*input.rule_set, input.figures.category, input.figures.presumed_price_krw);
  return band != nullptr && band->scoring ? &*band->scoring : nullptr;
}

absl::Status ScoreBids(const EvaluationInput& input, const rules::Scoring& scoring,
                       EvaluationResult& out) {
  std::map<absl::string_view, const OpenedBid*> by_id;
  for (const OpenedBid& bid : input.bids) by_id[bid.submission_id] = &bid;
  for (EvaluatedBid& bid : out.bids) {
    if (bid.ranked.classification != Classification::kInRange) continue;
    ASSIGN_OR_RETURN(bid.price_ratio_e4, PriceRatioE4({bid.ranked.amount_krw, out.planned_krw,
                                                       input.figures.a_value_krw}));
    bid.price_score_micro = PriceScoreMicro(scoring, *bid.price_ratio_e4);
    const OpenedBid& opened = *by_id.at(bid.ranked.submission_id);
    if (!opened.other_score_micro) continue;
    ASSIGN_OR_RETURN(bid.total_score_micro,
                     TotalScoreMicro(*bid.price_score_micro, *opened.other_score_micro));
  }
  return absl::OkStatus();
}

// Among equal prices: the best totals if all are reviewed, then the lottery.
absl::Status ChooseAmongEquals(const EvaluationInput& input,
                               std::vector<const EvaluatedBid*> equals, EvaluationResult& out) {
  const int rank = equals.front()->ranked.rank;
  if (equals.size() == 1) {
    out.award_candidate = equals.front()->ranked.submission_id;
    return absl::OkStatus();
  }
  for (const EvaluatedBid* bid : equals) out.tied_candidates.push_back(bid->ranked.submission_id);
  std::sort(out.tied_candidates.begin(), out.tied_candidates.end());
  const bool all_reviewed = std::all_of(equals.begin(), equals.end(), [](const EvaluatedBid* bid) {
    return bid->total_score_micro.has_value();
  });
  if (all_reviewed) {
    int64_t best = *equals.front()->total_score_micro;
    for (const EvaluatedBid* bid : equals) best = std::max(best, *bid->total_score_micro);
    std::erase_if(equals, [&](const EvaluatedBid* bid) { return *bid->total_score_micro < best; });
    if (equals.size() == 1) {
      out.tie_resolution = TieResolution::kScore;
      out.award_candidate = equals.front()->ranked.submission_id;
      return absl::OkStatus();
    }
  }
  if (!input.uniform_for) {
    return MakeError(absl::StatusCode::kInvalidArgument, "UNIFORM_MISSING",
                     "a tie needs a source of uniform numbers");
  }
  std::vector<std::string> ids;
  for (const EvaluatedBid* bid : equals) ids.push_back(bid->ranked.submission_id);
  out.tie_resolution = TieResolution::kLottery;
  ASSIGN_OR_RETURN(out.award_candidate, TieLottery(ids, input.uniform_for(LotteryLabel(rank))));
  return absl::OkStatus();
}

absl::Status ChooseCandidate(const EvaluationInput& input, const rules::Scoring* scoring,
                             EvaluationResult& out) {
  const auto in_range = [&](size_t i) {
    return i < out.bids.size() && out.bids[i].ranked.classification == Classification::kInRange;
  };
  if (!in_range(0)) {
    out.outcome = Outcome::kFailedNoneInRange;
    return absl::OkStatus();
  }
  for (size_t i = 0; in_range(i);) {
    std::vector<const EvaluatedBid*> equals;
    const int rank = out.bids[i].ranked.rank;
    for (; in_range(i) && out.bids[i].ranked.rank == rank; ++i) {
      const EvaluatedBid& bid = out.bids[i];
      const bool failed_review =
          scoring != nullptr && bid.total_score_micro && !Passes(*scoring, *bid.total_score_micro);
      if (!failed_review) equals.push_back(&bid);
    }
    if (equals.empty()) continue;
    out.outcome = Outcome::kCandidate;
    return ChooseAmongEquals(input, std::move(equals), out);
  }
  out.outcome = Outcome::kFailedNonePassed;
  return absl::OkStatus();
}

}  // namespace

std::string LotteryLabel(int rank) { return absl::StrCat("lottery/", rank); }

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
  return limit == BindingLimit::kFloor ? "FLOOR" : "NET_COST_LIMIT";
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

absl::StatusOr<EvaluationResult> Evaluate(const EvaluationInput& input) {
  RETURN_IF_ERROR(CheckInput(input));
  const rules::RuleSet& rule_set = *input.rule_set;
  EvaluationResult out;

  const bool picks_needed = !input.outside_prices || input.outside_prices->chosen_numbers.empty();
  std::vector<OpenedBid> valid;
  std::vector<EvaluatedBid> voided;
  for (const OpenedBid& bid : input.bids) {
    std::string reason = VoidReason(bid, rule_set.draw, picks_needed);
    if (reason.empty()) {
      valid.push_back(bid);
      continue;
    }
    EvaluatedBid evaluated;
    evaluated.ranked.submission_id = bid.submission_id;
    evaluated.ranked.amount_krw = bid.amount_krw;
    evaluated.ranked.classification = Classification::kVoid;
    evaluated.void_reason = std::move(reason);
    voided.push_back(std::move(evaluated));
  }
  std::sort(voided.begin(), voided.end(), [](const EvaluatedBid& a, const EvaluatedBid& b) {
    return a.ranked.submission_id < b.ranked.submission_id;
  });
  out.valid_bid_count = static_cast<int>(valid.size());

  // A failed competition keeps its prices unmade: the re-bid runs under the same conditions.
  if (out.valid_bid_count < rule_set.valid_bids_min) {
    out.outcome = Outcome::kFailedTooFewBids;
    out.bids = std::move(voided);
    return out;
  }

  RETURN_IF_ERROR(MakePlannedPrice(input, valid, out));
  RETURN_IF_ERROR(MakeLimits(input, out));

  std::vector<PricedBid> priced;
  for (const OpenedBid& bid : valid) priced.push_back({bid.submission_id, bid.amount_krw});
  ASSIGN_OR_RETURN(std::vector<RankedBid> ranked,
                   RankBids(priced, {out.planned_krw, out.floor_krw, out.net_cost_limit_krw}));
  for (RankedBid& bid : ranked) {
    EvaluatedBid evaluated;
    evaluated.ranked = std::move(bid);
    out.bids.push_back(std::move(evaluated));
  }
  const rules::Scoring* scoring = ScoringOf(input);
  if (scoring != nullptr) RETURN_IF_ERROR(ScoreBids(input, *scoring, out));
  RETURN_IF_ERROR(ChooseCandidate(input, scoring, out));
  out.bids.insert(out.bids.end(), voided.begin(), voided.end());
  return out;
}

}  // namespace jodal::procurement
