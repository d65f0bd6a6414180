// The steps from opened bids to a candidate that methods are put together from. Pure and
// thread-safe.
#ifndef JODAL_PROCUREMENT_METHOD_STEPS_H_
#define JODAL_PROCUREMENT_METHOD_STEPS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "procurement/method/evaluation.h"
#include "procurement/method/ranking.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

// An evaluation under way.
struct Competition {
  const EvaluationInput& input;
  std::vector<OpenedBid> valid;
  std::vector<EvaluatedBid> voided;  // by submission id
  EvaluationResult result;           // so far; of the bids only the ranked ones
};

// Parts valid bids from void ones: already void, an amount out of range (AMOUNT_INVALID), or what
// the method says. INVALID_ARGUMENT FIGURES_INVALID, DUPLICATE_SUBMISSION. `input` outlives it.
absl::StatusOr<Competition> StartCompetition(const EvaluationInput& input);

// Fewer valid bids than the law asks for. The outcome of a competition that was only started says
// so already.
bool HasTooFewBids(const Competition& competition);

// Errors as RankBids.
absl::Status RankBidsWithin(const Limits& limits, Competition& competition);

// Scores the prices of the bids in range, and the totals of those that are reviewed.
absl::Status ScoreBids(const rules::Scoring& scoring, Competition& competition);

// Every bid in range whose review did not fail, by rank; among equals by their totals if all are
// reviewed, then by the lottery. `scoring` as for ScoreBids, null without one.
// INVALID_ARGUMENT UNIFORM_MISSING.
absl::Status OrderCandidates(const rules::Scoring* scoring, Competition& competition);

// The result with all its bids.
EvaluationResult Finish(Competition competition);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_METHOD_STEPS_H_
