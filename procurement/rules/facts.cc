#include "procurement/rules/facts.h"

namespace jodal::procurement::rules {
namespace {

constexpr Regime kS = Regime::kState;
constexpr Regime kL = Regime::kLocal;

constexpr char kState11[] = "국가계약법 시행령 제11조";
constexpr char kState33[] = "국가계약법 시행령 제33조";
constexpr char kState35[] = "국가계약법 시행령 제35조";
constexpr char kLocal12[] = "지방계약법 시행령 제12조";
constexpr char kLocal33[] = "지방계약법 시행령 제33조";
constexpr char kLocal35[] = "지방계약법 시행령 제35조";
constexpr char kElectronic[] = "전자조달법 시행규칙 제2조";  // binds every buyer

// One line a row. docs/rules-kr.md 6 explains the figures, and says where the articles have finer
// bands than these rows (local works and local negotiated contracts).
// clang-format off
constexpr FactRow kFacts[] = {
    {Fact::kNoticeDays,                 kS, {}, 7, kState35},
    {Fact::kNoticeDays,                 kL, {}, 7, kLocal35},
    {Fact::kNoticeDaysUrgent,           kS, {}, 5, kState35},
    {Fact::kNoticeDaysUrgent,           kL, {}, 5, kLocal35},
    {Fact::kNoticeDaysNegotiated,       kS, {}, 40, kState35},
    {Fact::kNoticeDaysNegotiated,       kL, {}, 40, kLocal35},
    {Fact::kNoticeDaysNegotiatedUrgent, kS, {}, 10, kState35},
    {Fact::kNoticeDaysNegotiatedUrgent, kL, {}, 10, kLocal35},
    {Fact::kNoticeDaysMediumWorks,      kS, {}, 15, kState35},
    {Fact::kNoticeDaysMediumWorks,      kL, {}, 15, kLocal35},
    {Fact::kNoticeDaysLargeWorks,       kS, {}, 40, kState35},
    {Fact::kNoticeDaysLargeWorks,       kL, {}, 40, kLocal35},
    {Fact::kMediumWorksFromKrw,         kS, {}, 1'000'000'000, kState35},
    {Fact::kMediumWorksFromKrw,         kL, {}, 1'000'000'000, kLocal35},
    {Fact::kLargeWorksFromKrw,          kS, {}, 5'000'000'000, kState35},
    {Fact::kLargeWorksFromKrw,          kL, {}, 5'000'000'000, kLocal35},
    {Fact::kCorrectionDays,             kS, {}, 5, kState33},
    {Fact::kCorrectionDays,             kL, {}, 5, kLocal33},
    {Fact::kWindowHours,                kS, {}, 48, kElectronic},
    {Fact::kWindowHours,                kL, {}, 48, kElectronic},
    {Fact::kDeadlineFirstHour,          kS, {}, 10, kElectronic},
    {Fact::kDeadlineFirstHour,          kL, {}, 10, kElectronic},
    {Fact::kDeadlineLastHour,           kS, {}, 17, kElectronic},
    {Fact::kDeadlineLastHour,           kL, {}, 17, kElectronic},
    {Fact::kOpeningHours,               kS, {}, 1, kElectronic},
    {Fact::kOpeningHours,               kL, {}, 1, kElectronic},
    {Fact::kValidBidsMin,               kS, {}, 2, kState11},
    {Fact::kValidBidsMin,               kL, {}, 2, kLocal12},
};
// clang-format on

constexpr bool EveryFactHasAFirstRow() {
  for (int i = 0; i < kFactCount; ++i) {
    for (const Regime regime : {kS, kL}) {
      if (FindFact(kFacts, static_cast<Fact>(i), regime, absl::CivilDay()) == nullptr) return false;
    }
  }
  return true;
}
static_assert(EveryFactHasAFirstRow());  // so that FactAt always finds one

}  // namespace

std::span<const FactRow> AllFacts() { return kFacts; }

const FactRow& FactAt(Fact fact, Regime regime, absl::CivilDay day) {
  return *FindFact(kFacts, fact, regime, day);
}

}  // namespace jodal::procurement::rules
