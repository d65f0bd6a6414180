// Past and constructed openings that the demo plays again: the files of fixtures/, whose README
// describes the schema.
#ifndef JODAL_CLIENTS_DEMO_FIXTURE_H_
#define JODAL_CLIENTS_DEMO_FIXTURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::demo {

// Amounts in won, rates in ppm. What a fixture leaves out is empty.
struct Fixture {
  struct Bid {
    int64_t amount_krw = 0;
    std::vector<int> picks;
    std::optional<int> rank;  // published; not above 0: not ranked
  };
  struct Expected {
    int64_t planned_krw = 0;
    int64_t floor_krw = 0;
    std::optional<int64_t> net_planned_krw;
    std::optional<int64_t> net_cost_limit_krw;
    std::string binding;  // as in EvaluationResult: "floor", "net_cost_limit"
    int in_range = 0;
    int64_t first_amount_krw = 0;
  };

  std::string notice;
  std::string title;
  std::string agency;
  // Words of a notice: "state", "works", "general", "qualification".
  std::string regime;
  std::string kind;
  std::string category;
  std::string method;
  std::string rule_set;
  int64_t presumed_price_krw = 0;
  int64_t base_krw = 0;
  int64_t a_value_krw = 0;
  int64_t net_cost_krw = 0;  // 0: none
  int64_t floor_rate_ppm = 0;
  absl::Time published_at;
  absl::Time window_open_at;
  absl::Time deadline_at;
  absl::Time opening_at;
  std::vector<int64_t> prices_krw;  // number 1 first; empty: to be drawn
  std::vector<int> chosen_numbers;  // ascending; empty: not known
  std::vector<Bid> bids;
  std::optional<Expected> expected;
};

// NOT_FOUND FIXTURE_MISSING; INVALID_ARGUMENT FIXTURE_INVALID with metadata "field".
absl::StatusOr<Fixture> ParseFixture(absl::string_view json);
absl::StatusOr<Fixture> LoadFixture(const std::string& path);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_FIXTURE_H_
