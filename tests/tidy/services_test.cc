// The services: one row each in procurement/services.h, one folder each in services/.
#include "procurement/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

namespace fs = std::filesystem;
using procurement::Service;

TEST(Services, EveryRowHasItsFolderAndEveryFolderItsRow) {
  std::set<std::string> rows;
  for (const Service& service : procurement::kServices) {
    EXPECT_TRUE(rows.emplace(service.name).second) << service.name << " has two rows";
    EXPECT_TRUE(service.follows.empty() || service.follows == procurement::kEveryLog ||
                procurement::FindService(service.follows) != nullptr)
        << service.name << " follows " << service.follows;
    EXPECT_TRUE(service.keeps_store || (service.follows.empty() && !service.quoted))
        << service.name << " has no store to note down how far it followed, and no log";
  }
  std::set<std::string> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(JODAL_SOURCE_DIR) / "services")) {
    const std::string name = entry.path().filename();
    if (entry.is_directory() && name != "kit" && name != "allinone") folders.insert(name);
  }
  EXPECT_EQ(rows, folders);
}

// Whoever learns one service knows where things are in all.
TEST(Services, EveryFolderHasTheSameFiles) {
  const fs::path root = JODAL_SOURCE_DIR;
  for (const Service& service : procurement::kServices) {
    const std::string name(service.name);
    const std::string folder = absl::StrCat("services/", name, "/");
    std::vector<std::string> files = {"module.h", "module.cc", "errors.h", "errors.cc", "limits.h"};
    for (const char* extension : {".h", ".cc"}) {
      files.push_back(absl::StrCat("api/", name, "_service", extension));
      if (service.keeps_store) files.push_back(absl::StrCat("store/", name, "_store", extension));
    }
    files.push_back(absl::StrCat("engine/", name, "_engine.h"));
    for (const std::string& file : files) {
      EXPECT_TRUE(fs::exists(root / (folder + file))) << folder << file << " is missing";
    }
    EXPECT_TRUE(
        !service.keeps_store ||
        fs::exists(root / absl::StrCat("proto/jodal/", name, "/store/v1/", name, "_store.proto")))
        << name << " has no store proto of its name";
    EXPECT_FALSE(fs::exists(root / folder / "main.cc")) << "CMake writes it (jodal_service)";
  }
}

// A list of services somewhere else is a list that a new service is missing from.
TEST(Services, AreListedNowhereElse) {
  constexpr int kSomeOfThem = 5;
  for (const Source& source : Sources()) {
    if (source.path == "procurement/services.h") continue;
    const std::string text = absl::StrJoin(source.lines, "\n");
    int named = 0;
    for (const Service& service : procurement::kServices) {
      if (absl::StrContains(text, absl::StrCat("\"", service.name, "\""))) ++named;
    }
    EXPECT_LE(named, kSomeOfThem) << source.path << " names " << named
                                  << " services: take them from procurement/services.h";
  }
}

}  // namespace
}  // namespace jodal::tidy
