#include "clients/demo/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlohmann/json.hpp"

namespace jodal::demo {
namespace {

ReplayResult Sample() {
  ReplayResult r;
  r.tender = "R26BK00000001";
  r.title = "제목 \"1\"";
  r.planned_price = 4'290'738'325;
  r.floor = 3'755'869'816;
  r.net_cost_limit = 3'964'155'007;
  r.binding_limit = "net_cost_limit";
  r.bids = 2;
  r.ranked = 1;
  r.excluded = 1;
  r.first_amount = 3'964'214'000;
  r.prices = {{1, 4'373'941'300, 3, true}};
  r.ranking = {{1, "S-1", 3'964'214'000, 92'391, "IN_RANGE"}, {0, "S-2", 1, 5, "BELOW_FLOOR"}};
  return r;
}

TEST(ReportTest, JsonKeepsItsNames) {
  const auto json = nlohmann::json::parse(ToJson(Sample()));
  for (const char* field :
       {"tender", "planned_price", "floor", "net_cost_limit", "ranked", "excluded", "first_amount",
        "contract_state", "payment_state", "receipts_verified", "log_entries", "bids_per_second",
        "seconds", "bundle", "trust", "ranking"}) {
    EXPECT_TRUE(json.contains(field)) << field;
  }
  EXPECT_EQ(json["planned_price"], 4'290'738'325);
  EXPECT_EQ(json["title"], "제목 \"1\"");
  EXPECT_EQ(json["ranking"][1]["remark"], "BELOW_FLOOR");
}

TEST(ReportTest, TablesShowTheFiguresAndCutTheRanking) {
  const std::string text = ToTables(Sample(), 1);
  EXPECT_THAT(text, testing::HasSubstr("4,290,738,325"));
  EXPECT_THAT(text, testing::HasSubstr("3,964,155,007  binds"));
  EXPECT_THAT(text, testing::HasSubstr(" 92.391  IN_RANGE"));
  EXPECT_THAT(text, testing::HasSubstr("... 1 more"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("BELOW_FLOOR")));
}

TEST(ReportTest, ProgressInAPipeIsALineAtTheBeginningAndOneAtTheEndOfAStage) {
  char* text = nullptr;
  size_t size = 0;
  FILE* out = open_memstream(&text, &size);
  {
    const auto print = PrintProgress(out, /*terminal=*/false);
    print({"one", 0, 2});
    print({"one", 1, 2});
    print({"one", 2, 2});
    print({"two", 0, 0});
  }
  std::fclose(out);
  EXPECT_THAT(
      std::string(text, size),
      testing::MatchesRegex("one \\.\\.\\.\n  one +2/2 +.* s\ntwo \\.\\.\\.\n  two .* s\n"));
  std::free(text);
}

}  // namespace
}  // namespace jodal::demo
