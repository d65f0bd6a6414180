#include "services/tender/domain/notice_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/tender/domain/limits.h"

namespace jodal::tender {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

NoticeInput Good() {
  NoticeInput in;
  in.rule_set_id = "kr-state-works-2024";
  in.figures.presumed_price_krw = 4'141'833'586;
  in.figures.base_krw = 4'323'358'000;
  in.figures.a_value_krw = 255'517'579;
  in.figures.net_cost_krw = 4'075'808'043;
  in.figures.floor_rate = money::Ppm{867'450};
  in.notice_day = absl::CivilDay(2024, 12, 27);
  in.committee.quorum = 3;
  for (int i = 1; i <= 5; ++i) in.committee.members.push_back({i, i == 5});
  return in;
}

Committee MakeCommittee(int quorum, int size) {
  Committee c{quorum, {}};
  for (int i = 1; i <= size; ++i) c.members.push_back({i, true});
  return c;
}

std::vector<std::string> Codes(const NoticeInput& in) {
  std::vector<std::string> codes;
  for (const Violation& v : CheckNotice(in)) codes.push_back(v.code);
  return codes;
}

TEST(NoticeCheck, PublishedNoticeIsClean) { EXPECT_THAT(CheckNotice(Good()), IsEmpty()); }

TEST(NoticeCheck, OneChangeOneViolation) {
  struct Case {
    const char* name;
    void (*change)(NoticeInput&);
    std::vector<std::string> codes;
  } cases[] = {
      {"presumed 0",
       [](NoticeInput& n) { n.figures.presumed_price_krw = 0; },
       {"PRESUMED_PRICE_OUT_OF_RANGE", "FLOOR_RATE_DIFFERS"}},
      {"base max", [](NoticeInput& n) { n.figures.base_krw = kBaseMaxKrw; }, {}},
      {"base past max",
       [](NoticeInput& n) { n.figures.base_krw = kBaseMaxKrw + 1; },
       {"BASE_OUT_OF_RANGE"}},
      {"base 0",
       [](NoticeInput& n) {
         n.figures.base_krw = 0;
         n.figures.a_value_krw = 0;
         n.figures.net_cost_krw.reset();
       },
       {"BASE_OUT_OF_RANGE"}},
      {"base tiny",
       [](NoticeInput& n) {
         n.figures.base_krw = 37'499;
         n.figures.a_value_krw = 0;
         n.figures.net_cost_krw.reset();
       },
       {"BASE_TOO_SMALL"}},
      {"A at the lowest planned price",
       [](NoticeInput& n) { n.figures.a_value_krw = 4'236'890'840; },
       {"A_VALUE_OUT_OF_RANGE"}},
      {"A under it", [](NoticeInput& n) { n.figures.a_value_krw = 4'236'890'839; }, {}},
      {"A negative", [](NoticeInput& n) { n.figures.a_value_krw = -1; }, {"A_VALUE_OUT_OF_RANGE"}},
      {"net at base",
       [](NoticeInput& n) { n.figures.net_cost_krw = n.figures.base_krw; },
       {"NET_COST_OUT_OF_RANGE"}},
      {"net 0", [](NoticeInput& n) { n.figures.net_cost_krw = 0; }, {"NET_COST_OUT_OF_RANGE"}},
      {"rate 0",
       [](NoticeInput& n) { n.figures.floor_rate = {0}; },
       {"FLOOR_RATE_OUT_OF_RANGE", "FLOOR_RATE_DIFFERS"}},
      {"rate 100 %",
       [](NoticeInput& n) { n.figures.floor_rate = {1'000'000}; },
       {"FLOOR_RATE_OUT_OF_RANGE", "FLOOR_RATE_DIFFERS"}},
      {"rate fine",
       [](NoticeInput& n) { n.figures.floor_rate = {867'451}; },
       {"FLOOR_RATE_PRECISION", "FLOOR_RATE_DIFFERS"}},
      {"other rate",
       [](NoticeInput& n) { n.figures.floor_rate = {877'450}; },
       {"FLOOR_RATE_DIFFERS"}},
      {"no band",
       [](NoticeInput& n) { n.figures.presumed_price_krw = 10'000'000'000; },
       {"NO_FLOOR_RATE_PROPOSAL"}},
      {"unknown set", [](NoticeInput& n) { n.rule_set_id = "kr-x"; }, {"RULE_SET_UNKNOWN"}},
      {"other kind",
       [](NoticeInput& n) { n.rule_set_id = "kr-local-works-2024"; },
       {"RULE_SET_MISMATCH"}},
      {"last day", [](NoticeInput& n) { n.notice_day = absl::CivilDay(2026, 1, 29); }, {}},
      {"day after",
       [](NoticeInput& n) { n.notice_day = absl::CivilDay(2026, 1, 30); },
       {"FLOOR_RATE_DIFFERS", "RULE_SET_NOT_IN_FORCE"}},
      {"2 of 3", [](NoticeInput& n) { n.committee = MakeCommittee(2, 3); }, {}},
      {"2 of 2",
       [](NoticeInput& n) { n.committee = MakeCommittee(2, 2); },
       {"COMMITTEE_SIZE", "COMMITTEE_QUORUM"}},
      {"1 of 3", [](NoticeInput& n) { n.committee = MakeCommittee(1, 3); }, {"COMMITTEE_QUORUM"}},
      {"3 of 3", [](NoticeInput& n) { n.committee = MakeCommittee(3, 3); }, {"COMMITTEE_QUORUM"}},
      {"15 of 16", [](NoticeInput& n) { n.committee = MakeCommittee(15, 16); }, {}},
      {"15 of 17", [](NoticeInput& n) { n.committee = MakeCommittee(15, 17); }, {"COMMITTEE_SIZE"}},
      {"index twice",
       [](NoticeInput& n) { n.committee.members[1].index = 1; },
       {"COMMITTEE_INDEXES"}},
      {"index 6", [](NoticeInput& n) { n.committee.members[4].index = 6; }, {"COMMITTEE_INDEXES"}},
      {"nobody from outside",
       [](NoticeInput& n) { n.committee.members[4].outside_agency = false; },
       {"COMMITTEE_NO_OUTSIDE_MEMBER"}},
      {"training",
       [](NoticeInput& n) {
         n.committee.members[4].outside_agency = false;
         n.training = true;
       },
       {}},
  };
  for (const Case& t : cases) {
    NoticeInput in = Good();
    t.change(in);
    EXPECT_THAT(Codes(in), testing::ElementsAreArray(t.codes)) << t.name;
  }
}

TEST(NoticeCheck, OnlyTheProposalIsAWarning) {
  NoticeInput in = Good();
  in.figures.floor_rate = money::Ppm{877'450};
  const auto violations = CheckNotice(in);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "the tables propose 86.745 %");
  EXPECT_FALSE(HasErrors(violations));
}

}  // namespace
}  // namespace jodal::tender
