// rules: the award rules that a notice can pin. Offline: they are part of the program.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/cli.h"
#include "clients/cli/notice_words.h"
#include "common/money/money.h"
#include "common/status/macros.h"
#include "procurement/rules/facts.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::cli {
namespace {

namespace rules = procurement::rules;

template <typename Enum>
std::string Word(Enum value) {
  return absl::AsciiStrToLower(rules::Name(value));
}

std::string Day(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// As on the first day of the rule set.
int64_t ValidBidsMin(const rules::RuleSet& set) {
  return rules::FactAt(rules::Fact::kValidBidsMin, set.regime, set.effective_from).value;
}

struct Options {
  std::string id, on, regime, kind, method;
};

absl::Status List(Cli& cli, const Options& o) {
  std::optional<absl::CivilDay> on;
  if (!o.on.empty()) {
    absl::CivilDay day;
    if (!absl::ParseCivilTime(o.on, &day)) {
      return UsageError(absl::StrCat("\"", o.on, "\" is no day; write 2026-03-12"));
    }
    on = day;
  }
  Table table = {{"rule_set_id", "regime", "kind", "method", "effective_from", "effective_to"}, {}};
  for (const rules::RuleSet& set : rules::AllRuleSets()) {
    if (on && (*on < set.effective_from || (set.effective_to && *on > *set.effective_to))) continue;
    if (!o.regime.empty() && o.regime != Word(set.regime)) continue;
    if (!o.kind.empty() && o.kind != Word(set.kind)) continue;
    if (!o.method.empty() && o.method != std::string(set.method)) continue;
    table.rows.push_back({set.id, Word(set.regime), Word(set.kind), std::string(set.method),
                          Day(set.effective_from),
                          set.effective_to ? Day(*set.effective_to) : std::string()});
  }
  return cli.out().Rows(table);
}

// The rules as sentences, with their figures.
Pairs Explained(const rules::RuleSet& set) {
  const rules::DrawRule& draw = set.draw;
  const auto percent = [](money::Ppm ppm) { return absl::StrCat(money::FormatPercent(ppm), " %"); };
  Pairs facts = {
      {"rule_set_id", set.id},
      {"regime", Word(set.regime)},
      {"kind", Word(set.kind)},
      {"method", std::string(set.method)},
      {"effective_from", Day(set.effective_from)},
      {"effective_to", set.effective_to ? Day(*set.effective_to) : "still in force"},
      {"source", set.source},
      {"preliminary_prices",
       absl::StrCat(draw.count, " prices within ", percent(draw.spread), " of the base amount, ",
                    draw.scheme == rules::PriceScheme::kEqualIntervals
                        ? std::string("one in each of as many equal intervals")
                        : absl::StrCat(draw.above_min, " to ", draw.above_max,
                                       " of them over the base amount"),
                    ", in multiples of ", draw.price_unit_krw, " won")},
      {"planned_price", absl::StrCat("the mean of the ", draw.taken,
                                     " prices whose numbers bidders picked most; "
                                     "every bid picks ",
                                     draw.picks)},
      {"floor", "floor rate x (planned price - A value) + A value; lower bids are excluded"},
      {"valid_bids_min", ValidBidsMin(set)}};
  if (set.net_cost) {
    facts.emplace_back(
        "net_cost",
        absl::StrCat("for planned prices under ",
                     money::FormatAmount(set.net_cost->planned_below_krw), " won, bids under ",
                     percent(set.net_cost->share), " of the net cost are excluded"));
  }
  facts.emplace_back("winner", set.method == rules::kSmallQuoteMethod
                                   ? "the lowest bid from the floor up, without a review"
                                   : "from the floor up, the first that reaches the pass mark");
  return facts;
}

absl::Status Show(Cli& cli, const Options& o) {
  ASSIGN_OR_RETURN(const rules::RuleSet* set, rules::FindRuleSet(o.id));
  Table bands = {
      {"category", "presumed_from", "presumed_below", "floor_rate", "price_points", "pass_mark"},
      {}};
  nlohmann::ordered_json json = {{"ruleSetId", set->id},
                                 {"regime", Word(set->regime)},
                                 {"kind", Word(set->kind)},
                                 {"method", std::string(set->method)},
                                 {"effectiveFrom", Day(set->effective_from)},
                                 {"source", set->source},
                                 {"validBidsMin", ValidBidsMin(*set)},
                                 {"spreadPpm", set->draw.spread.value},
                                 {"preliminaryPrices", set->draw.count},
                                 {"picks", set->draw.picks},
                                 {"taken", set->draw.taken},
                                 {"bands", nlohmann::ordered_json::array()}};
  if (set->effective_to) json["effectiveTo"] = Day(*set->effective_to);
  for (const rules::Band& band : set->bands) {
    const bool open_end = band.presumed_below_krw == rules::kNoUpperLimitKrw;
    bands.rows.push_back({band.category ? Word(*band.category) : "every",
                          Value::Amount(band.presumed_from_krw),
                          open_end ? Value("no limit") : Value::Amount(band.presumed_below_krw),
                          absl::StrCat(money::FormatPercent(band.floor_rate), " %"),
                          band.scoring ? Value(band.scoring->price_points_max) : Value(),
                          band.scoring ? Value(band.scoring->pass_mark) : Value()});
    nlohmann::ordered_json row = {{"presumedFrom", band.presumed_from_krw},
                                  {"floorRatePpm", band.floor_rate.value}};
    if (band.category) row["category"] = Word(*band.category);
    if (!open_end) row["presumedBelow"] = band.presumed_below_krw;
    if (band.scoring) {
      row["pricePointsMax"] = band.scoring->price_points_max;
      row["passMark"] = band.scoring->pass_mark;
    }
    json["bands"].push_back(std::move(row));
  }
  if (cli.out().exact()) return cli.out().Exact(json.dump());
  if (cli.out().format == Format::kCsv) return cli.out().Rows(bands);
  RETURN_IF_ERROR(cli.out().Facts(Explained(*set)));
  return cli.out().Rows(bands);
}

}  // namespace

void AddRules(Cli& cli) {
  CLI::App* noun = cli.Noun("rules", "The award rules that a notice can pin");
  auto o = std::make_shared<Options>();
  CLI::App* list = cli.Verb(noun,
                            {"list", "Lists the rule sets; opens no connection",
                             "jodal rules list --kind goods --regime state --on 2026-03-02"},
                            [&cli, o] { return List(cli, *o); });
  list->add_option("--on", o->on, "Only those in force on this day: 2026-03-12");
  list->add_option("--regime", o->regime, "Only this law: " + AllowedText("regime"));
  list->add_option("--kind", o->kind, "Only this kind: " + AllowedText("procurement_kind"));
  list->add_option("--method", o->method, "Only this method: " + AllowedText("method"));
  cli.Verb(noun,
           {"show", "Explains a rule set, with its floor rates; opens no connection",
            "jodal rules show kr-state-goods-2024"},
           [&cli, o] { return Show(cli, *o); })
      ->add_option("id", o->id, "Rule set; see jodal rules list")
      ->required();
}

}  // namespace jodal::cli
