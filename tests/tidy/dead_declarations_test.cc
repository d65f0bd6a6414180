// What a production header declares, production code uses. A name that only tests and benchmarks
// mention, or nobody, is weight that every reader carries; delete it, or move it to them.
//
// Names are compared as words, so a dead one that shares its word with a living one goes unseen.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

struct Exception {
  const char* pattern;  // of "path name"
  const char* reason;
};

constexpr Exception kAllowed[] = {
    {R"(services/\w+/domain/life_cycle\.h (kStates|kEvents|kStateCount|kEventCount|Transitions))",
     "what the test walks: every state with every event"},
    {R"(procurement/rules/facts\.h AllFacts|procurement/acts/deadlines\.h DeadlineRules)",
     "what the tests of the table walk"},
    {R"(clients/cli/advice\.h (NextSteps|Shows|Lists))",
     "what the test walks: every advice is a command that there is"},
    {R"(clients/sdk/identity\.h DocumentHash)", "what tests compare the services' digests with"},
    {R"(common/clock/clock\.h (ManualClock|Advance)|common/crypto/random\.h FakeRandom)",
     "what tests hand in, beside the contract that it keeps"},
    {R"(common/document/json\.h CheckStrictJsonValue)",
     "the published suites of JSON texts have values that are no objects"},
    {R"(common/pki/verifier\.h (hot|slow))", "how tests see that a kept certificate was used"},
};

std::vector<Source> Production() {
  std::vector<Source> out = GeneratedSources();
  for (Source& source : Sources()) {
    if (source.IsTest() || absl::StartsWith(source.path, "benchmarks/")) continue;
    out.push_back(std::move(source));
  }
  return out;
}

// The line without comments and the contents of strings.
std::string Code(const std::string& line) {
  static const std::regex text(R"re("(\\.|[^"\\])*")re");
  const std::string bare = std::regex_replace(line, text, "\"\"");
  return bare.substr(0, bare.find("//"));
}

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Calls `each(word, begin of the word)` for each word of a line.
template <typename Each>
void ForEachWord(const std::string& line, const Each& each) {
  for (size_t at = 0; at < line.size();) {
    if (!IsWord(line[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < line.size() && IsWord(line[at])) ++at;
    each(line.substr(begin, at - begin), begin);
  }
}

// Whether the word at `begin` is the function that a line at the outermost level defines or
// declares, or its class: "absl::Status Ledger::Update(", and not "const auto kTable = Make(".
bool IsDefinition(const std::string& line, const std::string& word, size_t begin) {
  const size_t end = begin + word.size();
  if (line[0] == ' ' || line[0] == '#' || line.find('=') < begin) return false;
  const size_t parameters = line.find('(');
  return parameters == end ||
         (absl::StartsWith(line.substr(end), "::") && parameters != std::string::npos);
}

struct Declaration {
  std::string path;
  std::string name;
};

// What a line of a header declares; a function's name is followed by its parameters, which are
// found in the same line. Constructors, operators and overriding functions are none.
std::vector<std::string> DeclaredBy(const std::string& line, absl::string_view statement) {
  static const std::regex function(
      R"(^\s*(?!\s|return\b|using\b|else\b)[\w:<>,\[\]\s]*?[\w>:*&\]][\s*&]+(?!operator\b|ABSL_)(\w+)\()");
  static const std::regex type(
      R"(^\s*(?:class|struct|enum|enum class)\s+(?:\w+\([^)]*\)\s+)?(\w+)\s*(?:final\s*)?(?:[:{]|$))");
  static const std::regex alias(R"(^\s*using\s+(\w+)\s*=)");
  static const std::regex constant(R"(^\s*(?:inline|static|constexpr)\b.*?\b(k[A-Z]\w*)\b)");
  static const std::regex enumerator(R"(^\s+(k[A-Z]\w*)\s*(?:=.*)?,?\s*$)");
  static const std::regex field(
      R"(^\s+(?!\s|return\b)[\w:<>,\s*&]*?[\w>*&]\s+(\w+)\s*(?:=[^;]*|\{[^;]*\})?;)");
  std::vector<std::string> names;
  std::smatch match;
  for (const std::regex* kind : {&type, &alias, &constant, &enumerator, &field, &function}) {
    if (!std::regex_search(line, match, *kind)) continue;
    if (kind == &function && absl::StrContains(statement, "override")) continue;
    names.push_back(match[1]);
    break;
  }
  return names;
}

TEST(DeadDeclarations, HeadersDeclareWhatProductionUses) {
  std::map<std::string, int> uses;
  std::vector<Declaration> declared;
  for (const Source& source : Production()) {
    const bool header = absl::EndsWith(source.path, ".h");
    std::vector<std::string> code;
    for (const std::string& line : source.lines) code.push_back(Code(line));
    std::set<std::string> here;
    for (size_t i = 0; i < code.size(); ++i) {
      ForEachWord(code[i], [&](const std::string& word, size_t begin) {
        if (!IsDefinition(code[i], word, begin)) ++uses[word];
      });
      if (!header) continue;
      std::string statement;
      for (size_t j = i; j < code.size() && j < i + 6; ++j) {
        statement += code[j];
        if (statement.find_first_of(";{") != std::string::npos) break;
      }
      for (const std::string& name : DeclaredBy(code[i], statement)) {
        // The declaration itself is no use, unless IsDefinition has left it out already.
        const size_t begin = code[i].find(absl::StrCat(name, "("));
        if (begin == std::string::npos || !IsDefinition(code[i], name, begin)) --uses[name];
        if (here.insert(name).second) declared.push_back({source.path, name});
      }
    }
  }
  ASSERT_FALSE(GeneratedSources().empty());
  ASSERT_GT(declared.size(), 1000u);
  std::set<const Exception*> met;
  for (const Declaration& declaration : declared) {
    if (uses[declaration.name] > 0) continue;
    const std::string key = absl::StrCat(declaration.path, " ", declaration.name);
    const auto* exception = std::find_if(
        std::begin(kAllowed), std::end(kAllowed),
        [&](const Exception& e) { return std::regex_match(key, std::regex(e.pattern)); });
    if (exception != std::end(kAllowed)) {
      met.insert(exception);
      continue;
    }
    ADD_FAILURE() << key << " is used by no production code";
  }
  for (const Exception& exception : kAllowed) {
    EXPECT_EQ(met.count(&exception), 1u) << exception.pattern << " is no exception any more";
  }
}

// A file that only tests and benchmarks include is theirs.
TEST(DeadDeclarations, HeadersAreIncludedByProduction) {
  std::set<std::string> included;
  const std::regex include(R"re(^#include "([^"]+)")re");
  for (const Source& source : Production()) {
    const std::string own = absl::StrCat(source.path.substr(0, source.path.rfind('.')), ".h");
    for (const std::string& line : source.lines) {
      std::smatch match;
      if (std::regex_search(line, match, include) && match[1] != own) included.insert(match[1]);
    }
  }
  for (const Source& source : Production()) {
    if (!absl::EndsWith(source.path, ".h")) continue;
    EXPECT_EQ(included.count(source.path), 1u)
        << source.path << " is included by no other production file";
  }
}

}  // namespace
}  // namespace jodal::tidy
