#include "procurement/method/draw.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/macros.h"
#include "procurement/method/errors.h"

namespace jodal::procurement {

absl::Status CheckPicks(const std::vector<int>& picks, const rules::DrawRule& rule) {
  bool ok = static_cast<int>(picks.size()) == rule.picks;
  for (size_t i = 0; ok && i < picks.size(); ++i) {
    ok = picks[i] >= 1 && picks[i] <= rule.count &&
         std::find(picks.begin(), picks.begin() + i, picks[i]) == picks.begin() + i;
  }
  if (ok) return absl::OkStatus();
  return MakeError(kMethodErrors["PICKS_INVALID"],
                   "a bid carries distinct numbers of preliminary prices",
                   {{"picks", absl::StrCat(rule.picks)}, {"count", absl::StrCat(rule.count)}});
}

absl::StatusOr<std::vector<int>> CountPicks(const std::vector<std::vector<int>>& picks,
                                            const rules::DrawRule& rule) {
  RETURN_IF_ERROR(CheckDrawRule(rule));
  std::vector<int> counts(rule.count, 0);
  for (const std::vector<int>& bid : picks) {
    RETURN_IF_ERROR(CheckPicks(bid, rule));
    for (int number : bid) ++counts[number - 1];
  }
  return counts;
}

std::vector<int> TakeMostDrawn(const std::vector<int>& counts, int taken) {
  std::vector<int> numbers(counts.size());
  std::iota(numbers.begin(), numbers.end(), 1);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](int a, int b) { return counts[a - 1] > counts[b - 1]; });
  numbers.resize(std::min(numbers.size(), static_cast<size_t>(std::max(taken, 0))));
  return numbers;
}

absl::StatusOr<int64_t> PlannedPrice(const std::vector<PreliminaryPrice>& prices,
                                     const std::vector<int>& chosen_numbers) {
  const absl::Status invalid = MakeError(kMethodErrors["CHOICE_INVALID"],
                                         "the chosen numbers are distinct numbers of prices");
  if (chosen_numbers.empty()) return invalid;
  int64_t sum = 0;
  for (size_t i = 0; i < chosen_numbers.size(); ++i) {
    const int number = chosen_numbers[i];
    const auto price = std::find_if(prices.begin(), prices.end(),
                                    [&](const auto& p) { return p.number == number; });
    const auto so_far = chosen_numbers.begin() + i;
    if (price == prices.end() || std::find(chosen_numbers.begin(), so_far, number) != so_far) {
      return invalid;
    }
    ASSIGN_OR_RETURN(sum, money::CheckedAdd(sum, price->amount_krw));
  }
  return money::MulDivFloor(sum, 1, static_cast<int64_t>(chosen_numbers.size()));
}

}  // namespace jodal::procurement
