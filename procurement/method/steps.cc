#include "procurement/method/steps.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "procurement/limits.h"
#include "procurement/method/errors.h"
#include "procurement/method/method.h"
#include "procurement/method/score.h"
#include "procurement/rules/facts.h"

namespace jodal::procurement {
namespace {

absl::Status FiguresInvalid(absl::string_view message) {
  return MakeError(kMethodErrors["FIGURES_INVALID"], message);
}

absl::Status CheckInput(const EvaluationInput& input) {
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
      return MakeError(kMethodErrors["DUPLICATE_SUBMISSION"], "a submission appears twice",
                       {{"submission", bid.submission_id}});
    }
  }
  return absl::OkStatus();
}

std::string VoidReason(const OpenedBid& bid, const EvaluationInput& input) {
  if (!bid.void_reason.empty()) return bid.void_reason;
  if (bid.amount_krw < 1 || bid.amount_krw > kAmountMaxKrw) return "AMOUNT_INVALID";
  // Openings whose choice of prices is known are replayed without the picks that led to it.
  const bool chosen = input.outside_prices && !input.outside_prices->chosen_numbers.empty();
  if (chosen && bid.picks.empty()) return "";
  return MethodOf(*input.rule_set).void_reason({bid.amount_krw, bid.picks}, *input.rule_set);
}

using Equals = std::vector<const EvaluatedBid*>;

// Equal prices in the order of the award: by the totals if all are reviewed, then by lot. The same
// stream goes on from one drawing to the next, so the first place does not depend on how many
// places are drawn.
absl::Status OrderEquals(const EvaluationInput& input, Equals equals, EvaluationResult& out) {
  const bool first = out.candidates.empty();
  const int rank = equals.front()->ranked.rank;
  if (first && equals.size() > 1) {
    for (const EvaluatedBid* bid : equals) out.tied_candidates.push_back(bid->ranked.submission_id);
    std::sort(out.tied_candidates.begin(), out.tied_candidates.end());
  }
  const bool all_reviewed = std::all_of(equals.begin(), equals.end(), [](const EvaluatedBid* bid) {
    return bid->total_score_micro.has_value();
  });
  std::map<int64_t, std::vector<std::string>, std::greater<>> by_total;
  for (const EvaluatedBid* bid : equals) {
    by_total[all_reviewed ? *bid->total_score_micro : 0].push_back(bid->ranked.submission_id);
  }
  if (first && equals.size() > 1) {
    out.tie_resolution =
        by_total.begin()->second.size() == 1 ? TieResolution::kScore : TieResolution::kLottery;
  }
  Uniform uniform;
  for (const auto& [total, ids] : by_total) {
    if (ids.size() > 1 && !uniform) {
      if (!input.uniform_for) {
        return MakeError(kMethodErrors["UNIFORM_MISSING"],
                         "a tie needs a source of uniform numbers");
      }
      uniform = input.uniform_for(LotteryLabel(rank));
    }
    for (std::string& id : TieLottery(ids, uniform)) out.candidates.push_back(std::move(id));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Competition> StartCompetition(const EvaluationInput& input) {
  RETURN_IF_ERROR(CheckInput(input));
  Competition out{input, {}, {}, {}};
  for (const OpenedBid& bid : input.bids) {
    std::string reason = VoidReason(bid, input);
    if (reason.empty()) {
      out.valid.push_back(bid);
      continue;
    }
    EvaluatedBid evaluated;
    evaluated.ranked.submission_id = bid.submission_id;
    evaluated.ranked.amount_krw = bid.amount_krw;
    evaluated.ranked.classification = Classification::kVoid;
    evaluated.void_reason = std::move(reason);
    out.voided.push_back(std::move(evaluated));
  }
  std::sort(out.voided.begin(), out.voided.end(), [](const EvaluatedBid& a, const EvaluatedBid& b) {
    return a.ranked.submission_id < b.ranked.submission_id;
  });
  out.result.valid_bid_count = static_cast<int>(out.valid.size());
  return out;
}

// The rule set that the notice pins decides which law the award goes by, so its first day is as
// good as the notice's (a test sees to it).
bool HasTooFewBids(const Competition& competition) {
  const rules::RuleSet& rule_set = *competition.input.rule_set;
  return competition.result.valid_bid_count <
         rules::FactAt(rules::Fact::kValidBidsMin, rule_set.regime, rule_set.effective_from).value;
}

absl::Status RankBidsWithin(const Limits& limits, Competition& competition) {
  std::vector<PricedBid> priced;
  for (const OpenedBid& bid : competition.valid) {
    priced.push_back({bid.submission_id, bid.amount_krw});
  }
  ASSIGN_OR_RETURN(std::vector<RankedBid> ranked, RankBids(priced, limits));
  for (RankedBid& bid : ranked) {
    EvaluatedBid evaluated;
    evaluated.ranked = std::move(bid);
    competition.result.bids.push_back(std::move(evaluated));
  }
  return absl::OkStatus();
}

absl::Status ScoreBids(const rules::Scoring& scoring, Competition& competition) {
  const EvaluationInput& input = competition.input;
  EvaluationResult& out = competition.result;
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

absl::Status OrderCandidates(const rules::Scoring* scoring, Competition& competition) {
  EvaluationResult& out = competition.result;
  const auto in_range = [&](size_t i) {
    return i < out.bids.size() && out.bids[i].ranked.classification == Classification::kInRange;
  };
  if (!in_range(0)) {
    out.outcome = Outcome::kFailedNoneInRange;
    return absl::OkStatus();
  }
  for (size_t i = 0; in_range(i);) {
    Equals equals;
    const int rank = out.bids[i].ranked.rank;
    for (; in_range(i) && out.bids[i].ranked.rank == rank; ++i) {
      const EvaluatedBid& bid = out.bids[i];
      const bool failed_review =
          scoring != nullptr && bid.total_score_micro && !Passes(*scoring, *bid.total_score_micro);
      if (!failed_review) equals.push_back(&bid);
    }
    if (equals.empty()) continue;
    RETURN_IF_ERROR(OrderEquals(competition.input, std::move(equals), out));
  }
  out.outcome = out.candidates.empty() ? Outcome::kFailedNonePassed : Outcome::kCandidate;
  return absl::OkStatus();
}

EvaluationResult Finish(Competition competition) {
  EvaluationResult& out = competition.result;
  out.bids.insert(out.bids.end(), competition.voided.begin(), competition.voided.end());
  return std::move(out);
}

}  // namespace jodal::procurement
