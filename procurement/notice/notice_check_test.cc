#include "procurement/notice/notice_check.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "procurement/limits.h"
#include "tests/support/notice_path.h"

namespace jodal::procurement {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

NoticeFacts Good() {
  NoticeFacts in;
  in.method = FindMethod("qualification");
  in.rule_set_id = "kr-state-works-2024";
  NoticeFigures& lot = in.lots.emplace_back();
  lot.presumed_price_krw = 4'141'833'586;
  lot.base_krw = 4'323'358'000;
  lot.a_value_krw = 255'517'579;
  lot.net_cost_krw = 4'075'808'043;
  lot.floor_rate = money::Ppm{867'450};
  return in;
}

constexpr absl::CivilDay kDay(2024, 12, 27);

std::vector<std::string> Codes(const NoticeFacts& in, absl::CivilDay day) {
  std::vector<std::string> codes;
  for (const Violation& v : CheckFigures(in, day)) {
    EXPECT_TRUE(testing_support::ResolvesInNotice(v.field)) << v.code << " " << v.field;
    codes.push_back(v.code);
  }
  return codes;
}

TEST(NoticeCheck, PublishedNoticeIsClean) { EXPECT_THAT(CheckFigures(Good(), kDay), IsEmpty()); }

TEST(NoticeCheck, OneChangeOneViolation) {
  struct Case {
    const char* name;
    void (*change)(NoticeFacts&);
    std::vector<std::string> codes;
  } cases[] = {
      {"presumed 0",
       [](NoticeFacts& n) { n.lots[0].presumed_price_krw = 0; },
       {"PRESUMED_PRICE_OUT_OF_RANGE", "FLOOR_RATE_DIFFERS"}},
      {"base max", [](NoticeFacts& n) { n.lots[0].base_krw = kBaseMaxKrw; }, {}},
      {"base past max",
       [](NoticeFacts& n) { n.lots[0].base_krw = kBaseMaxKrw + 1; },
       {"BASE_OUT_OF_RANGE"}},
      {"base 0",
       [](NoticeFacts& n) {
         n.lots[0].base_krw = 0;
         n.lots[0].a_value_krw = 0;
         n.lots[0].net_cost_krw.reset();
       },
       {"BASE_OUT_OF_RANGE"}},
      {"base tiny",
       [](NoticeFacts& n) {
         n.lots[0].base_krw = 37'499;
         n.lots[0].a_value_krw = 0;
         n.lots[0].net_cost_krw.reset();
       },
       {"BASE_TOO_SMALL"}},
      {"A at the lowest planned price",
       [](NoticeFacts& n) { n.lots[0].a_value_krw = 4'236'890'840; },
       {"A_VALUE_OUT_OF_RANGE"}},
      {"A under it", [](NoticeFacts& n) { n.lots[0].a_value_krw = 4'236'890'839; }, {}},
      {"A negative", [](NoticeFacts& n) { n.lots[0].a_value_krw = -1; }, {"A_VALUE_OUT_OF_RANGE"}},
      {"net at base",
       [](NoticeFacts& n) { n.lots[0].net_cost_krw = n.lots[0].base_krw; },
       {"NET_COST_OUT_OF_RANGE"}},
      {"net 0", [](NoticeFacts& n) { n.lots[0].net_cost_krw = 0; }, {"NET_COST_OUT_OF_RANGE"}},
      {"rate 0",
       [](NoticeFacts& n) { n.lots[0].floor_rate = {0}; },
       {"FLOOR_RATE_OUT_OF_RANGE", "FLOOR_RATE_DIFFERS"}},
      {"rate 100 %",
       [](NoticeFacts& n) { n.lots[0].floor_rate = {1'000'000}; },
       {"FLOOR_RATE_OUT_OF_RANGE", "FLOOR_RATE_DIFFERS"}},
      {"rate fine",
       [](NoticeFacts& n) { n.lots[0].floor_rate = {867'451}; },
       {"FLOOR_RATE_PRECISION", "FLOOR_RATE_DIFFERS"}},
      {"other rate",
       [](NoticeFacts& n) { n.lots[0].floor_rate = {877'450}; },
       {"FLOOR_RATE_DIFFERS"}},
      {"no band",
       [](NoticeFacts& n) { n.lots[0].presumed_price_krw = 10'000'000'000; },
       {"NO_FLOOR_RATE_PROPOSAL"}},
      {"unknown set", [](NoticeFacts& n) { n.rule_set_id = "kr-x"; }, {"RULE_SET_UNKNOWN"}},
      {"other kind",
       [](NoticeFacts& n) { n.rule_set_id = "kr-local-works-2024"; },
       {"RULE_SET_MISMATCH"}},
  };
  for (const Case& t : cases) {
    NoticeFacts in = Good();
    t.change(in);
    EXPECT_THAT(Codes(in, kDay), testing::ElementsAreArray(t.codes)) << t.name;
  }
}

TEST(NoticeCheck, EveryLotIsCheckedByItself) {
  NoticeFacts in = Good();
  in.lots.push_back(in.lots[0]);
  in.lots[1].base_krw = 0;
  in.lots[1].a_value_krw = 0;
  in.lots[1].net_cost_krw.reset();
  const auto violations = CheckFigures(in, kDay);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].code, "BASE_OUT_OF_RANGE");
  EXPECT_EQ(violations[0].field, "lots[1].base_amount");
}

TEST(NoticeCheck, TheDayDecidesWhatIsInForce) {
  EXPECT_THAT(Codes(Good(), absl::CivilDay(2026, 1, 29)), IsEmpty());
  EXPECT_THAT(Codes(Good(), absl::CivilDay(2026, 1, 30)),
              ElementsAre("FLOOR_RATE_DIFFERS", "RULE_SET_NOT_IN_FORCE"));
}

TEST(NoticeCheck, OnlyTheProposalIsAWarning) {
  NoticeFacts in = Good();
  in.lots[0].floor_rate = money::Ppm{877'450};
  const auto violations = CheckFigures(in, kDay);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "the tables propose 86.745 %");
  EXPECT_FALSE(HasErrors(violations));
}

TEST(NoticeCheck, OnlyRulesOfTheLawNameAnArticle) {
  struct Case {
    rules::Regime regime;
    const char* method;
    const char* article;
  } cases[] = {
      {rules::Regime::kState, "qualification", "국가계약법 시행령 제42조"},
      {rules::Regime::kState, "small_quote", "국가계약법 시행령 제30조"},
      {rules::Regime::kLocal, "qualification", "지방계약법 시행령 제42조"},
      {rules::Regime::kLocal, "small_quote", "지방계약법 시행령 제30조"},
  };
  for (const Case& t : cases) {
    NoticeFacts in = Good();
    in.rule_set_id = "kr-state-goods-2024";
    in.regime = t.regime;
    in.method = FindMethod(t.method);
    in.lots[0].floor_rate = money::Ppm{1'000};
    in.lots[0].a_value_krw = -1;
    std::map<std::string, std::string> sources;
    for (const Violation& v : CheckFigures(in, kDay)) sources[v.code] = v.source;
    EXPECT_THAT(sources,
                testing::UnorderedElementsAre(
                    testing::Pair(testing::AnyOf("FLOOR_RATE_DIFFERS", "NO_FLOOR_RATE_PROPOSAL"),
                                  t.article),
                    testing::Pair("RULE_SET_MISMATCH", t.article),
                    testing::Pair("A_VALUE_OUT_OF_RANGE", "")));
  }
}

}  // namespace
}  // namespace jodal::procurement
