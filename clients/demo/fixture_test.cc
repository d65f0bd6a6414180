#include "clients/demo/fixture.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/error.h"

namespace jodal::demo {
namespace {

std::string Path(absl::string_view name) {
  return absl::StrCat(JODAL_SOURCE_DIR, "/clients/demo/fixtures/", name);
}

TEST(FixtureTest, TheThreeOpeningsOfTheProject) {
  auto works = LoadFixture(Path("works-20241240614-001.json"));
  ASSERT_TRUE(works.ok()) << works.status();
  EXPECT_EQ(works->notice, "20241240614-001");
  EXPECT_EQ(works->regime, "state");
  EXPECT_EQ(works->kind, "works");
  EXPECT_EQ(works->bids.size(), 577u);
  EXPECT_EQ(works->prices_krw.size(), 15u);
  EXPECT_EQ(works->bids[0].rank, 1);
  EXPECT_EQ(works->expected->planned_krw, 4'290'738'325);
  EXPECT_EQ(works->expected->binding, "net_cost_limit");
  EXPECT_EQ(absl::FormatTime(works->deadline_at, absl::UTCTimeZone()), "2025-01-15T01:00:00+00:00");
  auto services = LoadFixture(Path("services-R25BK00811340-000.json"));
  ASSERT_TRUE(services.ok()) << services.status();
  EXPECT_EQ(services->net_cost_krw, 0);
  EXPECT_FALSE(services->expected->net_cost_limit_krw.has_value());
  auto draw = LoadFixture(Path("draw-training.json"));
  ASSERT_TRUE(draw.ok()) << draw.status();
  EXPECT_TRUE(draw->prices_krw.empty());
  EXPECT_FALSE(draw->bids[0].rank.has_value());
  EXPECT_FALSE(draw->expected.has_value());
}

constexpr char kSmall[] =
    R"({"schema":"jodal-opening-fixture/1","notice":"N","title":"T","agency":"","regime":"STATE",)"
    R"("kind":"GOODS","category":"GENERAL","method":"QUALIFICATION","rule_set":"R",)"
    R"("presumed_price_krw":1,"base_krw":2,"a_value_krw":0,"net_cost_krw":null,)"
    R"("floor_rate_ppm":842450,"schedule":{"published_at":"2026-03-03T09:00:00+09:00",)"
    R"("window_open_at":"2026-03-09T09:00:00+09:00","deadline_at":"2026-03-12T10:00:00+09:00",)"
    R"("opening_at":"2026-03-12T11:00:00+09:00"},"prices_krw":null,"chosen_numbers":null,)"
    R"("bids":{"amounts_krw":[5],"ranks":null,"picks":[[1,2]]},"expected":null})";

TEST(FixtureTest, NamesTheFieldThatIsWrong) {
  ASSERT_TRUE(ParseFixture(kSmall).ok());
  const struct {
    const char* from;
    const char* to;
    const char* field;
  } kCases[] = {
      {"jodal-opening-fixture/1", "other/1", "schema"},
      {R"("notice":"N")", R"("notice":1)", "notice"},
      {R"("base_krw":2)", R"("base_krw":2.5)", "base_krw"},
      {R"("base_krw":2,)", "", "base_krw"},
      {"2026-03-12T10:00:00+09:00", "tomorrow", "schedule.deadline_at"},
      {R"("prices_krw":null)", R"("prices_krw":[1,2])", "prices_krw"},
      {R"([5])", R"([])", "bids.amounts_krw"},
      {R"("ranks":null)", R"("ranks":[1,2])", "bids.ranks"},
      {R"([[1,2]])", R"([[1,2],[3,4]])", "bids.picks"},
      {R"([[1,2]])", R"([["a"]])", "bids.picks"},
      {R"("expected":null)", R"("expected":{})", "expected.planned_krw"},
  };
  for (const auto& c : kCases) {
    const auto fixture = ParseFixture(absl::StrReplaceAll(kSmall, {{c.from, c.to}}));
    EXPECT_EQ(ErrorReason(fixture.status()), "FIXTURE_INVALID") << c.to;
    EXPECT_EQ(ErrorMetadataOf(fixture.status())["field"], c.field) << c.to;
  }
  EXPECT_EQ(ErrorReason(ParseFixture("[]").status()), "FIXTURE_INVALID");
  EXPECT_EQ(ErrorReason(LoadFixture("/nowhere").status()), "FIXTURE_MISSING");
}

}  // namespace
}  // namespace jodal::demo
