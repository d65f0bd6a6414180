#include "clients/install/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "clients/install/install.h"
#include "common/status/error.h"

namespace jodal::install {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// Shell scripts in the place of the programs: none of them ever serves.
class ProcessesTest : public testing::Test {
 protected:
  ProcessesTest() {
    std::string name = testing::TempDir() + "/jodal_processes_XXXXXX";
    dir_ = mkdtemp(name.data());
    fs::create_directory(dir_ + "/bin");
  }
  ~ProcessesTest() override { fs::remove_all(dir_); }

  void Program(const std::string& name, const std::string& script) {
    const std::string file = absl::StrCat(dir_, "/bin/jodal-", name);
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    ASSERT_EQ(chmod(file.c_str(), 0755), 0);
  }
  Processes Installed(bool processes) {
    EXPECT_EQ(CreateInstallation({.dir = dir_, .processes = processes},
                                 absl::FromUnixSeconds(1795000000)),
              absl::OkStatus());
    auto out = Processes::Open(
        {.dir = dir_, .bin_dir = dir_ + "/bin", .ready_timeout = absl::Milliseconds(700)});
    EXPECT_TRUE(out.ok()) << out.status();
    return *std::move(out);
  }

  std::string dir_;
};

TEST_F(ProcessesTest, SaysHowAProcessEndedAndWhatItPrintedSince) {
  Processes processes = Installed(false);
  Program("allinone", "echo the first word; exit 3");
  absl::Status status = processes.StartAll();
  EXPECT_EQ(ErrorReason(status), "PROCESS_NOT_STARTED");
  EXPECT_THAT(std::string(status.message()), HasSubstr("with exit status 3"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("the first word"));

  Program("allinone", "kill -SEGV $$");
  status = processes.Start("allinone");
  EXPECT_EQ(ErrorReason(status), "PROCESS_NOT_STARTED");
  EXPECT_THAT(std::string(status.message()), HasSubstr("by signal 11 (Segmentation fault)"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("it printed nothing"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("the first word")));
}

TEST_F(ProcessesTest, AFailedStartStopsWhatItHadStarted) {
  Processes processes = Installed(true);
  const auto running = [&] {
    const auto states = processes.States();
    return std::count_if(states.begin(), states.end(), [](const auto& s) { return s.pid != 0; });
  };
  for (const std::string& name : processes.names()) Program(name, "exec sleep 60");
  const std::string first = processes.names().front();
  EXPECT_EQ(ErrorReason(processes.StartAll()), "PROCESS_NOT_READY");
  EXPECT_EQ(running(), 0);
  Program(first, "exit 1");
  EXPECT_EQ(ErrorReason(processes.StartAll()), "PROCESS_NOT_STARTED");
  EXPECT_EQ(running(), 0);
  fs::remove(dir_ + "/bin/jodal-" + processes.names().back());
  EXPECT_EQ(ErrorReason(processes.StartAll()), "PROGRAM_MISSING");
  EXPECT_EQ(running(), 0);
}

}  // namespace
}  // namespace jodal::install
