#include "procurement/rules/rule_sets.h"

#include <algorithm>

#include "common/status/macros.h"
#include "procurement/rules/errors.h"

namespace jodal::procurement::rules {
namespace {

using money::Ppm;

constexpr int64_t kMillion = 1'000'000;
constexpr int64_t kBillion = 1'000'000'000;

// Bands of services and goods part at the notice threshold 고시금액.
constexpr int64_t kNoticeThresholdKrw = 230 * kMillion;

struct ScoringRow {
  int pmax, n, t, k_milli, r;
  bool capped;
  int score_min;
};

// The cap ratio follows from the other numbers, so a row cannot contradict itself. 10^7 / k_milli
// is ppm per point; it is exact for every k in the tables.
constexpr Scoring Score(ScoringRow row) {
  const int lost = row.pmax + row.n - row.t;
  return Scoring{
      .price_points_max = row.pmax,
      .other_points_max = row.n,
      .pass_mark = row.t,
      .k_milli = row.k_milli,
      .reference_percent = row.r,
      .score_min = row.score_min,
      .cap_ratio = Ppm{row.capped ? row.r * 10'000 + lost * int64_t{10'000'000} / row.k_milli : 0},
      .cap_score = row.capped ? row.t - row.n : 0,
  };
}

// A works score never falls under 2 points; the service tables state no minimum.
constexpr Scoring Works(int pmax, int n, int t, int k, int r) {
  return Score({pmax, n, t, k * 1000, r, true, 2});
}
constexpr Scoring WorksUncapped(int pmax, int n, int t, int k, int r) {
  return Score({pmax, n, t, k * 1000, r, false, 2});
}
constexpr Scoring Services(int pmax, int t, int k_milli, int r) {
  return Score({pmax, 100 - pmax, t, k_milli, r, true, 0});
}
// With k = 0.375 the cap would lie above the planned price.
constexpr Scoring Insurance(int pmax) { return Score({pmax, 100 - pmax, 85, 375, 88, false, 0}); }

// Bands and rule sets: one line a row.
// clang-format off

// Small works first: small quotes use the first three bands only.
constexpr Band kWorksOld[] = {
    {{}, 0, 300 * kMillion, Ppm{877'450}, Works(90, 10, 95, 20, 88)},
    {Category::kSpecialtyWorks, 300 * kMillion, kBillion, Ppm{877'450}, Works(70, 30, 95, 20, 88)},
    {Category::kGeneral, 300 * kMillion, kBillion, Ppm{877'450}, Works(80, 20, 95, 20, 88)},
    {{}, kBillion, 5 * kBillion, Ppm{867'450}, Works(70, 30, 95, 4, 88)},
    {{}, 5 * kBillion, 10 * kBillion, Ppm{854'950}, Works(50, 50, 95, 2, 88)},
    // Local buyers only.
    {{}, 10 * kBillion, 30 * kBillion, Ppm{799'950}, WorksUncapped(30, 70, 92, 1, 88)},
};
constexpr Band kWorksNew[] = {
    {{}, 0, 300 * kMillion, Ppm{897'450}, Works(90, 10, 95, 20, 90)},
    {Category::kSpecialtyWorks, 300 * kMillion, kBillion, Ppm{897'450}, Works(70, 30, 95, 20, 90)},
    {Category::kGeneral, 300 * kMillion, kBillion, Ppm{897'450}, Works(80, 20, 95, 20, 90)},
    {{}, kBillion, 5 * kBillion, Ppm{887'450}, Works(70, 30, 95, 4, 90)},
    {{}, 5 * kBillion, 10 * kBillion, Ppm{874'950}, Works(50, 50, 95, 2, 90)},
    {{}, 10 * kBillion, 30 * kBillion, Ppm{819'950}, WorksUncapped(30, 70, 92, 1, 90)},
};
// Comprehensive evaluation takes over at 10 bn for the state.
using Bands = std::span<const Band>;
constexpr Bands kWorksOldState(kWorksOld, 5);
constexpr Bands kWorksNewState(kWorksNew, 5);
constexpr Bands kWorksOldQuote(kWorksOld, 3);
constexpr Bands kWorksNewQuote(kWorksNew, 3);

constexpr Category kReserved = Category::kReservedSoftwareOrTransport;
constexpr int64_t kHalfBillion = 500 * kMillion;

constexpr Band kGeneral2024[] = {
    {Category::kGeneral, 0, kNoticeThresholdKrw, Ppm{842'450}, Services(70, 85, 4000, 88)},
    {Category::kGeneral, kNoticeThresholdKrw, kHalfBillion, Ppm{804'950}, Services(70, 85, 2000, 88)},
    {Category::kGeneral, kHalfBillion, kNoUpperLimitKrw, Ppm{804'950}, Services(60, 85, 2000, 88)},
    {Category::kFacility, 0, kHalfBillion, Ppm{879'950}, Services(70, 85, 5000, 91)},
    {Category::kFacility, kHalfBillion, kNoUpperLimitKrw, Ppm{879'950}, Services(60, 85, 5000, 91)},
    {kReserved, 0, kHalfBillion, Ppm{879'950}, Services(70, 88, 4000, 91)},
    {kReserved, kHalfBillion, kNoUpperLimitKrw, Ppm{879'950}, Services(60, 88, 4000, 91)},
    {Category::kInsurance, 0, kHalfBillion, Ppm{479'950}, Insurance(70)},
    {Category::kInsurance, kHalfBillion, kNoUpperLimitKrw, Ppm{479'950}, Insurance(60)},
};
constexpr Band kGeneral202605[] = {
    {Category::kGeneral, 0, kNoticeThresholdKrw, Ppm{862'450}, Services(70, 85, 4000, 90)},
    {Category::kGeneral, kNoticeThresholdKrw, kHalfBillion, Ppm{824'950}, Services(70, 85, 2000, 90)},
    {Category::kGeneral, kHalfBillion, kNoUpperLimitKrw, Ppm{824'950}, Services(60, 85, 2000, 90)},
    {Category::kFacility, 0, kHalfBillion, Ppm{899'950}, Services(70, 85, 5000, 93)},
    {Category::kFacility, kHalfBillion, kNoUpperLimitKrw, Ppm{899'950}, Services(60, 85, 5000, 93)},
    {kReserved, 0, kHalfBillion, Ppm{879'950}, Services(70, 88, 4000, 91)},
    {kReserved, kHalfBillion, kNoUpperLimitKrw, Ppm{879'950}, Services(60, 88, 4000, 91)},
    {Category::kInsurance, 0, kHalfBillion, Ppm{479'950}, Insurance(70)},
    {Category::kInsurance, kHalfBillion, kNoUpperLimitKrw, Ppm{479'950}, Insurance(60)},
};
constexpr Band kGeneral202607[] = {
    {Category::kGeneral, 0, kNoticeThresholdKrw, Ppm{862'450}, Services(70, 85, 4000, 90)},
    {Category::kGeneral, kNoticeThresholdKrw, kHalfBillion, Ppm{824'950}, Services(70, 85, 2000, 90)},
    {Category::kGeneral, kHalfBillion, kNoUpperLimitKrw, Ppm{824'950}, Services(60, 85, 2000, 90)},
    {Category::kFacility, 0, kHalfBillion, Ppm{899'950}, Services(70, 85, 5000, 93)},
    {Category::kFacility, kHalfBillion, kNoUpperLimitKrw, Ppm{899'950}, Services(60, 85, 5000, 93)},
    {kReserved, 0, kHalfBillion, Ppm{899'950}, Services(70, 88, 4000, 93)},
    {kReserved, kHalfBillion, kNoUpperLimitKrw, Ppm{899'950}, Services(60, 88, 4000, 93)},
    {Category::kInsurance, 0, kHalfBillion, Ppm{479'950}, Insurance(70)},
    {Category::kInsurance, kHalfBillion, kNoUpperLimitKrw, Ppm{479'950}, Insurance(60)},
};

constexpr Band kGoodsOld[] = {
    {{}, 0, kNoticeThresholdKrw, Ppm{842'450}, Services(70, 85, 4000, 88)},
    {{}, kNoticeThresholdKrw, kNoUpperLimitKrw, Ppm{804'950}, Services(70, 85, 2000, 88)},
};
constexpr Band kGoodsNew[] = {
    {{}, 0, kNoticeThresholdKrw, Ppm{862'450}, Services(70, 85, 4000, 90)},
    {{}, kNoticeThresholdKrw, kNoUpperLimitKrw, Ppm{824'950}, Services(70, 85, 2000, 90)},
};

// The points of technical services are not at hand; only the floors are.
constexpr Band kTechnicalOld[] = {
    {{}, 0, kNoticeThresholdKrw, Ppm{877'450}, {}},
    {{}, kNoticeThresholdKrw, kHalfBillion, Ppm{867'450}, {}},
    {{}, kHalfBillion, kBillion, Ppm{854'950}, {}},
    {{}, kBillion, kNoUpperLimitKrw, Ppm{799'950}, {}},
};
constexpr Band kTechnicalNew[] = {
    {{}, 0, kNoticeThresholdKrw, Ppm{897'450}, {}},
    {{}, kNoticeThresholdKrw, kHalfBillion, Ppm{887'450}, {}},
    {{}, kHalfBillion, kBillion, Ppm{874'950}, {}},
    {{}, kBillion, kNoUpperLimitKrw, Ppm{819'950}, {}},
};

// Some quotes have 90 %; which ones is left to the notice.
constexpr Band kQuote[] = {{{}, 0, kNoUpperLimitKrw, Ppm{880'000}, {}}};

constexpr DrawRule kDrawS = {.scheme = PriceScheme::kEqualIntervals, .spread = Ppm{20'000}};
constexpr DrawRule kDrawL = {
    .scheme = PriceScheme::kSplitAtBase, .spread = Ppm{30'000}, .above_min = 7, .above_max = 8};

constexpr NetCostRule kNet = {.planned_below_krw = 10 * kBillion, .share = Ppm{980'000}};

// The records of this project begin here; the first row of each family is older in law.
constexpr absl::CivilDay kStart(2024, 1, 1);
constexpr absl::CivilDay kQuoteLocal(2025, 5, 1);
constexpr absl::CivilDay kWorksLocal(2025, 7, 1);
constexpr absl::CivilDay kWorksState(2026, 1, 30);
constexpr absl::CivilDay kServices(2026, 5, 26);
constexpr absl::CivilDay kReservedDay(2026, 7, 27);

constexpr char kWorksS[] =
    "Act on Contracts to which the State is a Party 10(3) and its Decree; qualification review of "
    "works; undrawn low numbers continue the draw (choice of Jodal)";
constexpr char kWorksL[] =
    "Act on Contracts to which a Local Government is a Party and its Decree; qualification review "
    "of works; split of prices at the base observed on published openings; undrawn low numbers "
    "continue the draw (choice of Jodal)";
constexpr char kPps[] =
    "PPS guidelines, qualification review of services and goods; undrawn low numbers continue the "
    "draw (choice of Jodal)";
constexpr char kQuotes[] = "Small quotes of goods and services: 88 %, some 90 % by notice";

constexpr Regime kS = Regime::kState;
constexpr Regime kL = Regime::kLocal;
constexpr Kind kWk = Kind::kWorks;
constexpr Kind kGen = Kind::kGeneralServices;
constexpr Kind kTech = Kind::kTechnicalServices;
constexpr Kind kGds = Kind::kGoods;
constexpr absl::string_view kReview = kQualificationMethod;
constexpr absl::string_view kSmall = kSmallQuoteMethod;

constexpr RuleSet kRuleSets[] = {
    {"kr-state-works-2024",                    kS, kWk,   kReview, kStart,       kWorksState - 1,  kWorksS, kWorksOldState, kDrawS, kNet},
    {"kr-state-works-2026",                    kS, kWk,   kReview, kWorksState,  {},               kWorksS, kWorksNewState, kDrawS, kNet},
    {"kr-local-works-2024",                    kL, kWk,   kReview, kStart,       kWorksLocal - 1,  kWorksL, kWorksOld,      kDrawL, kNet},
    {"kr-local-works-2025",                    kL, kWk,   kReview, kWorksLocal,  {},               kWorksL, kWorksNew,      kDrawL, kNet},
    {"kr-state-works-quote-2024",              kS, kWk,   kSmall,  kStart,       kWorksState - 1,  kWorksS, kWorksOldQuote, kDrawS, kNet},
    {"kr-state-works-quote-2026",              kS, kWk,   kSmall,  kWorksState,  {},               kWorksS, kWorksNewQuote, kDrawS, kNet},
    {"kr-local-works-quote-2024",              kL, kWk,   kSmall,  kStart,       kQuoteLocal - 1,  kWorksL, kWorksOldQuote, kDrawL, kNet},
    {"kr-local-works-quote-2025",              kL, kWk,   kSmall,  kQuoteLocal,  {},               kWorksL, kWorksNewQuote, kDrawL, kNet},

    {"kr-state-general-services-2024",         kS, kGen,  kReview, kStart,       kServices - 1,    kPps,    kGeneral2024,   kDrawS, {}},
    {"kr-state-general-services-2026-05",      kS, kGen,  kReview, kServices,    kReservedDay - 1, kPps,    kGeneral202605, kDrawS, {}},
    {"kr-state-general-services-2026-07",      kS, kGen,  kReview, kReservedDay, {},               kPps,    kGeneral202607, kDrawS, {}},
    {"kr-local-general-services-2024",         kL, kGen,  kReview, kStart,       kServices - 1,    kPps,    kGeneral2024,   kDrawL, {}},
    {"kr-local-general-services-2026-05",      kL, kGen,  kReview, kServices,    kReservedDay - 1, kPps,    kGeneral202605, kDrawL, {}},
    {"kr-local-general-services-2026-07",      kL, kGen,  kReview, kReservedDay, {},               kPps,    kGeneral202607, kDrawL, {}},

    {"kr-state-technical-services-2024",       kS, kTech, kReview, kStart,       kServices - 1,    kPps,    kTechnicalOld,  kDrawS, {}},
    {"kr-state-technical-services-2026",       kS, kTech, kReview, kServices,    {},               kPps,    kTechnicalNew,  kDrawS, {}},
    {"kr-local-technical-services-2024",       kL, kTech, kReview, kStart,       kServices - 1,    kPps,    kTechnicalOld,  kDrawL, {}},
    {"kr-local-technical-services-2026",       kL, kTech, kReview, kServices,    {},               kPps,    kTechnicalNew,  kDrawL, {}},

    {"kr-state-goods-2024",                    kS, kGds,  kReview, kStart,       kServices - 1,    kPps,    kGoodsOld,      kDrawS, {}},
    {"kr-state-goods-2026",                    kS, kGds,  kReview, kServices,    {},               kPps,    kGoodsNew,      kDrawS, {}},
    {"kr-local-goods-2024",                    kL, kGds,  kReview, kStart,       kServices - 1,    kPps,    kGoodsOld,      kDrawL, {}},
    {"kr-local-goods-2026",                    kL, kGds,  kReview, kServices,    {},               kPps,    kGoodsNew,      kDrawL, {}},

    {"kr-state-general-services-quote-2024",   kS, kGen,  kSmall,  kStart,       {},               kQuotes, kQuote,         kDrawS, {}},
    {"kr-local-general-services-quote-2024",   kL, kGen,  kSmall,  kStart,       {},               kQuotes, kQuote,         kDrawL, {}},
    {"kr-state-technical-services-quote-2024", kS, kTech, kSmall,  kStart,       {},               kQuotes, kQuote,         kDrawS, {}},
    {"kr-local-technical-services-quote-2024", kL, kTech, kSmall,  kStart,       {},               kQuotes, kQuote,         kDrawL, {}},
    {"kr-state-goods-quote-2024",              kS, kGds,  kSmall,  kStart,       {},               kQuotes, kQuote,         kDrawS, {}},
    {"kr-local-goods-quote-2024",              kL, kGds,  kSmall,  kStart,       {},               kQuotes, kQuote,         kDrawL, {}},
};
// clang-format on

}  // namespace

std::span<const RuleSet> AllRuleSets() { return kRuleSets; }

absl::StatusOr<const RuleSet*> FindRuleSet(absl::string_view id) {
  for (const RuleSet& rule_set : kRuleSets) {
    if (id == rule_set.id) return &rule_set;
  }
  return MakeError(kErrors["RULE_SET_UNKNOWN"], "there is no such rule set",
                   {{"rule_set", std::string(id)}});
}

absl::StatusOr<const RuleSet*> RuleSetFor(const RuleQuery& query) {
  for (const RuleSet& rule_set : kRuleSets) {
    if (rule_set.regime == query.regime && rule_set.kind == query.kind &&
        rule_set.method == query.method && query.notice_day >= rule_set.effective_from &&
        (!rule_set.effective_to || query.notice_day <= *rule_set.effective_to)) {
      return &rule_set;
    }
  }
  return MakeError(kErrors["NO_RULE_SET_IN_FORCE"],
                   "no rule set covers this buyer, kind and notice day");
}

int64_t BaseMinKrw(const DrawRule& rule) {
  // The narrowest interval is spread * B over the most parts a side can have.
  const bool split = rule.scheme == PriceScheme::kSplitAtBase;
  const int64_t width_ppm = split ? rule.spread.value : 2 * rule.spread.value;
  const int parts = split ? std::max(rule.above_max, rule.count - rule.above_min) : rule.count;
  return (rule.price_unit_krw * parts * money::kPpmOne + width_ppm - 1) / width_ppm;
}

const Band* FindBand(const RuleSet& rule_set, Category category, int64_t presumed_price_krw) {
  for (const Band& band : rule_set.bands) {
    if ((!band.category || *band.category == category) &&
        presumed_price_krw >= band.presumed_from_krw &&
        presumed_price_krw < band.presumed_below_krw) {
      return &band;
    }
  }
  return nullptr;
}

absl::StatusOr<Ppm> ProposeFloorRate(const RuleQuery& query) {
  ASSIGN_OR_RETURN(const RuleSet* rule_set, RuleSetFor(query));
  const Band* band = FindBand(*rule_set, query.category, query.presumed_price_krw);
  if (band == nullptr) {
    return MakeError(kErrors["NO_BAND"],
                     "the rule set has no band for this category and presumed price",
                     {{"rule_set", rule_set->id}});
  }
  return band->floor_rate;
}

const char* Name(Regime regime) { return regime == Regime::kState ? "STATE" : "LOCAL"; }

const char* Name(Kind kind) {
  switch (kind) {
    case Kind::kWorks:
      return "WORKS";
    case Kind::kGeneralServices:
      return "GENERAL_SERVICES";
    case Kind::kTechnicalServices:
      return "TECHNICAL_SERVICES";
    case Kind::kGoods:
      return "GOODS";
  }
  return "UNKNOWN";
}

const char* Name(Category category) {
  switch (category) {
    case Category::kGeneral:
      return "GENERAL";
    case Category::kSpecialtyWorks:
      return "SPECIALTY_WORKS";
    case Category::kFacility:
      return "FACILITY";
    case Category::kReservedSoftwareOrTransport:
      return "RESERVED_SOFTWARE_OR_TRANSPORT";
    case Category::kInsurance:
      return "INSURANCE";
  }
  return "UNKNOWN";
}

}  // namespace jodal::procurement::rules
