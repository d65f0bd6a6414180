// The project's own C++ files, for tests that read them.
#ifndef JODAL_TESTS_TIDY_SOURCES_H_
#define JODAL_TESTS_TIDY_SOURCES_H_

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"

namespace jodal::tidy {

struct Source {
  std::string path;  // from the root, "common/base/bytes.h"
  std::vector<std::string> lines;

  bool IsTest() const {
    return absl::StrContains(path, "_test.") || absl::StrContains(path, "test") ||
           absl::StartsWith(path, "tests/");
  }
};

// The C++ files below `folder`, a folder of `root`.
inline std::vector<Source> SourcesBelow(const std::filesystem::path& root,
                                        const std::string& folder) {
  std::vector<Source> out;
  if (!std::filesystem::exists(root / folder)) return out;
  for (const auto& file : std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::string extension = file.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    Source source;
    source.path = std::filesystem::relative(file.path(), root).string();
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);) source.lines.push_back(line);
    out.push_back(std::move(source));
  }
  return out;
}

inline std::vector<Source> Sources() {
  std::vector<Source> out;
  for (const char* top : {"common", "procurement", "services", "clients", "tests", "benchmarks"}) {
    for (Source& source : SourcesBelow(JODAL_SOURCE_DIR, top)) out.push_back(std::move(source));
  }
  return out;
}

// What CMake has written: the mains of the services.
inline std::vector<Source> GeneratedSources() { return SourcesBelow(JODAL_BINARY_DIR, "services"); }

}  // namespace jodal::tidy

#endif  // JODAL_TESTS_TIDY_SOURCES_H_
