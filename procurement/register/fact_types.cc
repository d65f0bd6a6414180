#include "procurement/register/fact_types.h"

#include <algorithm>

namespace jodal::procurement {
namespace {

// clang-format off
// 국가계약법 제27조 제1항, one row for each of its numbers; number 9 has three, by 시행령 제76조 제2항.
constexpr FactWord kSanctionGrounds[] = {
    {"poor-performance",    "부실·조잡·부당 또는 부정한 이행", "poor, improper or dishonest performance",        "국가계약법 제27조 제1항 제1호"},
    {"collusion",           "담합",                          "collusion of bidders",                            "국가계약법 제27조 제1항 제2호"},
    {"subcontracting",      "하도급 제한 위반",              "unlawful subcontracting",                         "국가계약법 제27조 제1항 제3호"},
    {"fraud",               "사기 등으로 국가에 손해",       "loss of the state by fraud",                      "국가계약법 제27조 제1항 제4호"},
    {"fair-trade-request",  "공정거래위원회의 요청",         "request of the Fair Trade Commission",            "국가계약법 제27조 제1항 제5호"},
    {"sme-request",         "중소벤처기업부장관의 요청",     "request of the Minister of SMEs and Startups",    "국가계약법 제27조 제1항 제6호"},
    {"bribery",             "뇌물 제공",                     "bribe to an official",                            "국가계약법 제27조 제1항 제7호"},
    {"safety",              "안전·보건 조치 위반으로 중대한 위해", "grave harm to workers by breach of safety rules", "국가계약법 제27조 제1항 제8호"},
    {"unfair-competition",  "서류 위조 등 공정한 경쟁 저해", "forged papers or other harm to fair competition", "국가계약법 제27조 제1항 제9호 가목"},
    {"breach-of-contract",  "계약 불체결·불이행",            "contract not signed or not fulfilled",            "국가계약법 제27조 제1항 제9호 나목"},
    {"other-law",           "다른 법령 위반",                "breach of another law",                           "국가계약법 제27조 제1항 제9호 다목"},
};

constexpr FactType kTypes[] = {
    {.id = kHolidayFact, .ko = "공휴일", .en = "holiday", .article = "관공서의 공휴일에 관한 규정 제2조, 제3조",
     .subject = FactSubject::kCountry, .words = {}, .whole_days = true, .evidence = false, .years_max = 1},
    {.id = kSanctionFact, .ko = "입찰참가자격 제한", .en = "sanction", .article = "국가계약법 제27조, 시행령 제76조",
     .subject = FactSubject::kOrganization, .words = kSanctionGrounds, .whole_days = false, .evidence = true, .years_max = 2},
};
// clang-format on

}  // namespace

absl::Span<const FactType> FactTypes() { return kTypes; }

const FactType* FindFactType(absl::string_view id) {
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const FactType& type) { return type.id == id; });
  return row == std::end(kTypes) ? nullptr : row;
}

}  // namespace jodal::procurement
