#include "clients/sdk/user_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "common/status/error.h"

namespace jodal::sdk {
namespace {

namespace fs = std::filesystem;

class UserFilesTest : public testing::Test {
 protected:
  UserFilesTest() {
    std::string name = testing::TempDir() + "/jodal_files_XXXXXX";
    dir_ = mkdtemp(name.data());
  }
  ~UserFilesTest() override { fs::remove_all(dir_); }

  std::string dir_;
};

TEST_F(UserFilesTest, WhatIsWrittenIsRead) {
  const std::string path = dir_ + "/a/b/file";
  const std::string bytes(200'000, 'x');
  ASSERT_EQ(WriteFile(path, "first", 0600), absl::OkStatus());
  ASSERT_EQ(WriteFile(path, bytes, 0600), absl::OkStatus());
  EXPECT_EQ(*ReadFile(path), bytes);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_ + "/a/b"), {}), 1);  // nothing half-written
}

TEST_F(UserFilesTest, ErrorsSayWhatTheSystemSaid) {
  ASSERT_EQ(WriteFile(dir_ + "/file", "x"), absl::OkStatus());
  const struct {
    absl::Status status;
    const char* reason;
    const char* error;
  } cases[] = {
      {ReadFile(dir_ + "/none").status(), "FILE_MISSING", "ENOENT"},
      {ReadFile(dir_).status(), "FILE_NOT_READ", "EISDIR"},
      {WriteFile("/dev/full/x", "x"), "FILE_NOT_WRITTEN", "ENOTDIR"},
      {WriteFile("/proc/self/none", "x"), "FILE_NOT_WRITTEN", "ENOENT"},
      {WriteFile(dir_ + "/file/below", "x"), "FILE_NOT_WRITTEN", "ENOTDIR"},
      {MakeFolder(dir_ + "/file/below"), "FILE_NOT_WRITTEN", "ENOTDIR"},
      {MakeFolder("/proc/none"), "FILE_NOT_WRITTEN", "ENOENT"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ErrorReason(c.status), c.reason) << c.status;
    EXPECT_EQ(ErrorMetadataOf(c.status)["errno"], c.error) << c.status;
  }
}

}  // namespace
}  // namespace jodal::sdk
