// Every named error of every library and service, with its code, and every code of a violation:
// clients branch on these, so a change must be seen. JODAL_UPDATE_GOLDEN=1 writes the list anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

// The errors of clients' programs, of benchmarks and of tests are for people only.
bool HasTables(const Source& source) {
  return !source.IsTest() && !absl::StartsWith(source.path, "clients/") &&
         !absl::StartsWith(source.path, "benchmarks/") &&
         !absl::StartsWith(source.path, "common/status/");
}

std::string TextOf(const Source& source) { return absl::StrJoin(source.lines, "\n"); }

// "common/kv" for common/kv/errors.h and all else below it.
std::string LibraryOf(const Source& source) {
  const std::vector<std::string> parts = absl::StrSplit(source.path, '/');
  return absl::StrCat(parts[0], "/", parts[1]);
}

struct Match {
  std::string path;
  std::string library;
  std::vector<std::string> groups;
};

std::vector<Match> FindAll(const char* pattern) {
  const std::regex regex(pattern);
  std::vector<Match> out;
  for (const Source& source : Sources()) {
    if (!HasTables(source)) continue;
    const std::string text = TextOf(source);
    for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) {
      out.push_back({source.path, LibraryOf(source), {it->begin(), it->end()}});
    }
  }
  return out;
}

struct Row {
  std::string library;
  std::string reason;
  std::string code;
};

// A reason can only be made from a row of an ErrorTable (common/status/error.h), so the rows of all
// tables are all reasons.
std::vector<Row> Rows() {
  std::vector<Row> out;
  const std::regex row(R"re(\{"([A-Z][A-Z0-9_]*)", absl::StatusCode::k(\w+)\})re");
  for (const Match& table : FindAll(R"(\bErrorTable\b[^;]*?\}\);)")) {
    const std::string& text = table.groups[0];
    EXPECT_TRUE(std::regex_search(text, std::regex(R"(^ErrorTable k\w*Errors\(\{)")))
        << table.path << " has a table of another shape: " << text;
    EXPECT_EQ(table.path, absl::StrCat(table.library, "/errors.h"));
    size_t rows = 0;
    for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it, ++rows) {
      out.push_back({table.library, (*it)[1].str(), (*it)[2].str()});
    }
    EXPECT_EQ(rows + 1, static_cast<size_t>(std::count(text.begin(), text.end(), '{')))
        << table.path << " has rows of another shape";
  }
  return out;
}

TEST(GoldenErrors, AreAsListed) {
  std::set<std::string> errors;
  for (const Row& row : Rows()) errors.insert(absl::StrCat(row.reason, " ", row.code));
  ASSERT_GT(errors.size(), 300u);
  const std::regex code(R"re("([A-Z][A-Z0-9_]*)")re");
  for (const Match& list : FindAll(R"(kViolationCodes\[\] = [^;]*;)")) {
    const std::string& text = list.groups[0];
    for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
      errors.insert(absl::StrCat((*it)[1].str(), " Violation"));
    }
  }
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

// Nobody passes a code and a reason by hand, but for what came over the wire.
TEST(GoldenErrors, AreMadeOfRows) {
  const std::regex of_row(R"(^(\w+::)*k\w*Errors\[|^error,|^\w+ \? k\w*Errors\[)");
  size_t made = 0;
  for (const Match& call : FindAll(R"(\bMakeError\(\s*([^;]{0,80}))")) {
    if (call.path == "common/rpc/status.cc" && absl::StartsWith(call.groups[1], "code, info.")) {
      continue;
    }
    ++made;
    EXPECT_TRUE(std::regex_search(call.groups[1], of_row)) << call.path << ": " << call.groups[0];
  }
  EXPECT_GT(made, 300u);
}

TEST(GoldenErrors, AreAllMade) {
  std::map<std::string, std::set<std::string>> made;  // by library
  for (const Match& use : FindAll(R"re(\bk\w*Errors\["([A-Z][A-Z0-9_]*)"\])re")) {
    made[use.library].insert(use.groups[1]);
  }
  for (const Row& row : Rows()) {
    EXPECT_EQ(made[row.library].count(row.reason), 1u)
        << row.library << " makes no " << row.reason << ": delete its row";
  }
}

}  // namespace
}  // namespace jodal::tidy
