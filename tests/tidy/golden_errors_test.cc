// Every named error of every service and library, with its code: clients branch on these, so a
// change must be seen. JODAL_UPDATE_GOLDEN=1 writes the list anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

TEST(GoldenErrors, AreAsListed) {
  const std::regex made(R"(StatusCode::k(\w+),\s*"([A-Z][A-Z0-9_]+)\")");
  std::set<std::string> errors;
  for (const Source& source : Sources()) {
    if (source.IsTest() || absl::StartsWith(source.path, "clients/")) continue;
    const std::string text = absl::StrJoin(source.lines, "\n");
    for (std::sregex_iterator it(text.begin(), text.end(), made), end; it != end; ++it) {
      errors.insert(absl::StrCat((*it)[2].str(), " ", (*it)[1].str()));
    }
  }
  ASSERT_GT(errors.size(), 100u);
  const std::string path = std::string(JODAL_SOURCE_DIR) + "/tests/golden/errors.txt";
  const std::string now = absl::StrJoin(errors, "\n") + "\n";
  if (std::getenv("JODAL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << now;
  }
  std::ifstream in(path);
  std::ostringstream listed;
  listed << in.rdbuf();
  EXPECT_EQ(listed.str(), now) << "run again with JODAL_UPDATE_GOLDEN=1 if this is meant";
}

}  // namespace
}  // namespace jodal::tidy
