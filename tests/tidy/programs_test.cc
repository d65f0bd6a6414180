// Programs take gRPC and the store from archives, which only a linker that lets the first
// definition win does (ADR 16). Where it does not, they would run all the same, slower.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"

namespace jodal::tidy {
namespace {

TEST(Programs, AreLinkedFromArchives) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "builds with sanitizers keep the shared libraries";
#endif
  int programs = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(JODAL_BINARY_DIR) / "bin")) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    // The names of needed libraries stand in the file as they are.
    for (const char* library : {"libgrpc.so", "libgrpc++.so", "libprotobuf.so",
                                "libabsl_strings.so", "librocksdb.so", "libjemalloc.so"}) {
      EXPECT_FALSE(absl::StrContains(bytes, library)) << file.path() << " needs " << library;
    }
    ++programs;
  }
  EXPECT_GE(programs, 8);
}

}  // namespace
}  // namespace jodal::tidy
