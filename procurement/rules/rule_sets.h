// Korean award rules as data: one row per rule set, each with its dates and source.
//
// A notice pins the id of a rule set when it is published; a row is never changed or removed
// afterwards, a law change is a new row. The floor rate of a tender is a field of its notice: the
// bands only propose it. Amounts are KRW, rates ppm, dates Korean civil days (UTC+9).
// Thread-safe: constant data and pure functions.
#ifndef JODAL_PROCUREMENT_RULES_RULE_SETS_H_
#define JODAL_PROCUREMENT_RULES_RULE_SETS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/money/money.h"

namespace jodal::procurement::rules {

// Which law binds the buyer.
enum class Regime { kState, kLocal };

enum class Kind { kWorks, kGeneralServices, kTechnicalServices, kGoods };

// Subdivision of a kind where the tables have one.
enum class Category {
  kGeneral,         // works: construction; services: research, open software, waste, freight,
                    // repair, lease; everything of the other kinds
  kSpecialtyWorks,  // works: electric, telecom, fire, heritage
  kFacility,        // services: cleaning, guarding
  kReservedSoftwareOrTransport,  // services: software reserved to SMEs, passenger transport
  kInsurance,                    // services
};

// Ids of methods of award, the words of a notice. The methods themselves are in
// procurement/method.
inline constexpr char kQualificationMethod[] = "qualification";
inline constexpr char kSmallQuoteMethod[] = "small_quote";

enum class PriceScheme {
  kEqualIntervals,  // state: [B - spread, B + spread] in `count` equal intervals
  kSplitAtBase,     // local: above_min..above_max prices over B, the rest under it
};

// Multiple preliminary prices 복수예비가격.
struct DrawRule {
  PriceScheme scheme = PriceScheme::kEqualIntervals;
  money::Ppm spread;
  int count = 15;                // preliminary prices
  int picks = 2;                 // distinct numbers a bid carries
  int taken = 4;                 // most drawn prices that make the planned price
  int64_t price_unit_krw = 100;  // prices are multiples of this
  int above_min = 0;             // kSplitAtBase only
  int above_max = 0;
};

// Price score: max(score_min, price_points_max - k * |R - 100x|); at or above cap_ratio the score
// is cap_score. x has four decimals.
struct Scoring {
  int price_points_max = 0;   // Pmax
  int other_points_max = 0;   // N
  int pass_mark = 0;          // T
  int k_milli = 0;            // k in thousandths
  int reference_percent = 0;  // R
  int score_min = 0;
  // The cap is T - N, reached again as far above R as the floor lies below it: cap_ratio =
  // R + (Pmax + N - T) / k. 0 where the rule has no cap.
  money::Ppm cap_ratio;
  int cap_score = 0;
};

inline constexpr int64_t kNoUpperLimitKrw = std::numeric_limits<int64_t>::max();

struct Band {
  std::optional<Category> category;               // unset: every category of the kind
  int64_t presumed_from_krw = 0;                  // inclusive
  int64_t presumed_below_krw = kNoUpperLimitKrw;  // exclusive
  money::Ppm floor_rate;
  std::optional<Scoring> scoring;
};

// Bids under share * (net cost at the planned price) are excluded; 국가계약법 제10조③
// (docs/rules-kr.md 3).
struct NetCostRule {
  int64_t planned_below_krw = 0;  // applies to planned prices under this
  money::Ppm share;
};

struct RuleSet {
  const char* id;
  Regime regime;
  Kind kind;
  absl::string_view method;                    // id
  absl::CivilDay effective_from;               // notices from this day
  std::optional<absl::CivilDay> effective_to;  // inclusive; unset: still in force
  const char* source;
  std::span<const Band> bands;
  DrawRule draw;
  std::optional<NetCostRule> net_cost;
};

// Every rule set, in a fixed order.
std::span<const RuleSet> AllRuleSets();

// NOT_FOUND RULE_SET_UNKNOWN. The pointer lives for ever.
absl::StatusOr<const RuleSet*> FindRuleSet(absl::string_view id);

struct RuleQuery {
  Regime regime = Regime::kState;
  Kind kind = Kind::kWorks;
  Category category = Category::kGeneral;
  absl::string_view method = kQualificationMethod;
  int64_t presumed_price_krw = 0;  // VAT excluded
  absl::CivilDay notice_day;
};

// The rule set in force on the notice day. NOT_FOUND NO_RULE_SET_IN_FORCE.
absl::StatusOr<const RuleSet*> RuleSetFor(const RuleQuery& query);

// The smallest base amount whose intervals all hold a multiple of the price unit, so that the
// preliminary prices can differ: 37,500 KRW (state), 26,667 (local).
int64_t BaseMinKrw(const DrawRule& rule);

// The band of `rule_set` for a category and presumed price, or null.
const Band* FindBand(const RuleSet& rule_set, Category category, int64_t presumed_price_krw);

// The floor rate that the tables propose. NOT_FOUND NO_RULE_SET_IN_FORCE or NO_BAND (for example
// state works from 10 bn, which go to comprehensive evaluation).
absl::StatusOr<money::Ppm> ProposeFloorRate(const RuleQuery& query);

// "STATE", "WORKS", "SPECIALTY_WORKS" ...
const char* Name(Regime regime);
const char* Name(Kind kind);
const char* Name(Category category);

}  // namespace jodal::procurement::rules

#endif  // JODAL_PROCUREMENT_RULES_RULE_SETS_H_
