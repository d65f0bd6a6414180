#include "clients/demo/fixture.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "nlohmann/json.hpp"

namespace jodal::demo {
namespace {

using nlohmann::json;

constexpr char kSchema[] = "jodal-opening-fixture/1";
constexpr size_t kPriceCount = 15;

absl::Status Invalid(absl::string_view field, absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FIXTURE_INVALID",
                   absl::StrCat("the opening's ", field, " ", why),
                   {{"field", std::string(field)}});
}

// Reads a file once; the first thing that is wrong stays the error.
class Source {
 public:
  explicit Source(const json& root) : root_(root) {}

  const absl::Status& status() const { return status_; }
  void Fail(absl::string_view field, absl::string_view why) {
    if (status_.ok()) status_ = Invalid(field, why);
  }

  // Null if it is absent or null. `field` is a path: "bids.amounts_krw".
  const json* Find(absl::string_view field) const {
    const json* at = &root_;
    for (absl::string_view name : absl::StrSplit(field, '.')) {
      if (!at->is_object()) return nullptr;
      const auto found = at->find(std::string(name));
      if (found == at->end() || found->is_null()) return nullptr;
      at = &*found;
    }
    return at;
  }
  std::string Text(absl::string_view field) {
    const json* value = Find(field);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    Fail(field, "must be a text");
    return "";
  }
  std::string Word(absl::string_view field) { return absl::AsciiStrToLower(Text(field)); }
  std::optional<int64_t> MaybeNumber(absl::string_view field) {
    const json* value = Find(field);
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer()) return value->get<int64_t>();
    Fail(field, "must be an integer");
    return std::nullopt;
  }
  int64_t Number(absl::string_view field) {
    const auto value = MaybeNumber(field);
    if (!value.has_value()) Fail(field, "is missing");
    return value.value_or(0);
  }
  absl::Time Time(absl::string_view field) {
    absl::Time out;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, Text(field), &out, &error)) {
      Fail(field, "must be an RFC 3339 time");
    }
    return out;
  }
  // Empty if it is null.
  template <typename Int>
  std::vector<Int> Numbers(absl::string_view field) {
    const json* value = Find(field);
    return value == nullptr ? std::vector<Int>() : List<Int>(field, *value);
  }
  template <typename Int>
  std::vector<Int> List(absl::string_view field, const json& value) {
    std::vector<Int> out;
    if (!value.is_array()) Fail(field, "must be a list");
    for (const json& item : value) {
      if (!item.is_number_integer()) {
        Fail(field, "must be a list of integers");
        break;
      }
      out.push_back(item.get<Int>());
    }
    return out;
  }

 private:
  const json& root_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Fixture> ParseFixture(absl::string_view text) {
  const json root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return Invalid("file", "is no JSON object");
  Source in(root);
  if (in.Text("schema") != kSchema) return Invalid("schema", absl::StrCat("must be ", kSchema));
  Fixture out;
  out.notice = in.Text("notice");
  out.title = in.Text("title");
  out.agency = in.Text("agency");
  out.regime = in.Word("regime");
  out.kind = in.Word("kind");
  out.category = in.Word("category");
  out.method = in.Word("method");
  out.rule_set = in.Text("rule_set");
  out.presumed_price_krw = in.Number("presumed_price_krw");
  out.base_krw = in.Number("base_krw");
  out.a_value_krw = in.Number("a_value_krw");
  out.net_cost_krw = in.MaybeNumber("net_cost_krw").value_or(0);
  out.floor_rate_ppm = in.Number("floor_rate_ppm");
  out.published_at = in.Time("schedule.published_at");
  out.window_open_at = in.Time("schedule.window_open_at");
  out.deadline_at = in.Time("schedule.deadline_at");
  out.opening_at = in.Time("schedule.opening_at");
  out.prices_krw = in.Numbers<int64_t>("prices_krw");
  out.chosen_numbers = in.Numbers<int>("chosen_numbers");
  if (!out.prices_krw.empty() && out.prices_krw.size() != kPriceCount) {
    in.Fail("prices_krw", "must be 15 amounts");
  }

  const auto amounts = in.Numbers<int64_t>("bids.amounts_krw");
  const auto ranks = in.Numbers<int>("bids.ranks");
  const json* picks = in.Find("bids.picks");
  if (amounts.empty()) in.Fail("bids.amounts_krw", "is empty");
  if (!ranks.empty() && ranks.size() != amounts.size()) {
    in.Fail("bids.ranks", "has another length than the amounts");
  }
  if (picks == nullptr || !picks->is_array() || picks->size() != amounts.size()) {
    in.Fail("bids.picks", "must be one entry a bid");
  } else {
    for (size_t at = 0; at < amounts.size(); ++at) {
      Fixture::Bid bid;
      bid.amount_krw = amounts[at];
      bid.picks = in.List<int>("bids.picks", (*picks)[at]);
      if (!ranks.empty() && ranks.size() == amounts.size()) bid.rank = ranks[at];
      out.bids.push_back(std::move(bid));
    }
  }
  if (in.Find("expected") != nullptr) {
    Fixture::Expected e;
    e.planned_krw = in.Number("expected.planned_krw");
    e.floor_krw = in.Number("expected.floor_krw");
    e.net_planned_krw = in.MaybeNumber("expected.net_planned_krw");
    e.net_cost_limit_krw = in.MaybeNumber("expected.net_cost_limit_krw");
    e.binding = in.Word("expected.binding");
    e.in_range = static_cast<int>(in.Number("expected.in_range"));
    e.first_amount_krw = in.Number("expected.first_amount_krw");
    out.expected = std::move(e);
  }
  RETURN_IF_ERROR(in.status());
  return out;
}

absl::StatusOr<Fixture> LoadFixture(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return MakeError(absl::StatusCode::kNotFound, "FIXTURE_MISSING",
                     absl::StrCat("cannot read ", path), {{"file", path}});
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return ParseFixture(text);
}

}  // namespace jodal::demo
