// House rules that a reader of the source can check.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

// Benchmarks measure this machine's time and make their own load.
bool MayMeasure(const Source& source) { return absl::StartsWith(source.path, "benchmarks/"); }

// The line without a // comment. Good enough: no string of ours holds "//" and matters here.
std::string Code(const std::string& line) { return line.substr(0, line.find("//")); }

TEST(Source, TimeComesFromTheClock) {
  const std::regex wall(
      R"(absl::Now\(|system_clock|gettimeofday|clock_gettime|\btime\((nullptr|NULL|0)\))");
  for (const Source& source : Sources()) {
    if (absl::StartsWith(source.path, "common/clock/") || source.IsTest()) continue;
    if (MayMeasure(source)) continue;
    // grpc::Server::Shutdown takes its grace period as a point of the system clock.
    if (source.path == "common/host/host.cc") continue;
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(std::regex_search(Code(line), wall)) << source.path << ": " << line;
    }
  }
}

TEST(Source, RandomnessIsPassedIn) {
  const std::regex random(R"(\brand\(|random_device|mt19937|RAND_bytes|absl::BitGen)");
  for (const Source& source : Sources()) {
    if (absl::StartsWith(source.path, "common/crypto/random.") || source.IsTest()) continue;
    if (MayMeasure(source)) continue;
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(std::regex_search(Code(line), random)) << source.path << ": " << line;
    }
  }
}

TEST(Source, CommonKnowsNoProcurement) {
  const std::regex words(R"(\b(tender|tenders|supplier|suppliers|procurement|invoice|award)\b)",
                         std::regex::icase);
  for (const Source& source : Sources()) {
    if (!absl::StartsWith(source.path, "common/") || source.IsTest()) continue;
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(std::regex_search(Code(line), words)) << source.path << ": " << line;
    }
  }
}

TEST(Source, NothingIsLeftToDo) {
  const std::regex left(R"(\b(TODO|FIXME|XXX|HACK)\b)");
  for (const Source& source : Sources()) {
    if (source.path == "tests/tidy/source_test.cc") continue;
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(std::regex_search(line, left)) << source.path << ": " << line;
    }
  }
}

// docs/invariants.md promises a test for every row.
TEST(Source, InvariantsNameTestsThatExist) {
  std::set<std::string> tests;
  const std::regex declared(R"(^TEST(?:_F|_P)?\((\w+),\s*(\w+))");
  for (const Source& source : Sources()) {
    for (const std::string& line : source.lines) {
      std::smatch match;
      if (std::regex_search(line, match, declared))
        tests.insert(match[1].str() + "." + match[2].str());
    }
  }
  std::ifstream in(std::string(JODAL_SOURCE_DIR) + "/docs/invariants.md");
  const std::regex named(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    for (std::sregex_iterator it(line.begin(), line.end(), named), end; it != end; ++it) {
      ++count;
      EXPECT_TRUE(tests.count((*it)[1].str()) == 1) << (*it)[1].str() << " is no test";
    }
  }
  EXPECT_GT(count, 25);
}

TEST(Source, HeadersAreGuardedByTheirPath) {
  for (const Source& source : Sources()) {
    if (!absl::EndsWith(source.path, ".h")) continue;
    std::string guard = "JODAL_";
    for (char c : source.path) {
      guard.push_back(
          std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_');
    }
    guard.push_back('_');
    bool found = false;
    for (const std::string& line : source.lines) found = found || line == "#ifndef " + guard;
    EXPECT_TRUE(found) << source.path << " lacks #ifndef " << guard;
  }
}

}  // namespace
}  // namespace jodal::tidy
