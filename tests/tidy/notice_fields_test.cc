// A form marks what is wrong by Violation.field: every check must name a field that notices have.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/notice_path.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

using testing_support::ResolvesInNotice;

TEST(NoticeFields, OnlyPathsOfTheSchemaResolve) {
  for (const char* path : {"title", "quorum", "lots[0].base_amount", "committee", "committee[0]",
                           "committee[12].spki", "lots[29].entered_prices_sha256", "lots",
                           "stages[0].deadline", "lots[1].items[3].quantity", "contact.phone"}) {
    EXPECT_TRUE(ResolvesInNotice(path)) << path;
  }
  for (const char* path : {"",
                           "base",
                           "procurementKind",
                           "bidStart",
                           "deadline_at",
                           "window_open_at",
                           "opening_at",
                           "corrected_at",
                           "floor_rate",
                           "committee.members",
                           "committee.quorum",
                           "committee.i",
                           "committee[].member",
                           "committee[x]",
                           "base_amount",
                           "lots.title",
                           "committee[0",
                           "committee[0].members",
                           "quorum[0]",
                           "title.x",
                           "title."}) {
    EXPECT_FALSE(ResolvesInNotice(path)) << path;
  }
}

// Reads the sources, so that a check that no test reaches is seen as well.
TEST(NoticeFields, EveryViolationNamesAFieldOfTheNotice) {
  const std::regex added(
      "\\b[Aa]dd\\(\\s*(\"[A-Z_]+\"|ErrorReason\\([^)]*\\)|ErrorReason\\([^)]*\\(\\)\\)),\\s*"
      "(?:\"([^\"]*)\"|Field\\(at, \"([^\"]*)\"\\))");
  std::set<std::string> fields;
  int found = 0;
  for (const Source& source : Sources()) {
    if (source.IsTest() || !absl::EndsWith(source.path, ".cc")) continue;
    const std::string text = absl::StrJoin(source.lines, "\n");
    if (!absl::StrContains(text, "Violation")) continue;
    for (std::sregex_iterator it(text.begin(), text.end(), added), end; it != end; ++it) {
      const std::string field =
          (*it)[2].matched ? (*it)[2].str() : absl::StrCat("committee[0].", (*it)[3].str());
      // What is said of a lot or a stage names its own field; the review adds where that is.
      EXPECT_TRUE(ResolvesInNotice(field) || ResolvesInNotice(absl::StrCat("lots[0].", field)) ||
                  ResolvesInNotice(absl::StrCat("stages[0].", field)))
          << source.path << ": " << (*it)[1] << " names \"" << field << "\"";
      fields.insert(field);
      ++found;
    }
  }
  EXPECT_GE(found, 30) << "the checks are written another way: read them here too";
  EXPECT_TRUE(fields.count("committee[0].outside") != 0 && fields.count("notice_version") != 0);
}

}  // namespace
}  // namespace jodal::tidy
